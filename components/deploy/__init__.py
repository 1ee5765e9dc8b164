"""Roles that a pipeline deploys with.

Turns the permissions of ``layer_deployment`` into policies.
Public: every module.
"""
