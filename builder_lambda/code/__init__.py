"""Function code and own modules.

Packs folders and files, applies ``.gitignore`` rules, and checks a handler without importing it.
May import: ``distributions``, ``archive`` and the packages below them.
"""
