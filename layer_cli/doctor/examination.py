"""Runs checks side by side, with a time limit for all. A check that fails or hangs does not stop the others."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder_lambda.errors.base import LayerError
from layer_cli.doctor.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """A named check."""

    name: str
    find: Callable[[], Sequence[Finding]]
    """Returns its findings. It may be slow, and may raise any exception."""


def examine(checks: Sequence[Check], *, limit_seconds: float) -> tuple[Finding, ...]:
    """Return the findings of all checks, in their order.

    A check that exceeds the limit is abandoned: its thread ends with the process.
    """
    answers: dict[int, Sequence[Finding]] = {}

    def run(number: int, check: Check) -> None:
        answers[number] = _answer(check)

    threads = [
        threading.Thread(target=run, args=(number, check), daemon=True, name=f"doctor-{check.name}")
        for number, check in enumerate(checks)
    ]
    end = time.monotonic() + limit_seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    late = f"no answer within {limit_seconds:g} seconds"
    return tuple(
        finding
        for number, check in enumerate(checks)
        for finding in answers.get(number) or (Finding.unchecked(check.name, late, "run again with a longer --limit"),)
    )


def _answer(check: Check) -> Sequence[Finding]:
    try:
        return check.find()
    except LayerError as error:
        return (Finding.of_error(check.name, error, is_needed=True),)
    except Exception as error:  # noqa: BLE001 - one broken check must not hide the other findings
        return (Finding.unchecked(check.name, f"{type(error).__name__}: {error}"),)
