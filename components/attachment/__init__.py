"""Checks of the layers that a function attaches.

Reads published layer versions, and applies the rules of Lambda.
Public: ``attachment_problems``, ``attachments``, ``layer_version_arn``, ``layer_version_facts``.
"""
