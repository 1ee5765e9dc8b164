"""Where a build runs: Lambda, CodeBuild, a container or this machine.

Makes a builder from the description of a host. Does not import ``pulumi_aws``.
May import: nothing of ours but ``builder_lambda``.
"""
