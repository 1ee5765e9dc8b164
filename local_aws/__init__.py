"""The embedded AWS: what development and tests use in place of an account. No product code imports it.

Import what you need from its modules: `pulumi_program`, `emulator_process`, `canary`. This file stays empty because
`local_aws.emulator` runs in an environment of its own, which has nothing that the rest of the package imports.
"""
