"""pip's words, as seen (``tests/cases/pip``), become our errors; the real pip is run in ``test_real_wheels.py``."""

import json
import platform
import sys
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from builder_lambda import Target, parse_requirements
from builder_lambda.errors.indexes import IndexUnreachable
from builder_lambda.errors.options import UnsupportedTarget
from builder_lambda.errors.resolution import NoCompatibleWheel, ResolverFailed, UnknownPackage, UnresolvableRequirements
from builder_lambda.indexes.settings import IndexSettings
from builder_lambda.locks.pylock import lock_of
from builder_lambda.locks.selection import select_wheels
from builder_lambda.resolvers.pip import PipResolver
from tests.builder_lambda.wheel_factory import make_wheel

CASES = Path(__file__).parents[2] / "cases" / "pip"
WHEEL = make_wheel().locked()
REPORT = {
    "install": [
        {
            "metadata": {"name": "Demo", "version": "1.0"},
            "download_info": {
                "url": WHEEL.url.replace("https://", "https://user:secret@"),
                "archive_info": {"hashes": {"sha256": WHEEL.sha256}},
            },
        }
    ]
}


def this_target() -> Target:
    architecture = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return Target.parse(f"python{sys.version_info[0]}.{sys.version_info[1]}", architecture)


class FakePip:
    """Logs one text after the other; after the last it resolves."""

    def __init__(self, *logs: str) -> None:
        self.logs = list(logs)
        self.commands: list[list[str]] = []
        self.files: list[dict[str, str]] = []

    def __call__(self, command: list[str], **options: Any) -> CompletedProcess[str]:
        work = Path(options["cwd"])
        self.commands.append(command)
        self.files.append({path.name: path.read_text() for path in work.iterdir()})
        if self.logs:
            (work / "log.txt").write_text(self.logs.pop(0))
            return CompletedProcess(command, 1, "", "")
        (work / "report.json").write_text(json.dumps(REPORT))
        return CompletedProcess(command, 0, "", "")


def said(case: str) -> str:
    return (CASES / f"{case}.log").read_text()


def resolver(pip: FakePip) -> PipResolver:
    return PipResolver(settings=IndexSettings.of({"PIP_CONFIG_FILE": "/dev/null"}), run=pip)


def test_report_becomes_a_lock() -> None:
    pip = FakePip()
    lock = resolver(pip).resolve(parse_requirements(["demo"], constraints=["demo<2"]), this_target())

    assert select_wheels(lock, this_target()) == (WHEEL,)
    (command,), (files,) = pip.commands, pip.files
    assert {"--dry-run", "--only-binary", "--ignore-installed", "manylinux2014_" + this_target().machine} <= set(
        command
    )
    assert (files["requirements.txt"], files["constraints.txt"]) == ("demo", "demo<2")


def test_previous_versions_are_tried_first_and_given_up_together() -> None:
    pip = FakePip(said("unresolvable"))
    resolver(pip).resolve(parse_requirements(["demo"]), this_target(), previous=lock_of([WHEEL]))

    assert [files["constraints.txt"] for files in pip.files] == ["demo==1.0", ""]


@pytest.mark.parametrize("runtime", ["python3.9", "python3.14"])
def test_target_of_another_python_is_refused(runtime: str) -> None:
    here = this_target()
    with pytest.raises(UnsupportedTarget) as caught:
        resolver(FakePip()).resolve(parse_requirements(["demo"]), Target.parse(runtime, here.architecture))

    assert str(caught.value) == (
        f"unsupported-target: no layer can be built for runtime {runtime!r} with architecture {here.architecture!r}\n"
        "    pip reads markers for the machine that it runs on; resolve with uv, or run pip on the target\n"
        f"    runtimes: {here.runtime}\n"
        f"    architectures: {here.architecture}\n"
        "  likely cause: a spelling error, a runtime that this version does not know, "
        "or a builder that cannot serve it\n"
        "  what to do: use one of the runtimes and architectures above"
    )


def test_unknown_packages_are_all_named() -> None:
    name = "this-name-does-not-exist-xyzzy-1"
    pip = FakePip(said("unknown-package"), said("unknown-package").replace(name, "another"))

    with pytest.raises(UnknownPackage) as caught:
        resolver(pip).resolve(parse_requirements([name, "another", "demo"]), this_target())

    assert caught.value.names == ("another", name)
    assert caught.value.explanation.splitlines()[0] == (
        f"ERROR: Could not find a version that satisfies the requirement {name} (from versions: none)"
    )
    assert [files["requirements.txt"] for files in pip.files] == [f"another\ndemo\n{name}", "another\ndemo", "demo"]


def test_package_with_sources_only_has_no_wheel() -> None:
    with pytest.raises(NoCompatibleWheel) as caught:
        resolver(FakePip(said("sdist-only"))).resolve(parse_requirements(["docopt"]), this_target())
    assert caught.value.packages == ("docopt",)


def test_version_that_does_not_exist_at_all_is_unresolvable() -> None:
    with pytest.raises(UnresolvableRequirements) as caught:
        resolver(FakePip(said("missing-version"), said("missing-version"))).resolve(
            parse_requirements(["requests==99"]), this_target()
        )
    assert "No matching distribution found for requests==99" in caught.value.explanation


def test_explanation_of_a_conflict_is_kept_whole() -> None:
    with pytest.raises(UnresolvableRequirements) as caught:
        resolver(FakePip(said("unresolvable"), said("unresolvable"))).resolve(
            parse_requirements(["boto3"]), this_target()
        )

    explanation = caught.value.explanation
    assert explanation.startswith("ERROR: Cannot install boto3==1.34.0 and botocore==1.31.0 because")
    assert "    boto3 1.34.0 depends on botocore<1.35.0 and >=1.34.0" in explanation
    assert "2026-" not in explanation, "times of the log are left out"


def test_unreachable_index_is_told_apart_from_an_unknown_name() -> None:
    with pytest.raises(IndexUnreachable) as caught:
        resolver(FakePip(said("unreachable"), said("unreachable"))).resolve(
            parse_requirements(["requests"]), this_target()
        )
    assert caught.value.detail == "connection error: [Errno 111] Connection refused"


def test_what_pip_says_besides_is_told_in_its_words() -> None:
    with pytest.raises(ResolverFailed, match="no such option"):
        resolver(FakePip("2026-11-21T12:00:00,000 ERROR: no such option: --x\n")).resolve(
            parse_requirements(["demo"]), this_target()
        )
