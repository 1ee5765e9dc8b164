"""Handlers of resource types: one module for each type, and the modules that several types share.

``handler`` has the interface. ``local_aws.provider.resource_types`` lists every handler under its type token.
"""
