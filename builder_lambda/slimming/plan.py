"""Decide which files of a layer need not be in it, by profile and by the user's own patterns.

Pure: paths and sizes go in, a plan comes out; file contents are asked for one at a time. The profiles are careful. What
a file is for is read off its name only where names do not lie: ``docs/`` and ``examples/`` are code in some packages
(``botocore/docs`` is), ``testing/`` is one that users import. What is left out and still needed comes back; see
``import_guard.py`` and ``literal_guard.py``.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from builder_lambda.errors.options import InvalidSlimPattern
from builder_lambda.slimming.import_guard import ImportGuard
from builder_lambda.slimming.literal_guard import LiteralGuard
from builder_lambda.slimming.rules import Rule, is_protected, module_folders, rule_for, test_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Profile = Literal["none", "safe", "small"]
PROFILES: tuple[str, ...] = get_args(Profile)


@dataclass(frozen=True, kw_only=True, slots=True)
class SlimOptions:
    """What a user may say about the size of a layer."""

    profile: Profile = "none"
    """``none`` leaves everything in; ``safe`` leaves out what no function needs; ``small`` strips libraries as well."""

    include: tuple[str, ...] = ()
    """Patterns in the form of .gitignore, relative to the folder that imports begin in. What they match stays."""

    exclude: tuple[str, ...] = ()
    """Patterns of what to leave out beyond the profile. They are obeyed even where kept code imports it; see
    :attr:`SlimPlan.missing`. ``METADATA``, entry points and licences stay all the same."""

    keep_native_sources: bool = False
    """Whether headers and the sources of extension modules stay: for layers that compile, as with cffi or Numba."""

    @property
    def strips_libraries(self) -> bool:
        """Whether ``elf.strip`` is to be applied to the libraries that stay."""
        return self.profile == "small"


@dataclass(frozen=True, kw_only=True, order=True, slots=True)
class LeftOutFile:
    """A file that is not in the layer."""

    path: str
    rule: Rule
    size: int
    """Unpacked, in bytes."""


@dataclass(frozen=True, kw_only=True, order=True, slots=True)
class NeededFile:
    """A file that matches a rule, with a file of the layer that needs it."""

    path: str
    rule: Rule
    needed_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SlimPlan:
    """What is left out of a layer, and why. All lists are ordered by path."""

    left_out: tuple[LeftOutFile, ...]

    put_back: tuple[NeededFile, ...]
    """Files that match a rule of the profile and stay, as code that stays imports or names them."""

    missing: tuple[NeededFile, ...]
    """Files that the user excludes and that code which stays imports: it may fail at run time."""

    @property
    def paths(self) -> frozenset[str]:
        """The paths of all files that are left out."""
        return frozenset(file.path for file in self.left_out)

    @property
    def size_by_rule(self) -> dict[Rule, int]:
        """Unpacked bytes that each rule saves, the most first."""
        sizes: Counter[Rule] = Counter()
        for file in self.left_out:
            sizes[file.rule] += file.size
        return dict(sizes.most_common())


def plan_slimming(files: Mapping[str, int], source_of: Callable[[str], bytes], options: SlimOptions) -> SlimPlan:
    """Return what to leave out of a layer.

    :param files: every path of the layer, relative to the folder that imports begin in, with its unpacked size.
        Of all distributions together, since one may import what would be left out of another.
    :param source_of: returns the content of one of them. Asked for each ``.py`` file and ``entry_points.txt`` that
        stays, once, and not at all if nothing is left out.
    :raises InvalidSlimPattern: for the first pattern that cannot be read.
    """
    rules = rules_of(files, options)
    needed = _needed(files, rules, source_of) if rules else {}
    reports = [NeededFile(path=path, rule=rules[path], needed_by=by) for path, by in sorted(needed.items())]
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


def rules_of(files: Iterable[str], options: SlimOptions) -> dict[str, Rule]:
    """Return the files that may be left out, each with the rule that says so. All others stay for sure.

    :param files: every path of the layer; with those of one distribution only, what is said of others is not known.
    :raises InvalidSlimPattern: for the first pattern that cannot be read.
    """
    include, exclude = _matcher(options.include), _matcher(options.exclude)
    files = tuple(files)
    is_slim = options.profile != "none"
    tests, modules = (test_folders(files), module_folders(files)) if is_slim else (frozenset(), frozenset())
    rules: dict[str, Rule] = {}
    for path in files:
        rule: Rule | None = None
        if is_protected(path) or include(path):
            continue
        if exclude(path):
            rule = "excluded"
        elif is_slim:
            rule = rule_for(path, tests, modules, keep_native_sources=options.keep_native_sources)
        if rule is not None:
            rules[path] = rule
    return rules


def _matcher(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    if not patterns:
        return lambda _path: False  # most layers have none, and pathspec takes as long to import as all of this does
    from pathspec import GitIgnoreSpec

    for pattern in patterns:
        try:
            GitIgnoreSpec.from_lines([pattern])
        except ValueError as error:
            raise InvalidSlimPattern(pattern=pattern) from error
    return GitIgnoreSpec.from_lines(patterns).match_file


def _needed(files: Mapping[str, int], rules: Mapping[str, Rule], source_of: Callable[[str], bytes]) -> dict[str, str]:
    """Return each path with a rule that the layer needs all the same, and the file that needs it."""
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
