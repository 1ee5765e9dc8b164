"""The command line ``python-layers``: the same builder on a person's machine. Imported by ``__main__.py`` only."""
