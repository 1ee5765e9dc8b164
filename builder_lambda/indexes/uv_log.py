"""Downloads the wheels that uv looks at, while it still chooses versions.

uv reads the metadata of a version before it takes it, and it takes nearly all versions that it reads. So their wheels
are downloaded at once.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from builder_lambda.contract.urls import filename_of, without_credentials

if TYPE_CHECKING:
    from builder_lambda.indexes.http_wheels import HttpWheelIndex
    from builder_lambda.indexes.prefetching import PrefetchingIndex
    from builder_lambda.indexes.wheel_folder import WheelFolder
    from builder_lambda.indexes.wheel_spool import Download

UV_DEBUG = {"RUST_LOG": "uv_client::cached_client=debug"}
"""Makes uv log its requests to an index. A line in the form of another release is ignored."""

_LOOKED_AT = re.compile(r"DEBUG No cache entry for: (https?://\S+/([^/\s-]+)-[^/\s]+\.whl)(?:\.metadata)?\s*\Z")
"""If uv has the metadata in its cache, the wheel was most likely downloaded before, and is on the disk."""


class UvLogPrefetcher:
    """Begins a download for each line of uv's log that names a wheel."""

    def __init__(self, prefetching: PrefetchingIndex, index: HttpWheelIndex, folder: WheelFolder) -> None:
        """Download from ``index`` into ``folder``, for ``prefetching`` to hand out."""
        self._prefetching = prefetching
        self._index = index
        self._folder = folder

    def __call__(self, line: str) -> None:
        """Read a line of the log."""
        found = _LOOKED_AT.match(line)
        if found is not None:
            url, project = without_credentials(found[1]), found[2]  # as in a lock; the login is looked up
            self._prefetching.begin(url, project, partial(self._download, url))

    def _download(self, url: str) -> Download:
        download = self._index.download(url, self._folder)
        from builder_lambda.distributions.opened_wheel import open_early  # while uv runs

        open_early(filename_of(url), download.content)
        return download
