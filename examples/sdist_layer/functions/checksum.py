"""Computes the CRC-32 of a text with the compiled part of crcmod."""

from typing import Any

import crcmod.predefined
from crcmod import _crcfunext  # the part in C; without a compiler the package falls back to Python


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    checksum = crcmod.predefined.mkCrcFun("crc-32")(event["text"].encode())
    return {"crc32": f"{checksum:08x}", "compiled": _crcfunext.__file__}
