"""``make up`` and ``make down``: the program of this repository on the embedded AWS.

A canary function imports every distribution of each layer version. A table prints what it found.
Public: ``canary``, ``demo``, ``published_layers``.
"""
