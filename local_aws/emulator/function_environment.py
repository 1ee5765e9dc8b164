"""The environment variables of a function, as the Lambda Developer Guide lists them (defined runtime variables)."""

import re
from collections.abc import Mapping
from pathlib import Path

ALWAYS_OURS = frozenset({"AWS_EXECUTION_ENV", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"})
"""Variables that the function's configuration cannot override."""

_NETWORK = re.compile(r"(?i)(https?|all|no)_proxy|(PIP|UV)_\w+|\w*(CA_BUNDLE|CERT_FILE|CERT_DIR)")


def reaches_network(name: str) -> bool:
    """Return whether a variable configures the way to a package index: a proxy, pip, uv or certificates.

    Functions that build need these variables, as on this machine.
    """
    return _NETWORK.fullmatch(name) is not None


def python_environment(
    config: Mapping[str, object],
    *,
    interpreter: Path,
    task: str,
    layers: str,
    home: str,
    endpoint: str,
) -> dict[str, str]:
    """Return the variables of a Python function, without those that its configuration sets.

    :param config: the function's configuration, as `GetFunctionConfiguration` returns it.
    :param task: the folder of its code, and `layers` that of its layers, as the function sees them.
    """
    runtime = str(config["Runtime"])
    environment = config.get("Environment")
    own = environment.get("Variables") if isinstance(environment, dict) else None
    own = own if isinstance(own, dict) else {}
    packages = f"{task}:{layers}/python/lib/{runtime}/site-packages:{layers}/python"
    ours = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{runtime}",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{config['FunctionName']}",
        "HOME": home,
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "LAMBDA_TASK_ROOT": task,
        "LANG": "en_US.UTF-8",
        "LD_LIBRARY_PATH": f"{task}:{task}/lib:{layers}/lib",
        "PATH": f"{interpreter.parent}:/usr/local/bin:/usr/bin:/bin:{layers}/bin",
        # AWS's bootstrap adds these to sys.path, whatever the function sets.
        "PYTHONPATH": f"{own['PYTHONPATH']}:{packages}" if "PYTHONPATH" in own else packages,
        "TZ": ":UTC",
    }
    settled = ALWAYS_OURS | {"AWS_ENDPOINT_URL", "PYTHONPATH"}
    return {name: value for name, value in ours.items() if name not in own or name in settled}
