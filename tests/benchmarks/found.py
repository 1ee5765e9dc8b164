"""Results of a run that never took place."""

from benchmarks.archive_facts import ArchiveFacts
from benchmarks.machine import Machine
from benchmarks.results import Builds, Results, Series, SetResults, Transfers


def archive(has_bytecode: bool = False, **packages: str) -> ArchiveFacts:
    return ArchiveFacts(size_bytes=10, unpacked_bytes=30, packages=packages, has_bytecode=has_bytecode)


def builds(label: str, *seconds: float, is_ours: bool = False, made: ArchiveFacts | None = None) -> Builds:
    return Builds(
        label=label,
        is_ours=is_ours,
        seconds=list(seconds),
        peak_memory_bytes=[80_000_000 for _ in seconds],
        archive=made or archive(numpy="2.0"),
    )


def set_results(name: str = "scikit-learn") -> SetResults:
    shaped = builds("shaped", 1.0, is_ours=True)
    shaped.stages = [{"fetch": 0.4, "lay-out": 0.1, "total": 0.9}]
    return SetResults(
        name=name,
        requirements=("scikit-learn", "a<b"),
        wheels=7,
        wheel_bytes=60_000_000,
        builds={
            "ours-cold": builds("ours, cold", 1.0, 0.5, 3.0, is_ours=True),
            "ours-lock": builds("ours, from a lock", 0.4, is_ours=True),
            "ours-bytecode": builds("ours, bytecode", 2.5, is_ours=True, made=archive(has_bytecode=True, numpy="2.0")),
            "ours-slim": builds("ours, slim", 2.0, is_ours=True),
            "pip": builds("pip & zip", 19.0, 30.0, 18.0, made=archive(numpy="1.9")),
        },
        link=Transfers(label="link", size_bytes=60_000_000, seconds=[0.2]),
        shaped=shaped,
        shaped_limit_seconds=0.48,
        shaped_transfer=Series(label="download", seconds=[0.49, 0.6, 0.4]),
        imports={
            "ours-lock": Series(label="ours", seconds=[2.0]),
            "ours-bytecode": Series(label="ours, bytecode", seconds=[0.8]),
            "ours-slim": Series(label="ours, slim", seconds=[0.7]),
        },
    )


def results(*sets: SetResults) -> Results:
    return Results(
        machine=Machine(processor="A <fast> one", cores=2, memory_bytes=2**34, system="Linux", python="3.11", load=0.5),
        runtime="python3.12",
        architecture="x86_64",
        programs={"pip": "26.3"},
        repeat=3,
        began="2026-01-01 00:00 UTC",
        left_out={"the plugin": "no npm"},
        bytes_per_second=75_000_000,
        sets=list(sets),
    )
