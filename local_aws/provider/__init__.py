"""A stand-in for ``pulumi-resource-aws`` 7.51.1, for the embedded AWS only.

The real plugin is a binary that no package registry carries. This one speaks the same protocol over boto3, for the
types that the project's programs use, so that they really deploy to the embedded AWS. It prefers to refuse: what it
takes, the real plugin takes too.
"""

PLUGIN_VERSION = "7.51.1"
"""The version of ``pulumi-resource-aws`` that this one stands in for: the one that ``pulumi_aws`` asks for."""
