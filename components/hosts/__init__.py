"""Where a build runs: Lambda, CodeBuild, a container or this machine.

Makes a builder from the description of a host. Does not import ``pulumi_aws``.
Public: ``aws_session``, ``build_container``, ``builders``, ``hosts``, ``index_variables``.
"""
