"""Recognises addresses that lead to the builder's own machine, or to the services of AWS beside it. Pure.

Lambda's runtime API and the credentials of CodeBuild and EC2 are at such addresses. A request must not name one as an
index.
"""

from __future__ import annotations

import contextlib
import ipaddress
import unicodedata
from urllib.parse import unquote, urlsplit

from builder_lambda.contract.urls import why_invalid

ALLOW_INTERNAL_INDEXES = "ALLOW_INTERNAL_INDEXES"
"""The environment variable of the builder that allows such addresses, for an embedded AWS."""

_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")
"""Characters that IDNA reads as dots (RFC 3490, 3.1)."""

_AWS_SERVICES = ipaddress.ip_network("fd00:ec2::/32")
"""AWS: "Use the Instance Metadata Service", its IPv6 address."""


def is_internal(url: str) -> bool:
    """Return whether the host of ``url`` is a loopback, link-local or unspecified address in any notation."""
    if why_invalid(url):
        return False
    host = unicodedata.normalize("NFKC", unquote(urlsplit(url).hostname or "")).translate(_DOTS).lower().rstrip(".")
    if host == "localhost" or host.endswith((".localhost", ".localdomain")):
        return True
    address = _address(host)
    return address is not None and _is_internal(address)


def is_internal_address(text: str) -> bool:
    """Return whether an IP address, as a connection has it, is a loopback, link-local or unspecified one."""
    return _is_internal(ipaddress.ip_address(text.partition("%")[0]))


def _is_internal(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1] or _low_half(address)
        if inner is not None and _is_internal(inner):
            return True
        if address in _AWS_SERVICES:
            return True
    first = int(address) >> 24 if address.version == 4 else None
    return address.is_loopback or address.is_link_local or address.is_unspecified or first == 0


def _low_half(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address in an address of NAT64 (RFC 6052), or in one that is compatible with IPv4 (RFC 4291)."""
    is_embedded = int(address) >> 32 in (0x64FF9B << 64, 0) and int(address) > 0xFFFF
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if is_embedded else None


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host)
    with contextlib.suppress(ValueError):
        return _legacy_address(host.split("."))
    return None


def _legacy_address(parts: list[str]) -> ipaddress.IPv4Address | None:
    """Return the address of one to four numbers, as ``inet_aton`` reads them: the last one fills the rest.

    :raises ValueError: if they are no such numbers.
    """
    numbers = [_number(part) for part in parts]
    if len(numbers) > 4 or any(number > 255 for number in numbers[:-1]):
        return None
    value = numbers[-1]
    if value >= 256 ** (5 - len(numbers)):
        return None
    return ipaddress.IPv4Address(value + sum(number << (24 - 8 * place) for place, number in enumerate(numbers[:-1])))


def _number(text: str) -> int:
    if text.startswith("0x"):
        return int(text, 16)
    return int(text, 8 if text.startswith("0") and text != "0" else 10)
