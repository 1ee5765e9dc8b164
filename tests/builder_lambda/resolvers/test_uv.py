"""uv's words, as seen (``tests/cases/uv``), become our errors; the real uv is run in ``test_real_wheels.py``."""

import itertools
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired
from typing import Any

import pytest

from builder_lambda import Target, parse_requirements
from builder_lambda.errors.indexes import IndexUnreachable
from builder_lambda.errors.requirements import InvalidRequirements, UrlNotFound
from builder_lambda.errors.resolution import (
    NoCompatibleWheel,
    ResolverFailed,
    ResolverStopped,
    UnknownPackage,
    UnresolvableRequirements,
)
from builder_lambda.errors.wheels import InvalidWheel
from builder_lambda.indexes.settings import IndexSettings
from builder_lambda.locks.pylock import lock_of
from builder_lambda.ports.version_query import VersionQuery
from builder_lambda.resolvers.uv import UvResolver, platform_for_uv
from layer_cli.output.exit_codes import INVALID_INPUT, exit_code_of
from tests.builder_lambda.fakes import query
from tests.builder_lambda.wheel_factory import make_wheel

CASES = Path(__file__).parents[2] / "cases" / "uv"
TARGET = Target.parse("python3.12", "x86_64")
LOCK = "lock-version = '1.0'\ncreated-by = 'uv'\npackages = []\n"


def said(case: str) -> str:
    return (CASES / f"{case}.txt").read_text()


class FakeUv:
    """Says one text after the other; after the last it resolves."""

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)
        self.commands: list[list[str]] = []
        self.files: list[dict[str, str]] = []
        self.options: list[dict[str, Any]] = []

    def __call__(self, command: list[str], **options: Any) -> CompletedProcess[str]:
        self.commands.append(command)
        self.options.append(options)
        self.files.append({path.name: path.read_text() for path in Path(options["cwd"]).iterdir()})
        if self.texts:
            return CompletedProcess(command, 1, "", self.texts.pop(0))
        Path(command[command.index("--output-file") + 1]).write_text(LOCK)
        return CompletedProcess(command, 0, "", "Resolved 1 package\n")


def resolver(uv: FakeUv, **environ: str) -> UvResolver:
    settings = IndexSettings.of({"PIP_CONFIG_FILE": "/dev/null", **environ})
    return UvResolver(settings=settings, cache=Path("cache"), run=uv)


def test_uv_is_asked_for_the_target_and_for_wheels_only() -> None:
    uv = FakeUv()
    requirements = parse_requirements(["web==1 --hash=sha256:" + "a" * 64, "core"], constraints=["core<3"])

    resolver(uv, UV_INDEX_URL="https://index.example/simple").resolve(
        VersionQuery(
            requirements=requirements,
            target=Target.parse("python3.11", "arm64"),
            previous=lock_of([make_wheel().locked()]),
        )
    )

    (command,), (files,), (options,) = uv.commands, uv.files, uv.options
    assert command[1:3] == ["pip", "compile"]
    pairs = dict(itertools.pairwise(command))
    assert pairs["--python-version"] == "3.11.3"
    assert pairs["--python-platform"] == "aarch64-manylinux_2_28"
    assert pairs["--index-strategy"] == "first-index"
    assert pairs["--only-binary"] == ":all:"
    assert pairs["--cache-dir"] == "cache"
    assert command[-1] == "-"
    assert options["input"] == "core\nweb==1"
    assert options["env"]["UV_PYTHON_DOWNLOADS"] == "never"
    assert options["env"]["UV_INDEX_URL"] == "https://index.example/simple"
    assert files["constraints.txt"] == "core<3"
    assert 'name = "demo"' in files["pylock.toml"], "the previous lock is what uv prefers"


def test_platform_is_one_that_uv_knows_and_no_older_than_the_runtime() -> None:
    assert platform_for_uv(Target.parse("python3.11", "x86_64")) == "x86_64-manylinux_2_28"
    assert platform_for_uv(Target.parse("python3.12", "arm64")) == "aarch64-manylinux_2_34"


def test_unknown_packages_are_all_named() -> None:
    first = said("unknown-package")
    uv = FakeUv(first, first.replace("this-name-does-not-exist-xyzzy-1", "another"))

    with pytest.raises(UnknownPackage) as caught:
        resolver(uv).resolve(query("x", target=TARGET))

    assert str(caught.value) == (
        "unknown-package: the package index has no project 'another', 'this-name-does-not-exist-xyzzy-1'\n"
        "    error: No solution found when resolving dependencies\n"
        "      cause: Because this-name-does-not-exist-xyzzy-1 was not found in the package registry and you require "
        "this-name-does-not-exist-xyzzy-1, we can conclude that your requirements are unsatisfiable.\n"
        "  likely cause: the name is misspelt, or the project is on a private index "
        "that the builder is not set up for\n"
        "  what to do: correct the name, or give the index that has it: "
        "in the index options, or as UV_INDEX_URL of the builder"
    )
    assert [files.get("excludes.txt") for files in uv.files] == [
        None,
        "this-name-does-not-exist-xyzzy-1",
        "another\nthis-name-does-not-exist-xyzzy-1",
    ]


def test_packages_without_a_wheel_are_all_named() -> None:
    uv = FakeUv(said("sdist-only"), said("other-python"), said("other-machine"), said("unresolvable"))

    with pytest.raises(NoCompatibleWheel) as caught:
        resolver(uv).resolve(query("x", target=TARGET))

    assert caught.value.packages == ("docopt", "intel-openmp", "numpy")
    assert caught.value.target == "python3.12-x86_64"
    assert caught.value.explanation == said("sdist-only").strip()


@pytest.mark.parametrize("case", ["unresolvable", "missing-version"])
def test_explanation_of_a_conflict_is_kept_whole(case: str) -> None:
    with pytest.raises(UnresolvableRequirements) as caught:
        resolver(FakeUv(said(case))).resolve(query("x", target=TARGET))

    assert caught.value.explanation == said(case).strip()
    for line in said(case).strip().splitlines():
        assert line in str(caught.value)


def test_unreachable_index_is_told_without_credentials() -> None:
    text = said("unreachable").replace("http://127", "http://user:secret@127")
    with pytest.raises(IndexUnreachable) as caught:
        resolver(FakeUv(text)).resolve(query("x", target=TARGET))

    assert "secret" not in str(caught.value)
    assert "http://****@127.0.0.1:9/simple/requests/" in str(caught.value)
    assert str(caught.value).splitlines()[0] == "index-unreachable: the package index cannot be reached"


def test_what_uv_says_besides_is_told_in_its_words_without_credentials() -> None:
    text = "error: Something new happened to `https://user:secret@index.example/simple`\n  cause: nobody knows\n"
    with pytest.raises(ResolverFailed) as caught:
        resolver(FakeUv(text)).resolve(query("x", target=TARGET))

    assert str(caught.value) == (
        "resolver-failed: the resolver 'uv' failed\n"
        "    error: Something new happened to `https://****@index.example/simple`\n"
        "      cause: nobody knows\n"
        "  likely cause: an error that this release does not know; the output of the resolver is above\n"
        "  what to do: correct what it names, if that is yours; else report it with the lines above"
    )
    assert exit_code_of(caught.value) == INVALID_INPUT


def test_a_line_that_only_uv_cannot_read_is_a_problem_of_the_line() -> None:
    with pytest.raises(InvalidRequirements) as caught:
        resolver(FakeUv(said("invalid-line"))).resolve(query("x", target=TARGET))

    (problem,) = caught.value.problems
    assert str(problem) == (
        "requirements: foo bar: uv cannot read it: Expected one of `@`, `(`, `<`, `=`, `>`, `~`, `!`, `;`, found `b`"
    )


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
def test_a_required_url_with_nothing_at_it_is_a_problem_of_the_input(status: str) -> None:
    text = said("url-not-found").replace("404 Not Found", status).replace("https://f", "https://user:secret@f")
    with pytest.raises(UrlNotFound) as caught:
        resolver(FakeUv(text)).resolve(query("x", target=TARGET))

    assert str(caught.value) == (
        "url-not-found: nothing is at https://files.example/packages/idna-3.7-py3-none-any.whl "
        f"(HTTP status {status[:3]})\n"
        "  likely cause: the URL is misspelt, the file was deleted or moved since, "
        "or the index requires a login to see it\n"
        "  what to do: correct the URL where it is required, or make the lock again"
    )
    assert exit_code_of(caught.value) == INVALID_INPUT


@pytest.mark.parametrize(
    "cause", ["HTTP status server error (503 Service Unavailable) for url (https://x)", "error sending request"]
)
def test_a_required_url_that_does_not_answer_is_a_problem_of_the_network(cause: str) -> None:
    text = "\n".join([*said("url-not-found").splitlines()[:2], f"  cause: {cause}"])
    with pytest.raises(IndexUnreachable):
        resolver(FakeUv(text)).resolve(query("x", target=TARGET))


def test_a_wheel_that_uv_cannot_read_is_named_without_paths_of_the_machine() -> None:
    with pytest.raises(InvalidWheel) as caught:
        resolver(FakeUv(said("invalid-metadata"))).resolve(query("x", target=TARGET))

    assert caught.value == InvalidWheel(
        filename="badmeta-1.0-py3-none-any.whl",
        reason="The metadata at `badmeta-1.0.dist-info/METADATA` is invalid",
    )


def test_an_option_of_uv_that_is_none_of_ours_is_not_advised() -> None:
    with pytest.raises(UnresolvableRequirements) as caught:
        resolver(FakeUv(said("newer-python"))).resolve(query("x", target=TARGET))

    assert caught.value.explanation.splitlines()[-1] == (
        "hint: The runtime's Python (>=3.12.1) is not supported (e.g., reqpy==1.0 only supports >=3.13). "
        "Choose another runtime."
    )


def test_uv_is_told_not_to_wrap_what_it_says() -> None:
    # COLUMNS of a narrow terminal broke the sentences by which problems are told apart.
    uv = FakeUv(said("unknown-package"))
    with pytest.raises(UnknownPackage):
        resolver(uv).resolve(query("reqests", target=TARGET))
    assert {options["env"]["COLUMNS"] for options in uv.options} == {"10000"}


def test_a_run_that_takes_too_long_is_reported() -> None:
    def slow(command: list[str], **_options: Any) -> CompletedProcess[str]:
        raise TimeoutExpired(command, 600)

    with pytest.raises(ResolverStopped) as caught:
        UvResolver(settings=IndexSettings(), cache=Path("cache"), run=slow).resolve(query("web", target=TARGET))

    assert caught.value.reason == "it took longer than 600 seconds"


@pytest.mark.parametrize(("status", "name"), [(-6, "SIGABRT"), (-9, "SIGKILL")])
def test_a_run_that_a_signal_ends_is_reported(status: int, name: str) -> None:
    def killed(command: list[str], **_options: Any) -> CompletedProcess[str]:
        return CompletedProcess(command, status, "", "memory allocation of 1000 bytes failed\n")

    with pytest.raises(ResolverStopped) as caught:
        UvResolver(settings=IndexSettings(), cache=Path("cache"), run=killed).resolve(query("web", target=TARGET))

    assert caught.value.reason == f"it ended by the signal {name}, as when memory is short"
