"""Where a build runs: Lambda, CodeBuild, a container or this machine.

Makes a builder from the settings of a host. No ``pulumi_aws``.
May import: nothing of ours but ``builder_lambda``.
"""
