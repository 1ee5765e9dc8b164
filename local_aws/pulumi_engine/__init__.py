"""Pulumi against the embedded AWS: the command line, its arguments, its environment and the stack's config.

No file of a project is changed. A copy of the stack's config gets the settings that hold for this machine only.
Public: ``environment``, ``pulumi_arguments``, ``pulumi_cli``, ``pulumi_program``, ``stack_config``.
"""
