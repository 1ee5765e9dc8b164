"""What a build needs from outside, as protocols.

Resolver, wheel index, archive store, compiler and wheel builder, and the values they exchange.
May import: the values of ``archive``, ``contract``, ``errors``, ``requirements``.
"""
