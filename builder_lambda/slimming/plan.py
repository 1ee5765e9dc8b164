"""Decides which files of a layer are left out, by profile and by the user's own patterns.

Pure: takes paths and sizes, reads file contents one at a time, and returns a plan. The profiles are careful. They use a
name only where it proves what a file is for: ``docs/`` and ``examples/`` are code in some packages (``botocore/docs``
is), and users import ``testing/``. Files that other code needs come back: see ``import_guard.py`` and
``literal_guard.py``.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder_lambda.contract.report import NeededFileReport
from builder_lambda.errors.options import InvalidSlimPattern
from builder_lambda.slimming.import_guard import ImportGuard
from builder_lambda.slimming.literal_guard import LiteralGuard
from builder_lambda.slimming.rules import Rule, is_protected, module_folders, rule_for, test_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from builder_lambda.contract.options import BuildOptions


@dataclass(frozen=True, kw_only=True, order=True, slots=True)
class LeftOutFile:
    """A file that is not in the layer."""

    path: str
    rule: Rule
    size: int
    """Unpacked, in bytes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SlimPlan:
    """The files that are left out of a layer, and why. All tuples are in the order of their paths."""

    left_out: tuple[LeftOutFile, ...]

    put_back: tuple[NeededFileReport, ...]
    """Files that match a rule of the profile and stay, because code that stays imports or names them."""

    missing: tuple[NeededFileReport, ...]
    """Files that the user excludes although code that stays imports them. It may fail at run time."""


def plan_slimming(files: Mapping[str, int], source_of: Callable[[str], bytes], options: BuildOptions) -> SlimPlan:
    """Return what to leave out of a layer.

    :param files: the unpacked size of every file of the layer, by its path relative to the import folder. They are
        those of all distributions, since one may import from another.
    :param source_of: returns the content of a file. It is called once for each ``.py`` file and ``entry_points.txt``
        that stays, and never if no file is left out.
    :raises InvalidSlimPattern: for the first pattern that cannot be read.
    """
    rules = rules_of(files, options)
    needed = _needed(files, rules, source_of) if rules else {}
    reports = [NeededFileReport(path=path, rule=rules[path], needed_by=by) for path, by in sorted(needed.items())]
    put_back = tuple(report for report in reports if report.rule != "excluded")
    stay = {report.path for report in put_back}
    return SlimPlan(
        left_out=tuple(
            LeftOutFile(path=path, rule=rule, size=files[path])
            for path, rule in sorted(rules.items())
            if path not in stay
        ),
        put_back=put_back,
        missing=tuple(report for report in reports if report.rule == "excluded"),
    )


def rules_of(files: Iterable[str], options: BuildOptions) -> dict[str, Rule]:
    """Return the files that a rule leaves out, with the rule. All other files stay.

    :param files: the paths of a layer or of one distribution.
    :raises InvalidSlimPattern: for the first pattern that cannot be read.
    """
    include, exclude = _matcher(options.include), _matcher(options.exclude)
    files = tuple(files)
    is_slim = options.slim != "none"
    tests, modules = (test_folders(files), module_folders(files)) if is_slim else (frozenset(), frozenset())
    rules: dict[str, Rule] = {}
    for path in files:
        rule: Rule | None = None
        if is_protected(path) or include(path):
            continue
        if exclude(path):
            rule = "excluded"
        elif is_slim:
            rule = rule_for(path, tests, modules)
        if rule is not None:
            rules[path] = rule
    return rules


def _matcher(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    if not patterns:
        return lambda _path: False
    from pathspec import GitIgnoreSpec  # 26 ms, and most layers have no patterns

    for pattern in patterns:
        try:
            GitIgnoreSpec.from_lines([pattern])
        except ValueError as error:
            raise InvalidSlimPattern(pattern=pattern) from error
    return GitIgnoreSpec.from_lines(patterns).match_file


def _needed(files: Mapping[str, int], rules: Mapping[str, Rule], source_of: Callable[[str], bytes]) -> dict[str, str]:
    """Return the files with a rule that the layer needs, each with a file that needs it."""
    kept = sorted(path for path in files if path not in rules)
    guards = (ImportGuard(kept, rules.keys()), LiteralGuard(rules))
    needed: dict[str, str] = {}
    queue = deque(path for path in kept if path.endswith((".py", ".dist-info/entry_points.txt")))
    while queue:
        path = queue.popleft()
        source = source_of(path)
        for found in sorted({found for guard in guards for found in guard.needed_by(path, source)}):
            if found in needed:
                continue
            needed[found] = path
            if found.endswith(".py") and rules[found] != "excluded":
                queue.append(found)
    return needed
