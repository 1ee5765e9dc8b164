"""Find or make the Pulumi command line, in the version of the SDK that `requirements.txt` pins.

Three ways are tried in this order: a Pulumi on PATH, the official installer, and a build from the Go modules that
`pulumi_tools` pins. The build is for machines that can reach package registries only.
"""

import hashlib
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from local_aws.environments.cached_folder import made_once
from local_aws.environments.command import run
from local_aws.environments.folders import Folders
from local_aws.errors import CommandFailed, PulumiUnavailable

INSTALLER = "https://get.pulumi.com"
INSTALLER_SECONDS_TO_CONNECT = 5
GO_PACKAGE = "github.com/pulumi/pulumi/sdk/v3"

_TOOLS = Path(__file__).parent.parent / "pulumi_tools"
_SHIMS = (Path("python/cmd/pulumi-language-python-exec"), Path("python/dist/pulumi-resource-pulumi-python"))
"""Scripts of the Go SDK's module that must be beside the CLI. They run programs and their dynamic providers."""


@dataclass(frozen=True, kw_only=True)
class PulumiCli:
    """A Pulumi command line on this machine."""

    executable: Path
    origin: str
    """Where it comes from, as a text for the user."""
    search_path: tuple[Path, ...]
    """Folders that must be first on PATH, so that Pulumi finds its parts."""


def pinned_version(requirements: Path) -> str:
    """Return the version of the Pulumi SDK that `requirements` pins. No other file states it."""
    pin = re.search(r"^pulumi==(\S+)", requirements.read_text(encoding="utf-8"), re.MULTILINE)
    if pin is None:
        raise ValueError(f"{str(requirements)!r} pins no 'pulumi=='. Pin the SDK there.")
    return pin.group(1)


def find_or_make_pulumi(
    folders: Folders, *, report: Callable[[str], None], environ: Mapping[str, str] | None = None
) -> PulumiCli:
    """Return a Pulumi of the SDK's minor version. Install or build it if necessary.

    :param report: is called with a text about each slow step.
    :raises PulumiUnavailable: if every way failed, with the reason of each.
    """
    environ = os.environ if environ is None else environ
    version = pinned_version(folders.root / "requirements.txt")
    reasons: list[str] = []
    on_path = shutil.which("pulumi", path=environ.get("PATH", ""))
    if on_path is None or Path(on_path).resolve().is_relative_to(folders.root):
        reasons.append("PATH has no 'pulumi'")
    elif _same_minor(actual := _version_of(Path(on_path)), version):
        return PulumiCli(executable=Path(on_path), origin="PATH", search_path=())
    else:
        reasons.append(f"{on_path!r} is version {actual or 'unknown'}")

    installed = folders.cache / f"pulumi-{version}-installed"
    built = folders.cache / f"pulumi-{version}-built-{_recipe()}"
    if not built.is_dir():
        try:
            made_once(installed, lambda folder: _install(folder, version=version, environ=environ, report=report))
            return PulumiCli(
                executable=installed / "bin" / "pulumi",
                origin="the official installer",
                search_path=(installed / "bin",),
            )
        except (CommandFailed, OSError) as error:
            reasons.append(f"the official installer: {error}")
    try:
        made_once(built, lambda folder: _build(folder, version=version, environ=environ, report=report))
    except CommandFailed as error:
        reasons.append(f"a build from Go modules: {error}")
        raise PulumiUnavailable(version=version, reasons=tuple(reasons)) from error
    return PulumiCli(
        executable=built / "bin" / "pulumi",
        origin="a build from Go modules",
        search_path=(built / "bin",),
    )


def _recipe() -> str:
    """Return a short hash of all inputs of a build."""
    digest = hashlib.sha256()
    for path in sorted(_TOOLS.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _version_of(executable: Path) -> str:
    try:
        done = subprocess.run([executable, "version"], capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip().removeprefix("v")


def _same_minor(actual: str, wanted: str) -> bool:
    return actual.split(".")[:2] == wanted.split(".")[:2]


def _install(folder: Path, *, version: str, environ: Mapping[str, str], report: Callable[[str], None]) -> None:
    """Run the official installer into `folder`.

    :raises OSError: if its host cannot be reached, or if it installs another version.
    :raises CommandFailed: if it fails.
    """
    try:
        with urllib.request.urlopen(INSTALLER, timeout=INSTALLER_SECONDS_TO_CONNECT) as answer:
            script = answer.read()
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise OSError(f"{INSTALLER} cannot be reached: {error}") from error
    report(f"installing Pulumi {version}")
    path = folder / "install.sh"
    path.write_bytes(script)
    run(
        *("sh", path, "--version", version, "--install-root", folder, "--no-edit-path"),
        purpose=f"install Pulumi {version}",
        environ=environ,
    )
    if not _same_minor(actual := _version_of(folder / "bin" / "pulumi"), version):
        raise OSError(f"the installer installed version {actual or 'unknown'}")


def _build(folder: Path, *, version: str, environ: Mapping[str, str], report: Callable[[str], None]) -> None:
    """Build the command line from modules with committed hashes, and copy its scripts beside it."""
    report(f"building Pulumi {version} from Go modules: about five minutes, once on this machine")
    environ = {**environ, "GOBIN": str(folder / "bin"), "GOFLAGS": "-mod=readonly -buildvcs=false", "GOWORK": "off"}
    # The tags and linker flags of Pulumi's own releases.
    stamp = f"-s -w -X {GO_PACKAGE}/go/common/version.Version=v{version}"
    run(
        *("go", "install", "-trimpath", "-tags", "osusergo,grpcnotrace", "-ldflags", stamp, "tool"),
        purpose=f"build Pulumi {version}",
        environ=environ,
        cwd=_TOOLS,
    )
    sdk = run(
        *("go", "list", "-m", "-f", "{{.Version}} {{.Dir}}", GO_PACKAGE),
        purpose="find the Go SDK's module",
        environ=environ,
        cwd=_TOOLS,
    )
    pinned, _, module = sdk.strip().partition(" ")
    if pinned != f"v{version}":
        raise CommandFailed(
            purpose=f"build Pulumi {version}",
            command=("go", "list"),
            exit_status=0,
            output=f"{str(_TOOLS / 'go.mod')!r} pins {pinned}: it and requirements.txt must name the same version.",
        )
    for shim in (*(Path(module) / shim for shim in _SHIMS), _TOOLS / "pulumi-language-python"):
        made = folder / "bin" / shim.name
        shutil.copyfile(shim, made)
        made.chmod(0o755)  # the module cache does not keep the executable bit
