"""Start ministack with our additions. `local_aws.processes.emulator_process` sets the environment variables."""

import os
import shutil
import sys
from pathlib import Path

from local_aws.emulator import lambda_gaps, late_permissions, loopback_tls, python_function, saved_state
from local_aws.emulator.leftovers import end_leftovers
from local_aws.emulator.ministack_modules import app
from local_aws.emulator.settings import Settings


def main() -> None:
    """Serve until SIGTERM."""
    settings = Settings.from_environ(os.environ)
    end_leftovers(settings.functions)
    shutil.rmtree(settings.functions, ignore_errors=True)
    settings.functions.mkdir(parents=True)
    endpoint = f"http://{os.environ['BIND_HOST']}:{os.environ['GATEWAY_PORT']}"
    python_function.install(settings, endpoint=endpoint)
    lambda_gaps.install()
    loopback_tls.install()
    late_permissions.install(settings.permission_seconds)
    saved_state.install(Path(os.environ["STATE_DIR"]))
    sys.argv = ["ministack"]  # ministack reads the command line
    app.main()


if __name__ == "__main__":
    main()
