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


def ladder(*errors: LayerError | None) -> tuple[FallbackBuilder, list[FakeBuilder], list[str]]:
    told: list[str] = []
    builders = [FakeBuilder(error) for error in errors]
    names = ("local", "lambda", "container")
    made = [(name, lambda builder=builder: builder) for name, builder in zip(names, builders, strict=False)]
    return FallbackBuilder(made, tell=told.append), builders, told


def test_the_first_host_that_can_does_it() -> None:
    builder, (first, second), told = ladder(None, None)
    assert builder.build(BUILD).lock_sha256 == BUILD.lock_sha256
    assert (len(first.built), len(second.built)) == (1, 0)
    assert told == ["built by host local (the first of the host_order)"]


def test_the_next_host_is_asked_where_the_fault_is_of_the_host() -> None:
    builder, _builders, told = ladder(NO_PYTHON, NO_ENGINE, None)
    assert builder.resolve(ASKED).packages == {"idna": "3.9"}
    assert told == [
        "versions chosen by host container "
        "(local could not: interpreter-missing, lambda could not: container-engine-missing)"
    ]


def test_a_fault_of_the_user_ends_it() -> None:
    builder, (_first, second), _told = ladder(UnknownPackage(names=("reqests",)), None)
    with pytest.raises(UnknownPackage):
        builder.resolve(ASKED)
    assert second.resolved == []


def test_a_host_that_cannot_be_set_up_is_passed_over() -> None:
    def broken() -> FakeBuilder:
        raise NO_ENGINE

    told: list[str] = []
    builder = FallbackBuilder([("container", broken), ("lambda", FakeBuilder)], tell=told.append)
    assert builder.resolve(ASKED).packages == {"idna": "3.9"}
    assert told == ["versions chosen by host lambda (container could not: container-engine-missing)"]


def test_where_no_host_can_each_is_told() -> None:
    builder, _builders, _told = ladder(NO_PYTHON, NO_ENGINE)
    with pytest.raises(NoHostCould) as raised:
        builder.build(BUILD)
    assert str(raised.value) == (
        "no-host-could: none of the hosts local, lambda could build this\n"
        + "".join(f"    {line}\n" for line in f"local: {NO_PYTHON}\nlambda: {NO_ENGINE}".splitlines())
        + "  likely cause: each is told above\n"
        "  what to do: do what one of them asks for; one is enough"
    )


def test_a_ladder_of_one_tells_its_fault_as_it_is() -> None:
    with pytest.raises(InterpreterMissing):
        ladder(NO_PYTHON)[0].build(BUILD)


def test_the_codes_of_source_builds_lead_on() -> None:
    assert SOLVED_BY_ANOTHER_HOST < ANOTHER_HOST_COULD
    assert "interpreter-missing" in ANOTHER_HOST_COULD
    assert not {"invalid-requirements", "unknown-package", "builder-not-permitted"} & ANOTHER_HOST_COULD
