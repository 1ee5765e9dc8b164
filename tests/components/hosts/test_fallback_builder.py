import pytest

from builder_lambda import BuildRequest, LayerError, ResolveRequest, Target
from builder_lambda.errors.builder_function import InterpreterMissing
from builder_lambda.errors.hosts import ContainerEngineMissing, NoHostCould
from builder_lambda.errors.resolution import UnknownPackage
from builder_lambda.errors.sdists import SOLVED_BY_ANOTHER_HOST
from components.hosts.fallback_builder import ANOTHER_HOST_COULD, FallbackBuilder
from tests.components.fakes import FakeBuilder

TARGET = Target.parse("python3.13", "x86_64")
ASKED = ResolveRequest(requirements=("idna==3.9",), target=TARGET)
BUILD = BuildRequest(name="web", target=TARGET, lock_sha256='{"idna": "3.9"}')
NO_PYTHON = InterpreterMissing(python_version="3.13")
NO_ENGINE = ContainerEngineMissing(programs=("docker", "podman"))


def fallback(*errors: LayerError | None) -> tuple[FallbackBuilder, list[FakeBuilder], list[str]]:
    printed: list[str] = []
    builders = [FakeBuilder(error) for error in errors]
    names = ("local", "lambda", "container")
    made = [(name, lambda builder=builder: builder) for name, builder in zip(names, builders, strict=False)]
    return FallbackBuilder(made, report=printed.append), builders, printed


def test_the_first_host_builds() -> None:
    builder, (first, second), printed = fallback(None, None)
    assert builder.build(BUILD).lock_sha256 == BUILD.lock_sha256
    assert (len(first.built), len(second.built)) == (1, 0)
    assert printed == ["built by host local (first in the host order)"]


def test_an_error_of_a_host_leads_to_the_next_host() -> None:
    builder, _builders, printed = fallback(NO_PYTHON, NO_ENGINE, None)
    assert builder.resolve(ASKED).packages == {"idna": "3.9"}
    assert printed == [
        "versions chosen by host container "
        "(local could not: interpreter-missing, lambda could not: container-engine-missing)"
    ]


def test_an_error_of_the_request_is_raised_at_once() -> None:
    builder, (_first, second), _printed = fallback(UnknownPackage(names=("reqests",)), None)
    with pytest.raises(UnknownPackage):
        builder.resolve(ASKED)
    assert second.resolved == []


def test_a_host_whose_builder_cannot_be_made_is_skipped() -> None:
    def broken() -> FakeBuilder:
        raise NO_ENGINE

    printed: list[str] = []
    builder = FallbackBuilder([("container", broken), ("lambda", FakeBuilder)], report=printed.append)
    assert builder.resolve(ASKED).packages == {"idna": "3.9"}
    assert printed == ["versions chosen by host lambda (container could not: container-engine-missing)"]


def test_the_errors_of_all_hosts_are_reported_if_all_fail() -> None:
    builder, _builders, _printed = fallback(NO_PYTHON, NO_ENGINE)
    with pytest.raises(NoHostCould) as raised:
        builder.build(BUILD)
    assert str(raised.value) == (
        "no-host-could: none of the hosts local, lambda could build this\n"
        + "".join(f"    {line}\n" for line in f"local: {NO_PYTHON}\nlambda: {NO_ENGINE}".splitlines())
        + "  likely cause: the error of each host is above\n"
        "  what to do: do what one of them asks for; one is enough"
    )


def test_a_single_host_raises_its_own_error() -> None:
    with pytest.raises(InterpreterMissing):
        fallback(NO_PYTHON)[0].build(BUILD)


def test_errors_that_another_host_may_not_have_are_known_by_code() -> None:
    assert SOLVED_BY_ANOTHER_HOST < ANOTHER_HOST_COULD
    assert "interpreter-missing" in ANOTHER_HOST_COULD
    assert not {"invalid-requirements", "unknown-package", "builder-not-permitted"} & ANOTHER_HOST_COULD
