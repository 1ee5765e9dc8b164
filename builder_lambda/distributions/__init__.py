"""Wheels and function code as archive entries.

Opens and checks a wheel, and lays its members out as an installer would.
May import: ``archive`` and the packages below it.
"""
