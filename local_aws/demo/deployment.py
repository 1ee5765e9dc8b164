"""Deploy the program of this repository to the embedded AWS, and destroy it: `make up` and `make down`."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from local_aws.demo.canary import CanaryResult, run_canary
from local_aws.demo.published_layers import PublishedLayer
from local_aws.environments.folders import Folders
from local_aws.processes.emulator_process import Emulator
from local_aws.pulumi_engine.pulumi_arguments import DEFAULT_STACK
from local_aws.pulumi_engine.pulumi_program import RECOVERY, LocalPulumi

Report = Callable[[str], None]

CANARIES_AT_ONCE = 4


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """The result of an `up`."""

    changed: bool
    layers: list[PublishedLayer]
    canaries: dict[str, CanaryResult]
    """By layer version ARN."""

    @property
    def is_red(self) -> bool:
        """Whether a layer does not work."""
        return any(canary.status == "failed" for canary in self.canaries.values())


def bring_up(pulumi: LocalPulumi, folders: Folders, *, report: Report) -> Deployment | None:
    """Deploy the stack, then test every layer version in a function.

    Return None if Pulumi failed. It has then printed its error.

    :param report: is called with a text about the next step.
    """
    root = folders.root
    pulumi.emulator.start()
    lost = pulumi.has_lost_state(cwd=root)
    if lost:
        report("the embedded AWS has lost its state: deploying everything again")
    recovery = RECOVERY if lost or pulumi.has_moved(cwd=root) else ()
    words = ("up", "--yes", "--skip-preview", *recovery)
    if pulumi.call(*words, cwd=root, stack=DEFAULT_STACK).run() != 0:
        return None
    pulumi.accept_state(cwd=root)
    latest = json.loads(_ask(pulumi, folders, "stack", "history", "--json", "--page-size", "1"))[0]
    outputs = json.loads(_ask(pulumi, folders, "stack", "output", "--json"))
    layers = list(PublishedLayer.all_in(outputs))
    report("testing every layer version in a function of its region")
    with ThreadPoolExecutor(CANARIES_AT_ONCE) as pool:
        arns = [(arn, layer) for layer in layers for arn in layer.layer_version_arns.values()]
        tested = pool.map(lambda one: _canary(pulumi.emulator, *one), arns)
        canaries = {result.layer_version_arn: result for result in tested}
    return Deployment(changed=bool(set(latest["resourceChanges"]) - {"same"}), layers=layers, canaries=canaries)


def _canary(emulator: Emulator, layer_version_arn: str, layer: PublishedLayer) -> CanaryResult:
    return run_canary(emulator, layer_version_arn, runtime=layer.runtime, architecture=layer.architecture)


def take_down(pulumi: LocalPulumi, folders: Folders, *, report: Report) -> bool:
    """Destroy the stack if there is one, then stop the emulator. Return whether that succeeded."""
    root = folders.root
    if pulumi.has_stack(cwd=root):
        pulumi.emulator.start()
        if pulumi.has_lost_state(cwd=root):
            # The recorded resources are gone. A later `up` that failed may have made resources that are not recorded.
            report("the embedded AWS has lost its state: deleting the record of the stack and the rest of the state")
            pulumi.forget(cwd=root)
            pulumi.emulator.remove()
            return True
        recovery = RECOVERY if pulumi.has_moved(cwd=root) else ()
        if pulumi.call("destroy", "--yes", "--skip-preview", *recovery, cwd=root, stack=DEFAULT_STACK).run() != 0:
            return False
        pulumi.accept_state(cwd=root)
    pulumi.emulator.stop()
    return True


def _ask(pulumi: LocalPulumi, folders: Folders, *words: str) -> str:
    return pulumi.call(*words, cwd=folders.root, stack=DEFAULT_STACK).output()
