"""The keys of the archive store, and how requirement lines refer to wheels that it holds.

Every key is made here. Keys are paths with ``/``; a store may put a prefix in front of them.
"""

from __future__ import annotations

import re

PREFIX = "python-layers/"
"""Start of all keys in an archive bucket, unless the builder is configured otherwise. Its role may use no others."""

CODEBUILD = "codebuild/"
"""Start of the keys of requests to CodeBuild and of their answers."""

SOURCE_BUILDS = "source-builds/"
"""Start of the keys that a CodeBuild project for source builds may read and write. It runs code of packages."""

LOCKS = "locks/"
"""Start of the keys of locks."""

STORED_WHEELS = "wheels/"
"""What the keys of wheels begin with."""

_ARCHIVES, _FRAGMENTS, _RESULTS, _SDISTS = "archives/", "fragments/", "results/", "sdists/"
BUILT = (_ARCHIVES, _FRAGMENTS, LOCKS, _RESULTS, _SDISTS, STORED_WHEELS)
"""Start of the keys that a build writes. Own code and the code of the functions are written by a deployment alone."""

_LOCAL_WHEELS = f"{STORED_WHEELS}local/"

LOCAL_SCHEME = "local"
"""Of the URL of a local wheel in a normalised requirement: ``name @ local:<file name>#sha256=<hex>``, which says what
the wheel is, and not where a machine has it."""


_KEY = re.compile(r"wheels/(?:local/[0-9a-f]{64}|[0-9a-f]{64}/[a-z0-9_-]+)/[^/]+\.whl")
"""Of a local wheel by its own sha256; of one that was built here by that of its source, and the target. A user's own
folder called ``wheels`` does not match."""


def is_store_key(path: str | None) -> bool:
    """Return whether the path of a locked wheel is a key of the archive store, not a file beside the lock."""
    return path is not None and _KEY.fullmatch(path) is not None


def is_built_key(path: str | None) -> bool:
    """Return whether the wheel at this key was built from source."""
    return is_store_key(path) and not (path or "").startswith(_LOCAL_WHEELS)


def local_wheel_key(sha256: str, filename: str) -> str:
    """Return where the store has a wheel of the user's own."""
    return f"{_LOCAL_WHEELS}{sha256}/{filename}"


def lock_key(lock_sha256: str) -> str:
    """Return the key of a lock."""
    return f"{LOCKS}{lock_sha256}.toml"


def module_key(sha256: str) -> str:
    """Return the key of a module or of function code, by the sha256 of its content."""
    return f"modules/{sha256}.zip"


def archive_key(name: str, content_hash: str) -> str:
    """Return the key of an archive. ``name`` is the name in the build request."""
    return f"{_ARCHIVES}{name}/{content_hash}.zip"


def report_key(archive: str) -> str:
    """Return the key of the report beside an archive, which is given by its key."""
    return f"{archive.removesuffix('.zip')}.report.json"


def result_key(digest: str) -> str:
    """Return the key of a result, by the digest of everything that its archive depends on."""
    return f"{_RESULTS}{digest}.json"


def fragment_key(digest: str) -> str:
    """Return the key of a fragment: what was made of one wheel, by the digest of everything that it depends on."""
    return f"{_FRAGMENTS}{digest}.bin"


def built_wheels_key(sdist_sha256: str, target_slug: str) -> str:
    """Return what the keys of wheels begin with that were built from one sdist for one target."""
    return f"{STORED_WHEELS}{sdist_sha256}/{target_slug}"


def sdist_key(sha256: str, filename: str) -> str:
    """Return the key of an sdist that the function for source builds fetches."""
    return f"{_SDISTS}{sha256}/{filename}"


def source_build_key(build: str, name: str) -> str:
    """Return the key of a file of one source build in CodeBuild. ``build`` is an id that nobody can guess."""
    return f"{SOURCE_BUILDS}{build}/{name}"


def given_lock_key(digest: str) -> str:
    """Return the key of the note which lock a lock file of a user is, by the digest of what its reading depends on."""
    return f"given-locks/{digest}.txt"


def output_key(digest: str) -> str:
    """Return the key of the note of an output file, by the digest of its path."""
    return f"outputs/{digest}.json"
