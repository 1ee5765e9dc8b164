"""The time before which packages must have been uploaded, as a user writes it. Pure: no clock is read here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from builder_lambda.errors.options import InvalidOptions
from builder_lambda.errors.problem import Problem

_ISO_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.IGNORECASE)
_WORDS = re.compile(r"(\d+)\s*(weeks?|w|days?|d|hours?|h|minutes?|m)", re.IGNORECASE)
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ExcludeNewer:
    """A fixed time, or an age that packages must have at least."""

    at: datetime | None = None
    age: timedelta | None = None

    @classmethod
    def parse(cls, text: str) -> ExcludeNewer:
        """Return what ``text`` says.

        A date (its first moment in UTC, so that it is the same on every machine), a time of ISO 8601 (in UTC where it
        has no offset), a duration of ISO 8601 such as ``P7D``, or words such as ``7 days`` or ``12 hours``.

        :raises InvalidOptions: if it is none of these.
        """
        text = text.strip()
        words, iso = _WORDS.fullmatch(text), _ISO_DURATION.fullmatch(text)
        try:
            if words:
                return cls(age=timedelta(**{_UNITS[words[2][0].lower()]: int(words[1])}))
            if iso and any(iso.groups()):
                weeks, days, hours, minutes, seconds = (int(part or 0) for part in iso.groups())
                return cls(age=timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds))
            if len(text) == len("2026-01-31"):
                return cls(at=datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC))
            at = datetime.fromisoformat(text)
        except (ValueError, OverflowError) as error:
            reason = f"{text!r} is no date (2026-01-31), time (2026-01-31T12:00:00Z) or duration (P7D, '7 days')"
            raise InvalidOptions(problems=(Problem(place="exclude_newer", reason=reason),)) from error
        return cls(at=at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC))

    def cutoff(self, now: datetime) -> datetime:
        """Return the time, in UTC, before which packages must have been uploaded."""
        return self.at if self.at is not None else now.astimezone(UTC) - (self.age or timedelta())
