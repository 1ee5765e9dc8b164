"""The embedded AWS: development and tests use it in place of an AWS account. No product code imports it.

Four rooms: `environments`, `processes`, `pulumi_engine` and `demo`. `tests/local_aws/test_rooms.py` has the table of
who may import whom. `emulator`, `provider` and `language_host` run as processes of their own. This file imports nothing
because `local_aws.emulator` runs in its own environment, without the libraries that the rest of the package imports.
"""
