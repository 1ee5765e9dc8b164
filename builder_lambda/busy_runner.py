"""Start a program, and do something else until it has ended."""

from __future__ import annotations

import subprocess
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder_lambda.ports import Runner


def run_meanwhile(work: Callable[[], object]) -> Runner:
    """Return a runner whose every program has ``work`` done beside it, in a thread.

    The two are not bound to each other: the program's result comes when it is there.
    """

    def run(command: Sequence[str], **options: Any) -> subprocess.CompletedProcess[str]:
        Thread(target=work, daemon=True).start()
        return subprocess.run(command, **options)

    return run
