"""Wheels and function code as archive entries.

Opens and checks a wheel, and lays its members out like an installer. ``installer`` is not used for RECORD and entry
points: its import takes 15 ms of every build, it parses RECORD three times as slowly, and its scripts are other bytes
than pip's.
May import: ``archive`` and the packages below it.
"""
