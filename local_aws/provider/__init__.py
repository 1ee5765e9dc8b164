"""A stand-in for ``pulumi-resource-aws`` 7.51.1, for the embedded AWS only.

The real plugin is a binary that no package registry has. This one implements the same protocol with boto3, for the
types that the programs of this repository use. So their deployments to the embedded AWS are real. In case of doubt it
refuses: the real plugin accepts everything that it accepts.
"""

PLUGIN_VERSION = "7.51.1"
"""The version of ``pulumi-resource-aws`` that ``pulumi_aws`` requires. This plugin reports it as its own."""
