"""Read index options as a user writes them, noting every part that has the wrong form. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from builder_lambda.contract.index_login import CodeArtifact, EnvironmentLogin, NetrcLogin, SecretLogin
from builder_lambda.contract.index_problems import UNREADABLE
from builder_lambda.errors.problem import Problem

if TYPE_CHECKING:
    from builder_lambda.contract.index_login import LoginReference

_T = TypeVar("_T")

_OPTIONS = ("default", "extra", "pins")
_LOGINS = ("secret_arn", "password_variable", "netrc", "codeartifact")
_INDEX = ("name", "url", "username_variable", *_LOGINS, "explicit", "ignores_age")
_CODEARTIFACT = ("domain", "owner", "repository", "region")
_BY_REFERENCE = f"credentials are given by reference only: {', '.join(_LOGINS)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadIndexes:
    """The parts that could be read: arguments of the classes of ``index_options.py``."""

    default: dict[str, Any] | None
    extra: tuple[dict[str, Any], ...]
    pins: Mapping[str, str]


class IndexReader:
    """Reads one mapping; :attr:`problems` has what was wrong with its form. No problem quotes a value."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def read(self, mapping: Mapping[str, object]) -> ReadIndexes:
        """Return what could be read."""
        self._refuse_others(mapping, "index", _OPTIONS)
        default = mapping.get("default")
        extra = mapping.get("extra") or ()
        pins = mapping.get("pins") or {}
        if not isinstance(extra, Sequence) or isinstance(extra, str):
            extra = self._wrong("index.extra", "it must be a list of indexes", ())
        if not isinstance(pins, Mapping) or not all(isinstance(part, str) for pair in pins.items() for part in pair):
            pins = self._wrong("index.pins", "it must be an object of index names by project name", {})
        return ReadIndexes(
            default=None if default is None else self._index(default, "index.default"),
            extra=tuple(self._index(item, f"index.extra[{number}]") for number, item in enumerate(extra)),
            pins=dict(pins),
        )

    def _index(self, given: object, place: str) -> dict[str, Any]:
        if not isinstance(given, Mapping):
            return {
                "name": self._wrong(place, "it must be an object with 'name' and 'url'", UNREADABLE),
                "url": "https://unknown.invalid/",
            }
        self._refuse_others(given, place, _INDEX)
        is_default = place == "index.default"
        return {
            "name": self._text(given, place, "name") or ("default" if is_default else ""),
            "url": self._text(given, place, "url"),
            "login": self._login(given, place),
            "is_explicit": self._is(given, place, "explicit"),
            "ignores_age": self._is(given, place, "ignores_age"),
        }

    def _login(self, given: Mapping[str, object], place: str) -> LoginReference | None:
        kinds = [kind for kind in _LOGINS if given.get(kind)]
        if len(kinds) > 1:
            self._wrong(place, f"one login is enough, and it has {' and '.join(kinds)}", None)
        if given.get("username_variable") and kinds != ["password_variable"]:
            self._wrong(f"{place}.username_variable", "it belongs to a password_variable", None)
        match kinds:
            case ["secret_arn", *_]:
                return SecretLogin(arn=self._text(given, place, "secret_arn") or "")
            case ["password_variable", *_]:
                password = self._text(given, place, "password_variable") or ""
                username = self._text(given, place, "username_variable")
                return EnvironmentLogin(password_variable=password, username_variable=username)
            case ["netrc", *_]:
                return NetrcLogin() if self._is(given, place, "netrc") else None
            case ["codeartifact", *_]:
                return self._codeartifact(given["codeartifact"], f"{place}.codeartifact")
        return None

    def _codeartifact(self, given: object, place: str) -> CodeArtifact | None:
        if not isinstance(given, Mapping):
            return self._wrong(place, f"it must be an object with {', '.join(_CODEARTIFACT)}", None)
        self._refuse_others(given, place, _CODEARTIFACT)
        return CodeArtifact(**{part: self._text(given, place, part) or "" for part in _CODEARTIFACT})

    def _text(self, given: Mapping[str, object], place: str, key: str) -> str | None:
        value = given.get(key)
        if value is None or isinstance(value, str):
            return value or None
        return self._wrong(f"{place}.{key}", "it must be a text", None)

    def _is(self, given: Mapping[str, object], place: str, key: str) -> bool:
        value = given.get(key, False)
        return value if isinstance(value, bool) else self._wrong(f"{place}.{key}", "it must be true or false", False)

    def _refuse_others(self, given: Mapping[str, object], place: str, known: tuple[str, ...]) -> None:
        for key in sorted(set(given) - set(known)):
            is_credential = key in ("username", "user", "password", "token", "secret")
            reason = _BY_REFERENCE if is_credential else f"there is no such option; known: {', '.join(known)}"
            self._wrong(f"{place}.{key}", reason, None)

    def _wrong(self, option: str, reason: str, instead: _T) -> _T:
        self.problems.append(Problem(place=option, reason=reason))
        return instead
