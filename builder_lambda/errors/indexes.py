"""Errors of package indexes: their logins, and whether they answer. No field holds a credential."""

from __future__ import annotations

from builder_lambda.errors.base import LayerError


class IndexCredentialsMissing(LayerError, code="index-credentials-missing"):
    """The login of an index is not where the options refer to."""

    summary = "there is no login for the package index {index!r}"
    explained_by = ("detail",)
    cause = "the secret, variable or netrc entry does not exist, was renamed, or is malformed"
    remedy = "put the login where the index options refer to, or correct the reference"

    index: str
    detail: str
    """What was looked up, and what was wrong with it."""


class IndexDenied(LayerError, code="index-denied"):
    """An index denied access to the builder. No other index is asked instead."""

    summary = "the package index {index!r} denied access"
    explained_by = ("detail",)
    cause = "the login is wrong, has expired, lacks a right, or the index has none in the options"
    remedy = "check the login that the index options refer to; no other index was asked for the package"

    index: str
    """Its name in the options, or its host."""

    detail: str


class IndexLoginNotAllowed(LayerError, code="index-login-not-allowed"):
    """A request names logins that the deployed builder may not use at that index. No index was asked. Lists all."""

    summary = "the builder may not use a login that the request names"
    cause = "the login or the address of the index is not in the deployed program, or changed since"
    remedy = "add the index with its login to `index` of the LayerBuilder (the setting `index`), and deploy it"

    logins: tuple[str, ...]
    """References to logins, each with the origin of the index."""

    def _details(self) -> tuple[str, ...]:
        return self.logins


class IndexOrderUnclear(LayerError, code="index-order-unclear"):
    """pip's settings name an extra index beside the index. They have no order there, and need one here."""

    summary = "pip's settings name several indexes, and no order for them"
    cause = "pip takes the highest version of all its indexes; here, the first index that knows a package has it"
    remedy = (
        "name them in order: UV_INDEX is asked before UV_DEFAULT_INDEX; "
        "or use --extra-index-url before --index-url, --index-config, or the setting `index`"
    )

    index_url: str
    extra_index_urls: tuple[str, ...]
    """Both without credentials."""

    def _details(self) -> tuple[str, ...]:
        return (f"index-url: {self.index_url}", *(f"extra-index-url: {url}" for url in self.extra_index_urls))


class IndexUnreachable(LayerError, code="index-unreachable"):
    """The package index does not answer."""

    summary = "the package index cannot be reached"
    explained_by = ("detail",)
    cause = "no route to it (in a VPC the builder needs a NAT gateway or a proxy), wrong credentials, or it is down"
    remedy = "check the index URL and the network of the builder, then run again; nothing was changed"

    detail: str


class IndexAnswerRefused(LayerError, code="index-answer-refused"):
    """An index answered with more than is read. The rest of the answer was not read."""

    summary = "the answer of a package index is refused: {subject}: {reason}"
    cause = "the index or a proxy is broken, the file was replaced by a larger one, or the answer was made to do harm"
    remedy = "require another version, or use another index, and report the answer to who runs the index"

    subject: str
    """The page or file, and the host."""

    reason: str
