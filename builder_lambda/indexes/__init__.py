"""Package indexes: connections, logins, listings and downloads.

Implements the wheel index and the index listing, with caches in front of them. Libraries do the work where they can:
urllib3 the connections and retries, mousebender the pages of an index. Ours are:

- the choice of indexes (``settings``): pip and uv have no public function that returns theirs;
- the wheels in memory or on the disk (``wheel_spool``, ``wheel_folder``): HTTP caches copy what they return.

Public: ``addressed_wheels``, ``availability``, ``cached_wheels``, ``connections``, ``http_wheels``, ``listing``,
``logins``, ``prefetching``, ``settings``, ``simple``, ``stored_wheels``, ``uv_log``, ``wheel_folder``,
``wheel_spool``.
"""
