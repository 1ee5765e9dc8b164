"""The three dynamic resources, and their provider.

Their process imports no component and no ``pulumi_aws``.
Public: ``layer_attachment``, ``layer_attachment_args``, ``layer_build``, ``layer_build_args``, ``layer_replica``,
``statements``.
"""
