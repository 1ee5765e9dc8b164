"""``python-layers doctor``: what this machine and account have of what a deployment needs.

Pure rules turn facts into findings; adapters gather the facts; an examination runs them side by side, each with a time
limit. Where the builder or the components raise a problem of the same kind, its remedy is told here too, not a copy.

Public: ``aws_account``, ``containers``, ``examination``, ``finding``, ``interpreters``, ``package_index``, ``tools``.
"""
