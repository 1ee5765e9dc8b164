"""Results of earlier builds. Imports little: a build that was done before is answered from here alone."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from builder_lambda.contract.request import BuildResult
from builder_lambda.contract.store_keys import archive_key, report_key, result_key
from builder_lambda.errors.archives import OverSizeBudget

if TYPE_CHECKING:
    from builder_lambda.contract.options import BuildOptions
    from builder_lambda.contract.request import BuildRequest
    from builder_lambda.ports.ports import ArchiveStore

BUILDER_VERSION = 5
"""Raised when the same lock builds other bytes, or when what was built before is not to be trusted. Every layer is then
built again. Since 5, files of wheels are compared with RECORD before an archive is stored."""


def known_build(request: BuildRequest, python_version: str | None, store: ArchiveStore) -> BuildResult | None:
    """Return the result of an earlier build of the same request on any host, or ``None``.

    :param python_version: of the interpreter that would compile; ``None`` if nothing is compiled.
    :raises OverSizeBudget: if the archive is larger than the request allows.
    """
    result = _read(request, _key(request, python_version), store)
    if result is not None:
        sizes = {f"{name} {package.version}": package.unpacked_bytes for name, package in result.packages.items()}
        sizes |= {name: size.unpacked_bytes for name, size in result.report.modules.items()}
        biggest = tuple(sorted(sizes.items(), key=lambda item: (-item[1], item[0])))[:8]
        check_size_budget(request.options, result.unpacked_bytes, biggest)
    return result


def keep_result(request: BuildRequest, result: BuildResult, python_version: str | None, store: ArchiveStore) -> None:
    """Store a result beside its archive, and where the next build of the same request finds it."""
    described = result.to_mapping()
    report = {**described, "builder_version": BUILDER_VERSION}
    store.write_text(report_key(result.archive_key), json.dumps(report, sort_keys=True))
    store.write_text(_key(request, python_version), json.dumps(described, sort_keys=True))


def check_size_budget(options: BuildOptions, unpacked_bytes: int, biggest: tuple[tuple[str, int], ...]) -> None:
    """Check an archive against the budget of the options. A known result may have been built without one.

    :param biggest: what takes the most, as names and bytes, for the message.
    :raises OverSizeBudget: if it is larger.
    """
    budget = options.size_budget
    if budget is not None and unpacked_bytes > budget:
        raise OverSizeBudget(
            unpacked_bytes=unpacked_bytes, size_budget=budget, biggest=biggest, subject=options.subject
        )


def _key(request: BuildRequest, python_version: str | None) -> str:
    """Return the key of a result, from everything that its archive depends on. A size budget changes no byte."""
    options = {**request.options.to_mapping(), "size_budget": None}
    parts = {
        **request.identity(),
        "options": options,
        "builder_version": BUILDER_VERSION,
        "python_version": python_version,
    }
    return result_key(hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest())


def _read(request: BuildRequest, key: str, store: ArchiveStore) -> BuildResult | None:
    """Return the stored result, if it can be read, is one of the request, and its archive is unchanged."""
    text = store.read_text(key)
    if text is None:
        return None
    try:
        result = BuildResult.from_mapping(json.loads(text))
    except (AttributeError, KeyError, TypeError, ValueError):
        return None  # damaged, or of another version: it is built again
    key_of_request = archive_key(request.name, result.content_hash)
    if (result.lock_sha256, result.archive_key) != (request.lock_sha256, key_of_request):
        return None
    stored = store.find_archive(result.archive_key)
    is_unchanged = (
        stored is not None and stored.code_sha256 == result.code_sha256 and stored.size_bytes == result.size_bytes
    )
    return result if is_unchanged else None
