"""Values that callers and builders exchange.

Targets, options, requests, results, package indexes and the keys of the archive store. No I/O.
Public: ``aws_errors``, ``bounds``, ``concurrency``, ``event``, ``exclude_newer``, ``forms``, ``index_listing``,
``index_login``, ``index_options``, ``internal_addresses``, ``json_values``, ``locked_wheel``, ``login_rules``,
``options``, ``package_index``, ``program_environment``, ``report``, ``request``, ``source_policy``, ``store_keys``,
``targets``, ``upgrade``, ``urls``.
"""
