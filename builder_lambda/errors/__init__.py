"""Every error that a user can act on.

Each class has a stable code, typed fields, the likely cause and what to do next. Errors cross the wire as JSON.
Public: every module.
"""
