"""Make the environments of the embedded AWS at first use."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from local_aws.environments.folders import Folders
from local_aws.environments.interpreters import find_interpreters
from local_aws.environments.virtual_environment import EMULATOR_REQUIREMENTS, RUNTIME_REQUIREMENTS, virtual_environment
from local_aws.processes.emulator_process import Emulator, EmulatorParts

AT_ONCE = 2


def emulator_parts(folders: Folders, *, report: Callable[[str], None]) -> EmulatorParts:
    """Return ministack's environment and one for each runtime of this machine. Make those that are missing.

    :param report: is called with a text about the work in progress.
    :raises NoInterpreter: if the machine has no Python of a Lambda runtime.
    :raises CommandFailed: if the pins cannot be installed.
    """
    interpreters = find_interpreters()
    # ministack runs on any of them. The oldest has been tested with it the longest.
    wanted = [(interpreters[0], EMULATOR_REQUIREMENTS), *((one, RUNTIME_REQUIREMENTS) for one in interpreters)]
    report(f"environments of the embedded AWS: {', '.join(one.runtime for one in interpreters)}")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        made = list(pool.map(lambda want: virtual_environment(want[0], want[1], folders=folders), wanted))
    pythons = [folder / "bin" / "python" for folder in made]
    return EmulatorParts(
        python=pythons[0],
        interpreters={one.runtime: python for one, python in zip(interpreters, pythons[1:], strict=True)},
        visible=tuple(dict.fromkeys([folders.cache, *(one.prefix for one in interpreters)])),
    )


def clone_emulator(folders: Folders, *, report: Callable[[str], None] = lambda _: None) -> Emulator:
    """Return the embedded AWS of this clone, running or not. Make the environments that are missing."""
    return Emulator(folder=folders.aws, parts=emulator_parts(folders, report=report))
