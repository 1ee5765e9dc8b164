"""What every component and dynamic resource needs of Pulumi.

Errors without a traceback, and values that a preview does not have yet.
May import: nothing of ours but ``builder_lambda``.
"""
