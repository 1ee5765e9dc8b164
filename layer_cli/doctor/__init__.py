"""``python-layers doctor``: checks that this machine and AWS account have what a deployment needs.

Adapters gather facts, and pure rules turn them into findings. An examination runs the checks side by side, with a time
limit for all. A finding repeats the remedy of the builder's own error if there is one, so the texts cannot differ.

Public: ``aws``, ``containers``, ``examination``, ``finding``, ``interpreters``, ``package_index``, ``tools``.
"""
