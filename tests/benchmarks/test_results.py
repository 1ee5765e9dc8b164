import json

import pytest

from benchmarks.goals import Bound, Goal, goals_of
from benchmarks.results import Results, Series
from tests.benchmarks.found import archive, builds, results, set_results


def test_a_series_without_repetitions_has_no_median() -> None:
    assert Series(label="never ran").median is None


def test_a_ratio_is_a_ratio_of_medians() -> None:
    assert set_results().ratio("pip", "ours-cold") == 19.0


def test_a_tool_that_did_not_run_has_no_ratio() -> None:
    found = set_results()
    found.builds["uv"] = builds("uv")
    assert found.ratio("uv", "ours-cold") is None
    assert found.ratio("sam", "ours-cold") is None


def test_a_tool_that_took_other_versions_is_named() -> None:
    assert set_results().other_versions() == {"pip": ["numpy"]}


def test_json_has_repetitions_and_medians() -> None:
    written = json.loads(results(set_results()).to_json())
    (found,) = written["sets"]
    assert found["builds"]["pip"]["seconds"] == [19.0, 30.0, 18.0]
    assert found["builds"]["pip"]["median"] == 19.0
    assert found["imports"]["ours-slim"]["median"] == 0.7
    assert found["other_versions"] == {"pip": ["numpy"]}


def test_results_are_read_from_json_as_they_were_written() -> None:
    found = results(set_results(), set_results("requests"))
    assert Results.from_json(found.to_json()) == found


def goal(name: str, *, of: tuple[Goal, ...]) -> Goal:
    return next(one for one in of if one.what.startswith(name))


def test_goals_are_compared_with_the_measured_values() -> None:
    goals = goals_of(results(set_results()))
    cold = goal("cold, no bytecode, against pip", of=goals)
    assert (cold.measured, cold.wanted, cold.is_reached) == (19.0, 20, False)
    transfer = goal("wheels fetched and laid out on the shaped link", of=goals)
    assert transfer.measured == pytest.approx(0.96)
    assert transfer.is_reached
    memory = goal("memory without bytecode", of=goals)
    assert (memory.measured, memory.is_reached) == (20.0, True)


def test_a_goal_without_a_measurement_is_neither_reached_nor_missed() -> None:
    assert goal("cold, no bytecode, against sam", of=goals_of(results(set_results()))).is_reached is None


def test_the_goals_of_one_set_are_left_out_without_it() -> None:
    whats = [one.what for one in goals_of(results(set_results("requests")))]
    assert whats == [
        "import with bytecode, part of without: requests",
        "memory without bytecode, above the wheels: requests",
    ]


def test_the_import_goal_is_on_the_slim_layer_if_bytecode_fits_only_there() -> None:
    found = set_results()
    assert goal("import with bytecode, part", of=goals_of(results(found))).measured == 0.4
    found.builds["ours-bytecode"].archive = archive(numpy="2.0")
    assert goal("import with bytecode, slim, part", of=goals_of(results(found))).measured == 0.35


@pytest.mark.parametrize(("bound", "reached"), [(Bound.AT_LEAST, True), (Bound.AT_MOST, False)])
def test_a_bound_has_a_good_side(bound: Bound, reached: bool) -> None:
    assert Goal(what="x", bound=bound, wanted=1, unit="", measured=2).is_reached is reached
