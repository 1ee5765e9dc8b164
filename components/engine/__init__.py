"""What components and dynamic resources share.

Errors that are collected and shown without a traceback, and unknown values of previews.
May import: nothing of ours but ``builder_lambda``.
"""
