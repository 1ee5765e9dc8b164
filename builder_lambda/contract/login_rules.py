"""The logins of indexes that a deployment allows its builder to use, each at one origin. Pure.

A request can name any login and any address. The builder runs with a role, so it uses only logins that the program
named when it was deployed, and sends them only to the index that the program named them for.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder_lambda.contract.urls import origin_of
from builder_lambda.errors.indexes import IndexLoginNotAllowed
from builder_lambda.errors.options import InvalidOptions
from builder_lambda.errors.problem import Problem

if TYPE_CHECKING:
    from builder_lambda.contract.index_options import IndexOptions
    from builder_lambda.contract.package_index import PackageIndex

INDEX_LOGINS = "INDEX_LOGINS"
"""The environment variable of the builder that holds the rules."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LoginRules:
    """What is allowed. Without any rule, no login is."""

    allowed: tuple[str, ...] = ()
    """Origin and login, as JSON."""

    @classmethod
    def of(cls, options: IndexOptions) -> LoginRules:
        """Return the rules that allow the logins of these options."""
        return cls(allowed=tuple(sorted({_rule(index) for index in options if index.login is not None})))

    @classmethod
    def parse(cls, text: str) -> LoginRules:
        """Return the rules of a text that :attr:`text` made. An empty text allows nothing.

        :raises InvalidOptions: if it has another form.
        """
        try:
            rules = json.loads(text) if text else []
            return cls(allowed=tuple(_canonical(dict(rule)) for rule in rules))
        except (TypeError, ValueError, RecursionError):
            reason = "it must be a JSON list of objects; the LayerBuilder writes it"
            raise InvalidOptions(problems=(Problem(place=INDEX_LOGINS, reason=reason),)) from None

    @property
    def text(self) -> str:
        """The rules as the value of the environment variable; empty if there are none."""
        return f"[{','.join(self.allowed)}]" if self.allowed else ""

    def check(self, options: IndexOptions) -> None:
        """Check the logins of a request.

        :raises IndexLoginNotAllowed: with all logins that the deployment does not allow there.
        """
        refused = [index for index in options if index.login is not None and _rule(index) not in self.allowed]
        if refused:
            raise IndexLoginNotAllowed(logins=tuple(f"{each.login} for {_origin(each)}" for each in refused))


def _rule(index: PackageIndex) -> str:
    return _canonical({"origin": _origin(index), **(index.login.to_mapping() if index.login else {})})


def _origin(index: PackageIndex) -> str:
    scheme, host, port = origin_of(index.address)
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def _canonical(rule: dict[str, object]) -> str:
    return json.dumps(rule, sort_keys=True, separators=(",", ":"))
