"""The three dynamic resources, and their provider.

Their process imports no component and no ``pulumi_aws``.
Public: ``layer_access``, ``layer_attachment``, ``layer_attachment_args``, ``layer_build``, ``layer_build_args``,
``statements``.
"""
