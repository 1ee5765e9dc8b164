"""What a build needs from outside, as protocols.

Resolver, wheel index, archive store, compiler and wheel builder, and the values they exchange.
Public: every module.
"""
