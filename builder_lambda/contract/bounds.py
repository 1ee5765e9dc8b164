"""The most that is accepted from packages, indexes and programs, each with its reason.

What honest publishers make stays far below every bound. A bound is checked before memory or time is spent on what
exceeds it, and an exceeded bound is an error with a code and a remedy. The limits of AWS are not here: a layer that
exceeds one of those is honest, only too large (``archive/archive.py``).
"""

from __future__ import annotations

_MIB = 1024 * 1024

MOST_INFLATED = 1032
"""Bytes that one byte of a deflate stream can stand for (zlib: "Maximum Compression Factor")."""

# Wheels

METADATA_BYTES = 16 * _MIB
"""Unpacked, of METADATA, which holds the README of a project. It is parsed in memory, at up to 13 times its size."""

SHORT_METADATA_BYTES = _MIB
"""Unpacked, of WHEEL and of entry_points.txt each. Each needs a line for a tag or for a script."""

RECORD_BYTES = 64 * _MIB
"""Unpacked, of RECORD: a row of 300 bytes for each of :data:`WHEEL_MEMBERS`."""

WHEEL_UNPACKED_BYTES = 8 * 250 * _MIB
"""Sum of all members of a wheel: eight times what Lambda allows. Exclusion and slimming may leave a part that fits."""

WHEEL_MEMBERS = 200_000
"""Three times the files of the largest archive (65,535). Exclusion may leave a part that fits."""

DIRECTORY_BYTES = 64 * _MIB
"""Of the table of members at the end of a wheel. A reader makes an object of 10 times the size out of each row."""

# Answers of indexes

PAGE_BYTES = 64 * _MIB
"""Of the page of a project, after decompression. The largest pages of the public index have about 10 MB."""

PAGE_SECONDS = 120.0
"""For one page, from the first byte of its body to the last."""

FILE_BYTES = 2048 * _MIB
"""Of a wheel or sdist whose size is not known. Larger ones cannot be part of a layer."""

FILE_SECONDS = 1800.0
"""For one file: a wheel of 250 MB takes as long at 150 kB a second. A builder function ends after 900."""

# Source distributions

SDIST_UNPACKED_BYTES = 2048 * _MIB
"""Sum of all members. The largest known ones unpack to some 1,000 MB."""

SDIST_MEMBERS = 200_000
"""Twice the files of the largest known ones, which bring a compiler."""

SOURCE_BUILD_FILE_BYTES = 2048 * _MIB
"""Of each file that a source build writes. The largest static libraries take some hundred megabytes."""

# Function code and modules

WALKED_ENTRIES = 200_000
"""Files and folders that are looked at below a code folder or module: three times the files of the largest archive."""

WALKED_DEPTH = 100
"""Folders in each other. Python reads them one call in another, and ends at 1,000 calls."""

# Requirements

LINE_CHARACTERS = 100_000
"""Of one requirement with its continued lines: a thousand hashes."""

NAME_CHARACTERS = 255
"""Of the name of a project: the file name of its wheel begins with it (limits.h: NAME_MAX)."""

URL_CHARACTERS = 8_000
"""Of the URL of a wheel (RFC 9110, section 4.1: what a recipient should support at least)."""

REQUEST_ITEMS = 10_000
"""Of each list of a request. The largest locks of known projects have some hundred packages."""

# Programs

RESOLVER_SECONDS = 600.0
"""For one run of the resolver. The largest sets take a minute without a cache; a builder function ends after 900."""

RESOLVER_DATA_BYTES = 4096 * _MIB
"""Of the data of the resolver's process. A set of 300 packages takes 320 MB with its threads."""

# Layers

PACKED_MARGIN_BYTES = 32 * _MIB
"""By which packed wheels can be larger than what they unpack to: 65,535 headers of 500 bytes."""

SLIMMED_TO = 4
"""A slimmed layer is not refused up to this many times Lambda's limit. Symbols are at most some 70% of a library."""
