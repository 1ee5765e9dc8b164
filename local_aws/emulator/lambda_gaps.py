"""Close gaps of ministack's Lambda: refuse what AWS refuses, and check layer actions under their names in IAM.

Every message is AWS's own.
"""

import base64
import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from local_aws.emulator.ministack_modules import iam_actions, lambda_svc, responses
from local_aws.emulator.request_checks import Refusal, refusal

MAX_LAYERS = 5

_LAYER_PATH = re.compile(r"/2018-10-31/layers(?:/([^/]+)(?:/versions(?:/([^/]+)(/policy(?:/[^/]+)?)?)?)?)?/?")
_VERSION_ACTIONS = {"GET": "GetLayerVersion", "DELETE": "DeleteLayerVersion"}
_LAYER_ACTIONS = {"GET": "ListLayerVersions", "POST": "PublishLayerVersion"}
_POLICY_ACTIONS = {
    "GET": "GetLayerVersionPolicy",
    "POST": "AddLayerVersionPermission",
    "DELETE": "RemoveLayerVersionPermission",
}

Response = tuple[int, dict[str, str], bytes]


def install() -> None:
    """Close the gaps in the running ministack."""
    _check_requests()
    _refuse_empty_layers()
    _limit_attachments()
    _name_layer_actions()


def layer_action(method: str, path: str) -> str | None:
    """Return the IAM action of a layer API request, without its prefix, or None for another request.

    ministack treats AddLayerVersionPermission as PublishLayerVersion, treats every GET as ListLayers, and does not
    check DELETE.
    """
    hit = _LAYER_PATH.fullmatch(path)
    if hit is None:
        return None
    name, version, policy = hit.groups()
    if policy:
        return _POLICY_ACTIONS.get(method)
    if version:
        return _VERSION_ACTIONS.get(method)
    return _LAYER_ACTIONS.get(method) if name else "ListLayers"


def layer_version(path: str) -> str | None:
    """Return the version number in the path of a layer API request, or None."""
    hit = _LAYER_PATH.fullmatch(path)
    return hit.group(2) if hit else None


def attachment_refusal(layers: list[str]) -> str | None:
    """Return AWS's message if a function cannot have these layer versions, else None."""
    if len(layers) > MAX_LAYERS:
        return f"Cannot reference more than {MAX_LAYERS} layers."
    names = [arn.rpartition(":")[0] for arn in layers]
    if len(set(names)) < len(names):
        return "Two different versions of the same layer are not allowed to be referenced in the same function."
    return None


def by_name(path: str, *, account: str, region: str) -> str:
    """Return `path` with the name of a layer in place of its ARN. LayerName may be either (API reference).

    ARNs of another account or region stay as they are.
    """
    return path.replace(f"/layers/arn:aws:lambda:{region}:{account}:layer:", "/layers/", 1)


def _answer(refused: Refusal) -> Response:
    return responses.error_response_json(refused.code, refused.message, refused.status)  # type: ignore[no-any-return]  # ministack is untyped


def _by_name(path: str) -> str:
    return by_name(path, account=responses.get_account_id(), region=responses.get_region())


def _invalid(message: str) -> Response:
    return _answer(Refusal(code="InvalidParameterValueException", message=message))


def _check_requests() -> None:
    usual = lambda_svc.handle_request

    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, list[str]]
    ) -> Response:
        refused = refusal(method, path, body)
        return _answer(refused) if refused else await usual(method, _by_name(path), headers, body, query)

    lambda_svc.handle_request = handle_request


def _refuse_empty_layers() -> None:
    """Refuse a layer version with a missing S3 object or no content. ministack would publish it empty."""
    usual = lambda_svc._publish_layer_version

    def publish(layer_name: str, data: dict[str, Any]) -> Response:
        content = data.get("Content") or {}
        if "ZipFile" in content:
            archive = base64.b64decode(content["ZipFile"])
        elif "S3Bucket" in content and "S3Key" in content:
            if lambda_svc._s3_code_region_error(content["S3Bucket"], layer=True) is not None:
                return usual(layer_name, data)  # type: ignore[no-any-return]  # ministack is untyped
            version = content.get("S3ObjectVersion")
            archive = lambda_svc._fetch_code_from_s3(content["S3Bucket"], content["S3Key"], version_id=version)
            if archive is None:
                return _invalid(
                    "Error occurred while GetObject. S3 Error Code: NoSuchKey. "
                    "S3 Error Message: The specified key does not exist."
                )
        else:
            return _invalid("Please provide a source for the layer version content.")
        if zipfile.is_zipfile(io.BytesIO(archive)) and not zipfile.ZipFile(io.BytesIO(archive)).namelist():
            return _invalid("Uploaded file must be a non-empty zip")
        return usual(layer_name, data)  # type: ignore[no-any-return]  # ministack is untyped

    lambda_svc._publish_layer_version = publish


def _limit_attachments() -> None:
    usual = lambda_svc._normalize_layer_attachments

    def attach(layers: list[str | Mapping[str, str]] | None) -> tuple[object, Response | None]:
        arns = [layer if isinstance(layer, str) else layer.get("Arn", "") for layer in layers or []]
        refused = attachment_refusal(arns)
        return (None, _invalid(refused)) if refused else usual(layers)

    lambda_svc._normalize_layer_attachments = attach


def _name_layer_actions() -> None:
    usual_action, usual_arn = iam_actions._lambda_action, iam_actions.extract_resource_arn

    def action(method: str, path: str) -> str | None:
        if _LAYER_PATH.fullmatch(path) is None:
            return usual_action(method, path)  # type: ignore[no-any-return]  # ministack is untyped
        return layer_action(method, path)

    def resource_arn(service: str, method: str, path: str, *args: object, **kwargs: object) -> object:
        path = _by_name(path) if service == "lambda" else path
        arn = usual_arn(service, method, path, *args, **kwargs)
        version = layer_version(path) if service == "lambda" else None
        return f"{arn}:{version}" if version and ":layer:" in arn else arn

    iam_actions._lambda_action, iam_actions.extract_resource_arn = action, resource_arn
