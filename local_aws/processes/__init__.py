"""Processes that the local tools start and stop: the embedded AWS, and a Docker daemon for tests.

A process is recorded with its start time, because the system reuses process ids. A clone keeps its port.
Public: ``build_image``, ``docker_daemon``, ``emulator_parts``, ``emulator_process``.
"""
