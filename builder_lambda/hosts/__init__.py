"""Entry points, and the ports that each of them uses.

Lambda, containers, CodeBuild and this machine; the archive of the builder function.
Public: ``container_engine``, ``container_entry``, ``entries``, ``function_archive``, ``local_ports``.
"""
