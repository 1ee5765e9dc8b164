"""Wheels and function code as archive entries.

Opens and checks a wheel, and lays its members out like an installer. ``installer`` is not used for RECORD and entry
points: its import takes 15 ms of every build, its parser of RECORD takes three times as long, and its scripts differ
from pip's.
Public: ``buffer_reader``, ``distribution``, ``fragment``, ``mapped_wheel``, ``module_entries``, ``opened_wheel``,
``sized_reader``, ``wheel_file``, ``wheel_layout``.
"""
