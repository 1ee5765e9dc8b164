"""The three dynamic resources, and their provider.

Their process imports no component and no ``pulumi_aws``.
May import: ``attachment``, ``hosts``, ``engine``.
"""
