"""What components and dynamic resources share.

Errors that are collected and shown without a traceback, and unknown values of previews.
Public: every module.
"""
