"""The environment variables of a function, as the Lambda Developer Guide lists them (defined runtime variables)."""

import re
from collections.abc import Mapping
from pathlib import Path

ALWAYS_OURS = frozenset({"AWS_EXECUTION_ENV", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"})
"""What a function's own variables cannot change."""

_NETWORK = re.compile(r"(?i)(https?|all|no)_proxy|(PIP|UV)_\w+|\w*(CA_BUNDLE|CERT_FILE|CERT_DIR)")


def reaches_network(name: str) -> bool:
    """Whether a variable of this machine tells how to reach a package index: builders need it, as they do here."""
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
    """Return what a Python function finds beside what it was configured with.

    :param config: the function's configuration, as `GetFunctionConfiguration` answers it.
    :param task: where its code lies, and `layers` its layers, as it sees them.
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
        # AWS's own bootstrap adds these to sys.path, whatever the function sets.
        "PYTHONPATH": f"{own['PYTHONPATH']}:{packages}" if "PYTHONPATH" in own else packages,
        "TZ": ":UTC",
    }
    settled = ALWAYS_OURS | {"AWS_ENDPOINT_URL", "PYTHONPATH"}
    return {name: value for name, value in ours.items() if name not in own or name in settled}
