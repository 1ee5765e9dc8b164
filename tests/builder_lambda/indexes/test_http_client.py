"""Connections that stay open between requests."""

import ssl

from builder_lambda.indexes.http_client import HttpClient
from tests.builder_lambda.guarded_index import GuardedIndex, serving


def test_a_connection_is_used_again_until_it_was_idle_for_long() -> None:
    now = [0.0]
    client = HttpClient(ssl.create_default_context(), backoff_seconds=0, clock=lambda: now[0])
    with serving(GuardedIndex([])) as index:
        pool = client.pool_for(index.url).connection_from_url(index.url)

        def opened_after(seconds: float) -> int:
            """Return how many connections the current pool has opened, after a request at this time."""
            now[0] += seconds
            client.get(index.url, subject="page", index="team", login=None, accept="text/html")
            current = client.pool_for(index.url).connection_from_url(index.url)
            return current.num_connections if current is pool else -1

        assert opened_after(1) == 1
        assert opened_after(29) == 1
        assert opened_after(31) == -1, "the idle connection was closed with its pool"
