"""Checks the workflow files with the schemas of their services and with shellcheck, and runs some of their steps."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "examples" / "ci"
PREVIEWS = ROOT / "tests" / "cases" / "previews"
GITHUB, UPGRADE, CIRCLECI = (
    FOLDER / name for name in ("github-actions.yml", "github-actions-upgrade.yml", "circleci.yml")
)
TOOLS = Path(sys.executable).parent
MARKER = "<!-- python-layers preview -->"


def scripts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield name and text of every script of a workflow file."""

    def found(node: Any) -> Iterator[tuple[str, str]]:
        if isinstance(node, list):
            for each in node:
                yield from found(each)
        if not isinstance(node, dict):
            return
        run = node.get("run")
        if isinstance(run, str):
            yield node["name"], run
        elif isinstance(run, dict):
            yield run["name"], run["command"]
        for key, each in node.items():
            if key != "run":
                yield from found(each)

    yield from found(yaml.safe_load(path.read_text()))


def script(path: Path, name: str) -> str:
    return next(text for found, text in scripts(path) if found == name)


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        (GITHUB, "vendor.github-workflows"),
        (GITHUB, "custom.github-workflows-require-timeout"),
        (UPGRADE, "vendor.github-workflows"),
        (UPGRADE, "custom.github-workflows-require-timeout"),
        (CIRCLECI, "vendor.circle-ci"),
    ],
)
def test_a_workflow_file_is_valid(path: Path, schema: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", [GITHUB, UPGRADE, CIRCLECI])
def test_shellcheck_accepts_the_scripts(path: Path) -> None:
    for name, text in scripts(path):
        done = subprocess.run(
            [str(TOOLS / "shellcheck"), "--shell=bash", "-"], input=text, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (name, done.stdout)


def test_zizmor_accepts_the_workflows() -> None:
    done = subprocess.run(
        [str(TOOLS / "zizmor"), "--offline", "--no-progress", str(GITHUB), str(UPGRADE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", [GITHUB, UPGRADE])
def test_no_script_of_github_has_an_expression(path: Path) -> None:
    # an expression could insert a script of somebody else
    assert not [name for name, text in scripts(path) if "${{" in text]


@pytest.mark.parametrize("path", [GITHUB, UPGRADE])
def test_actions_are_pinned_to_commits_and_name_their_version(path: Path) -> None:
    uses = re.findall(r"uses: (.*)", path.read_text())
    assert uses
    assert not [each for each in uses if not re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)]


def test_a_job_has_no_permission_that_it_does_not_use() -> None:
    for path in (GITHUB, UPGRADE):
        workflow = yaml.safe_load(path.read_text())
        assert workflow["permissions"] == {"contents": "read"}
        for name, job in workflow["jobs"].items():
            wanted = {"contents": "read", "id-token": "write"}
            assert job["permissions"] == wanted | ({"pull-requests": "write"} if name == "preview" else {})


def test_a_deployment_is_never_cancelled_and_runs_alone() -> None:
    jobs = [
        yaml.safe_load(GITHUB.read_text())["jobs"]["deploy"],
        yaml.safe_load(UPGRADE.read_text())["jobs"]["upgrade"],
    ]
    assert all(job["concurrency"] == {"group": "layers-deploy", "cancel-in-progress": False} for job in jobs)
    workflows = yaml.safe_load(CIRCLECI.read_text())["workflows"]
    groups = [
        options["serial-group"]
        for flow in workflows.values()
        for job in flow["jobs"]
        for name, options in job.items()
        if name == "deploy"
    ]
    assert groups == ["<< pipeline.project.slug >>/layers"] * 2


def test_the_workflows_use_the_tested_version_of_pulumi() -> None:
    (version,) = re.findall(r"^pulumi==(.*)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    for path in (GITHUB, UPGRADE, CIRCLECI):
        assert set(re.findall(r"(?:pulumi-version|PULUMI_VERSION): (.*)", path.read_text())) == {version}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout in which Pulumi is a stand-in that prints a recorded answer of the engine."""
    folder = tmp_path / "checkout"
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / "bin").mkdir()
    program(folder / ".venv/bin/python-layers", f'exec "{sys.executable}" -m layer_cli "$@"')
    program(folder / "bin/pulumi", 'echo "pulumi $*" >> "$CALLS"; cat "$ANSWER"; exit "${STATUS:-0}"')
    program(folder / "bin/gh", 'echo "gh $*" >> "$CALLS"; case "$*" in *--paginate*) printf %s "$EARLIER";; esac')
    return folder


def program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def run(checkout: Path, text: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run a script as both services do, by ``bash -e`` with ``pipefail``."""
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", text],
        cwd=checkout,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PATH": f"{checkout}/bin{os.pathsep}{os.environ['PATH']}",
            "PULUMI_STACK": "prod",
            "GITHUB_STEP_SUMMARY": str(checkout / "summary.md"),
            "CALLS": str(checkout / "calls"),
            **environ,
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("path", "place"), [(GITHUB, "preview.md"), (UPGRADE, "preview.md"), (CIRCLECI, "preview/preview.md")]
)
def test_the_preview_becomes_a_summary(checkout: Path, path: Path, place: str) -> None:
    done = run(checkout, script(path, "Preview"), ANSWER=str(PREVIEWS / "changed.json"))
    assert done.returncode == 0, done.stderr
    assert (checkout / "calls").read_text() == "pulumi preview --json\n"
    text = (checkout / place).read_text()
    assert text.startswith(MARKER)
    assert "| idna | 3.9 | 3.10 | moved |" in text
    shown = done.stdout if path == CIRCLECI else (checkout / "summary.md").read_text()
    assert text in shown


@pytest.mark.parametrize(("path", "place"), [(GITHUB, "preview.md"), (CIRCLECI, "preview/preview.md")])
def test_a_failed_preview_fails_the_job_and_is_reported(checkout: Path, path: Path, place: str) -> None:
    done = run(checkout, script(path, "Preview"), ANSWER=str(PREVIEWS / "failed.json"), STATUS="255")
    assert done.returncode == 255
    assert "**The preview failed.**" in (checkout / place).read_text()


@pytest.mark.parametrize(
    ("earlier", "method"),
    [("", "POST repos/acme/layers/issues/7/comments"), ("42\n43\n", "PATCH repos/acme/layers/issues/comments/42")],
)
def test_there_is_one_comment_and_it_is_rewritten(checkout: Path, earlier: str, method: str) -> None:
    (checkout / "preview.md").write_text(MARKER)
    names = {"GITHUB_REPOSITORY": "acme/layers", "PULL_REQUEST": "7", "EARLIER": earlier}
    done = run(checkout, script(GITHUB, "Comment"), **names)
    assert done.returncode == 0, done.stderr
    *_, last = (checkout / "calls").read_text().splitlines()
    assert last == f"gh api --silent --method {method} -F body=@preview.md"


def test_the_filter_of_the_comment_finds_the_marker_of_the_command() -> None:
    assert f'startswith("{MARKER}")' in script(GITHUB, "Comment")


def test_circleci_comments_on_a_pull_request_only(checkout: Path) -> None:
    text = script(CIRCLECI, "Comment")
    assert run(checkout, text, GITHUB_TOKEN="", CIRCLE_PULL_REQUEST="").stdout.startswith("no comment")
    (checkout / "preview").mkdir()
    (checkout / "preview" / "preview.md").write_text('say "hello"\n')
    quoted = 'import json; print(json.dumps({"body": open("preview/preview.md").read()}))'
    program(checkout / "bin/jq", f"exec '{sys.executable}' -c '{quoted}'")
    program(checkout / "bin/curl", 'echo "$*" > "$CALLS"; cat > sent')
    names = {"CIRCLE_PROJECT_USERNAME": "acme", "CIRCLE_PROJECT_REPONAME": "layers"}
    done = run(checkout, text, GITHUB_TOKEN="x", CIRCLE_PULL_REQUEST="a/pull/7", **names)
    assert done.returncode == 0, done.stderr
    assert json.loads((checkout / "sent").read_text()) == {"body": 'say "hello"\n'}
    assert (checkout / "calls").read_text().endswith("/repos/acme/layers/issues/7/comments\n")


def test_circleci_names_its_cache_by_locks_and_requirements(checkout: Path) -> None:
    text = script(CIRCLECI, "Name the cache").replace("/tmp/cache-key", "key")  # noqa: S108 - of the job's own machine
    for place in ("requirements.txt", "layers/web/requirements.txt", "service/uv.lock", ".venv/lib/requirements.txt"):
        path = checkout / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{place}\n")
    assert run(checkout, text).returncode == 0
    assert (checkout / "key").read_text() == "layers/web/requirements.txt\nrequirements.txt\nservice/uv.lock\n"


def test_circleci_gives_its_token_to_the_sdk_only(checkout: Path) -> None:
    text = script(CIRCLECI, "Take on the role")
    names = {"ROLE_VARIABLE": "PREVIEW_ROLE_ARN", "PREVIEW_ROLE_ARN": "arn:aws:iam::111122223333:role/ci-preview"}
    done = run(
        checkout,
        f'{text}\n. "$BASH_ENV"\nprintenv AWS_ROLE_ARN AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_SESSION_NAME',
        HOME=str(checkout),
        BASH_ENV=str(checkout / "bash_env"),
        CIRCLE_OIDC_TOKEN_V2="token",
        CIRCLE_BUILD_NUM="12",
        **names,
    )
    token = checkout / ".aws-web-identity"
    assert done.stdout.split() == [names["PREVIEW_ROLE_ARN"], str(token), "circleci-12"], done.stderr
    assert (token.read_text(), token.stat().st_mode & 0o777) == ("token", 0o600)


@pytest.mark.parametrize(("page", "files"), [("github-actions", (GITHUB, UPGRADE)), ("circleci", (CIRCLECI,))])
def test_the_guide_names_every_variable_that_the_files_need(page: str, files: tuple[Path, ...]) -> None:
    text = (ROOT / "docs" / "how-to" / f"deploy-from-{page}.md").read_text()
    needed = {"PREVIEW_ROLE_ARN", "DEPLOY_ROLE_ARN", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE"}
    for path in files:
        needed |= set(re.findall(r"(?:vars|secrets)\.(\w+)", path.read_text()))
        assert f"examples/ci/{path.name}" in text
    assert not [name for name in needed if f"`{name}`" not in text]
