"""Finding the Pulumi of the SDK's version."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from local_aws.environments.folders import Folders
from local_aws.errors import CommandFailed, PulumiUnavailable
from local_aws.pulumi_engine import pulumi_cli
from local_aws.pulumi_engine.pulumi_cli import find_or_make_pulumi, pinned_version


@pytest.fixture(autouse=True)
def pinned(folders: Folders) -> None:
    folders.root.mkdir()
    (folders.root / "requirements.txt").write_text("pulumi-aws==7.0.0\npulumi==3.259.0\n")
    folders.cache.mkdir()


@pytest.fixture(autouse=True)
def nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulumi_cli, "INSTALLER", "http://127.0.0.1:9")


def pulumi_of(version: str, folder: Path) -> Path:
    folder.mkdir()
    executable = folder / "pulumi"
    executable.write_text(f"#!/bin/sh\necho v{version}\n")
    executable.chmod(0o755)
    return executable


def test_the_version_is_that_of_the_sdk(folders: Folders) -> None:
    assert pinned_version(folders.root / "requirements.txt") == "3.259.0"


def test_the_one_on_path_is_taken_if_it_is_of_the_same_minor_version(folders: Folders, tmp_path: Path) -> None:
    executable = pulumi_of("3.259.7", tmp_path / "bin")

    found = find_or_make_pulumi(folders, report=lambda _: None, environ={"PATH": str(tmp_path / "bin")})

    assert (found.executable, found.origin, found.search_path) == (executable, "PATH", ())


def test_where_no_way_leads_to_pulumi_each_says_why(folders: Folders, tmp_path: Path) -> None:
    executable = pulumi_of("3.1.0", tmp_path / "bin")

    with pytest.raises(PulumiUnavailable) as error:
        find_or_make_pulumi(folders, report=lambda _: None, environ={"PATH": str(tmp_path / "bin")})

    assert str(error.value) == (
        "Pulumi 3.259.0 is needed, but every way to get it failed:\n"
        f"  - '{executable}' is version 3.1.0\n"
        "  - the official installer: http://127.0.0.1:9 cannot be reached: "
        "<urlopen error [Errno 111] Connection refused>\n"
        "  - a build from Go modules: could not build Pulumi 3.259.0: 'go' ended with status 127.\n"
        "[Errno 2] No such file or directory: 'go'\n"
        "Fix the cause, then run the same command again. No partial result was kept.\n"
        "Install Pulumi 3.259.0, or Go 1.25 or newer, put it on PATH, and run the same command again."
    )
    assert isinstance(error.value.__cause__, CommandFailed)


def test_the_committed_modules_are_those_of_the_pinned_sdk() -> None:
    root = Folders.of_clone().root
    version = pinned_version(root / "requirements.txt")

    modules = (root / "local_aws" / "pulumi_tools" / "go.mod").read_text(encoding="utf-8")

    assert f"github.com/pulumi/pulumi/pkg/v3 v{version}\n" in modules
    assert f"github.com/pulumi/pulumi/sdk/v3 v{version}\n" in modules


INSTALLER = """#!/bin/sh
[ "$*" = "--version 3.259.0 --install-root $4 --no-edit-path" ] || exit 9
mkdir -p "$4/bin" && printf '#!/bin/sh\\necho v3.259.0\\n' > "$4/bin/pulumi" && chmod +x "$4/bin/pulumi"
"""


def test_the_official_installer_is_run_where_it_can_be_reached(
    folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(INSTALLER.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's own name
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setattr(pulumi_cli, "INSTALLER", f"http://127.0.0.1:{server.server_port}")
        found = find_or_make_pulumi(folders, report=lambda _: None, environ={"PATH": "/usr/bin:/bin"})
        server.shutdown()

    assert found.origin == "the official installer"
    assert found.executable == folders.cache / "pulumi-3.259.0-installed" / "bin" / "pulumi"
    assert found.search_path == (found.executable.parent,)
