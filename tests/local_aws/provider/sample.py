"""A program fragment for one resource type, and what such fragments are made of."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.local_aws.provider.engine import unique

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_aws.provider.wire import Props
    from tests.local_aws.provider.conftest import Aws

SIGNATURE = "4dabf18193072939515e22adb298388d"

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


def policy(action: str, resource: str = "*") -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [action], "Resource": resource}]}
    )


def archive(text: str) -> Props:
    """Return an archive of one module, as the engine sends it."""
    code = f"def handler(event, context):\n    return {text!r}\n"
    asset: Props = {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "text": code, "hash": _sha256(code)}
    return {
        SIGNATURE: "0def7320c3a5731c473e5ecbe6d01bc7",
        "assets": {"main.py": asset},
        "hash": _sha256(f"archive {code}"),
    }


def text_asset(text: str) -> Props:
    return {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "text": text, "hash": _sha256(text)}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def zipped(name: str, text: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr(name, text)
    return stream.getvalue()


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A resource in a program, and what happens to it."""

    token: str
    program: Props
    change: Props = field(default_factory=dict)
    """Inputs to change or, with ``None``, to take away."""

    replaces: tuple[str, ...] = ()
    """Which of the changed inputs make a new thing."""

    import_id: str | None = None
    """What ``pulumi import`` is given; the id where ``None``."""

    drift: Callable[[], object] | None = None
    """Changes the thing behind Pulumi's back."""

    drifted: dict[str, str] = field(default_factory=dict)
    """The changes that ``Diff`` then tells."""

    only_program: tuple[str, ...] = ()
    """Inputs that AWS does not tell: an import does not find them."""


def a_bucket(aws: Aws, name: str = "samples") -> str:
    made = unique(name)
    aws.s3().create_bucket(Bucket=made)
    return made


def a_role(aws: Aws) -> str:
    made = unique("sample-role")
    aws.iam().create_role(RoleName=made, AssumeRolePolicyDocument=TRUST)
    return made


def a_layer(aws: Aws) -> tuple[str, int]:
    made = unique("sample-layer")
    reply = aws.functions().publish_layer_version(LayerName=made, Content={"ZipFile": zipped("python/m.py", "")})
    return made, reply["Version"]
