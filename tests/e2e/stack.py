"""A stack under test: the real engine on the embedded AWS, driven through the CLI and read through its event stream."""

import json
import os
import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from local_aws.pulumi_engine.environment import SECRET_KEY
from local_aws.pulumi_engine.pulumi_program import LocalPulumi, PulumiCall
from local_aws.pulumi_engine.stack_config import DEFAULT_ACCOUNT

ROOT = Path(__file__).parent.parent.parent
UNCHANGED = {"same", "refresh", "read"}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one run of Pulumi did."""

    status: int
    steps: tuple[tuple[str, str], ...]
    """Operation and URN of every resource that changed."""
    messages: str
    """All that a user sees besides the resources."""

    @property
    def changed(self) -> Counter[str]:
        """Operation and resource name, as in ``update web-python313-x86_64-build``; how often."""
        return Counter(f"{operation} {urn.rsplit('::', 1)[1]}" for operation, urn in self.steps)


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One stack of a program."""

    pulumi: LocalPulumi
    program: Path
    name: str = "test"
    account: str = DEFAULT_ACCOUNT
    config: Mapping[str, Any] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    """Variables besides those of the test's own process."""

    def up(self, *flags: str, **config: Any) -> Outcome:
        """Deploy, and expect that it works."""
        outcome = self.try_up(*flags, **config)
        assert outcome.status == 0, outcome.messages
        return outcome

    def change(self, **config: Any) -> Outcome:
        """Deploy as a user does: with the preview first, which must work."""
        self.preview(**config)
        return self.try_up(**config)

    def try_up(self, *flags: str, **config: Any) -> Outcome:
        """Deploy."""
        return self._run("up", "--yes", "--skip-preview", *flags, **config)

    def refresh(self) -> Outcome:
        """Read what exists."""
        outcome = self._run("refresh", "--yes", "--skip-preview")
        assert outcome.status == 0, outcome.messages
        return outcome

    def destroy(self) -> Outcome:
        """Take everything away."""
        outcome = self._run("destroy", "--yes", "--skip-preview")
        assert outcome.status == 0, outcome.messages
        return outcome

    def preview(self, *flags: str, **config: Any) -> str:
        """Return the preview as a user reads it, without colours."""
        return self.say("preview", "--color", "never", *flags, **config)

    def refused_preview(self, *flags: str, **config: Any) -> str:
        """Return what a preview prints that is expected to fail, without colours."""
        call = self._call("preview", "--color", "never", *flags, **config)
        done = subprocess.run(
            call.command, env=call.environ, cwd=call.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode != 0, done.stdout
        return done.stdout + done.stderr

    def leftovers(self, *regions: str) -> list[str]:
        """Return the names of all that the account still has in some regions."""
        found = [bucket["Name"] for bucket in self.client("s3").list_buckets()["Buckets"]]
        found += [role["RoleName"] for role in self.client("iam").list_roles()["Roles"]]
        for region in regions:
            functions = self.client("lambda", region)
            found += [function["FunctionName"] for function in functions.list_functions()["Functions"]]
            found += [layer["LayerArn"] for layer in functions.list_layers()["Layers"]]
            found += [log["logGroupName"] for log in self.client("logs", region).describe_log_groups()["logGroups"]]
            found += [each["Name"] for each in self.client("ssm", region).describe_parameters()["Parameters"]]
        return found

    def say(self, *words: str, **config: Any) -> str:
        """Run any Pulumi command that works, and return what it prints."""
        return self._call(*words, **config).output()

    def layers(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Return the stack output of that name."""
        outputs: dict[str, Any] = json.loads(self.say("stack", "output", "--json"))
        layers: dict[str, dict[str, dict[str, Any]]] = outputs["layers"]
        return layers

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """Return a boto3 client of the stack's account, as somebody behind Pulumi's back."""
        session = boto3.Session(aws_access_key_id=self.account, aws_secret_access_key=SECRET_KEY, region_name=region)
        return session.client(service, endpoint_url=self.pulumi.emulator.endpoint)  # type: ignore[call-overload] # by name

    def _call(self, *words: str, **config: Any) -> PulumiCall:
        keys = {f"python-layers:{key}": value for key, value in config.items()}
        return self.pulumi.call(
            *words,
            cwd=self.program,
            stack=self.name,
            config={"aws:accessKey": self.account, **self.config, **keys},
            environ={**os.environ, **self.environ},
        )

    def _run(self, *words: str, **config: Any) -> Outcome:
        call = self._call(*words, "--json", **config)
        done = subprocess.run(
            call.command, env=call.environ, cwd=call.folder, capture_output=True, text=True, check=False
        )
        steps, messages = [], [done.stderr]
        for line in done.stdout.splitlines():
            event: dict[str, Any] = json.loads(line) if line.startswith("{") else {"stray": line}
            if step := event.get("resourcePreEvent", {}).get("metadata"):
                if step["op"] not in UNCHANGED:
                    steps.append((step["op"], step["urn"]))
            elif (diagnostic := event.get("diagnosticEvent")) and diagnostic["severity"] != "debug":
                messages.append(diagnostic["message"])
            elif "error" in event or "stray" in event:
                messages.append(line)
        return Outcome(status=done.returncode, steps=tuple(steps), messages="\n".join(messages))


def copy_of_program(folder: Path) -> Path:
    """Return a checkout of the program in another place, without layers of its own."""
    folder.mkdir(parents=True)
    for name in ("__main__.py", "Pulumi.yaml", "components", "builder_lambda", "layer_deployment", ".venv"):
        (folder / name).symlink_to(ROOT / name)
    return folder
