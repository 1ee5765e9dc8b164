import textwrap
from collections.abc import Sequence

import pytest

from builder_lambda import Target
from builder_lambda.errors.locks import (
    InvalidLockChoice,
    LockedFolder,
    LockProblem,
    LockWithoutWheels,
    NothingLocked,
    UnusableLock,
)
from builder_lambda.errors.wire import error_from_mapping
from builder_lambda.locks.coverage import covering_wheels
from builder_lambda.locks.pylock import parse_lock

PYTHON311 = Target(runtime="python3.11", architecture="x86_64")
PYTHON313 = Target(runtime="python3.13", architecture="x86_64")
SHA256 = "ab" * 32


def package(name: str, *, marker: str = "", wheel: str = "py3-none-any", lines: str = "") -> str:
    """Return a package of a lock, with one wheel unless other lines are given."""
    url = f"https://files.example.invalid/{name}-1.0-{wheel}.whl"
    source = lines or f'version = "1.0"\nwheels = [{{ url = "{url}", hashes = {{ sha256 = "{SHA256}" }} }}]'
    condition = f"marker = '''{marker}'''\n" if marker else ""
    return f'[[packages]]\nname = "{name}"\n{condition}{source}\n'


def names(
    *packages: str,
    head: str = "",
    target: Target = PYTHON313,
    groups: Sequence[str] = (),
    extras: Sequence[str] = (),
) -> list[str]:
    text = f'lock-version = "1.0"\ncreated-by = "test"\n{textwrap.dedent(head)}\n{"".join(packages)}'
    wheels = covering_wheels(parse_lock(text), target, source="pylock.toml", groups=groups, extras=extras)
    return [wheel.name for wheel in wheels]


def refused(
    *packages: str,
    head: str = "",
    target: Target = PYTHON313,
    groups: Sequence[str] = (),
    extras: Sequence[str] = (),
) -> UnusableLock:
    with pytest.raises(UnusableLock) as caught:
        names(*packages, head=head, target=target, groups=groups, extras=extras)
    return caught.value


def problems(*packages: str, head: str = "", groups: Sequence[str] = (), extras: Sequence[str] = ()) -> list[str]:
    return [str(problem) for problem in refused(*packages, head=head, groups=groups, extras=extras).problems]


GROUPS = """
    extras = ["yaml"]
    dependency-groups = ["docs", "test"]
    default-groups = ["default"]
    """
GROUPED = (
    package("always"),
    package("own", marker='"default" in dependency_groups'),
    package("documents", marker='"docs" in dependency_groups'),
    package("yaml", marker='"yaml" in extras'),
)


def test_default_groups_are_chosen_without_being_named() -> None:
    assert names(*GROUPED, head=GROUPS) == ["always", "own"]


def test_groups_and_extras_come_to_the_default_groups() -> None:
    assert names(*GROUPED, head=GROUPS, groups=["Docs"], extras=["YAML"]) == ["always", "documents", "own", "yaml"]


def test_groups_and_extras_that_the_lock_does_not_have_are_all_named() -> None:
    assert problems(*GROUPED, head=GROUPS, groups=["dosc"], extras=["toml"]) == [
        "group 'dosc': the lock does not have this group; it has 'default', 'docs', 'test'",
        "extra 'toml': the lock does not have this extra; it has 'yaml'",
    ]


def test_a_lock_without_extras_says_so() -> None:
    assert problems(package("a"), extras=["yaml"]) == ["extra 'yaml': the lock does not have this extra; it has none"]


def test_markers_are_read_for_the_target() -> None:
    split = (package("old", marker="python_version < '3.12'"), package("new", marker="python_version >= '3.12'"))
    assert (names(*split), names(*split, target=PYTHON311)) == (["new"], ["old"])


def test_the_project_itself_is_left_out() -> None:
    itself = package("storefront", lines='directory = { path = ".", editable = true }')
    assert names(itself, package("six")) == ["six"]


WHEELS = "wheels = [{{ {}, hashes = {{ {} = '00' }} }}]"
LONE = "lone-1-cp312-cp312-manylinux_2_17_x86_64.whl"
ABSENT = "beside the lock, which is missing or is not the locked one"
SOURCE = 'version = "1.0"\nsdist = { url = "https://e.invalid/docopt-1.0.tar.gz", hashes = {sha256 = "00"} }'

REASONS = [
    (package("docopt", lines=SOURCE), ["docopt 1.0: it is published as source only"]),
    (
        package("core", lines='directory = { path = "packages/core" }'),
        ["core: it is the folder 'packages/core', and has no wheel"],
    ),
    (
        package("forked", lines='vcs = { type = "git", url = "https://git.example.invalid/f", commit-id = "c0ffee" }'),
        ["forked: it comes from a repository and would have to be built; publish a wheel and lock that"],
    ),
    (
        package("zipped", lines='archive = { url = "https://e.invalid/zipped-1.zip", hashes = {sha256 = "00"} }'),
        ["zipped: it is locked to 'zipped-1.zip', which would have to be built; lock a wheel"],
    ),
    (
        package("sdist", lines='archive = { path = "sdist-1.tar.gz", hashes = {sha256 = "00"} }'),
        ["sdist: it is locked to 'sdist-1.tar.gz', which would have to be built; lock a wheel"],
    ),
    (
        package("lone", lines=f'archive = {{ path = "{LONE}", hashes = {{md5 = "00"}} }}'),
        [
            "lone: its wheels are only for Python 3.12",
            f"lone: it is the file '{LONE}' {ABSENT}",
            f"lone: '{LONE}' is locked without a sha256",
        ],
    ),
    (
        package("weak", lines=WHEELS.format('url = "https://e.invalid/weak-1-py3-none-any.whl"', "md5")),
        ["weak: 'weak-1-py3-none-any.whl' is locked without a sha256"],
    ),
    (
        package("near", lines=WHEELS.format('path = "wheels/near-1-py3-none-any.whl"', "sha256")),
        [f"near: it is the file 'wheels/near-1-py3-none-any.whl' {ABSENT}"],
    ),
    (
        package(
            "young",
            lines='requires-python = ">=3.14"\n'
            + WHEELS.format('url = "https://e.invalid/young-1-py3-none-any.whl"', "sha256"),
        ),
        ["young: it needs Python >=3.14; python3.13 may be as old as 3.13.0"],
    ),
    (package("elsewhere", wheel="cp313-cp313-win_amd64"), ["elsewhere 1.0: its wheels are only for Windows"]),
    (package("needed") + package("skipped", marker="sys_platform == 'win32'", wheel="cp313-cp313-win_amd64"), []),
]


@pytest.mark.parametrize(("text", "reasons"), [row for row in REASONS if row[1]])
def test_a_package_is_refused_with_its_reasons(text: str, reasons: list[str]) -> None:
    assert problems(text) == reasons


def test_the_reasons_of_all_packages_and_of_the_lock_are_reported_together() -> None:
    packages = [text for text, _ in REASONS]
    assert problems(
        *packages,
        package("twice", marker="os_name == 'posix'"),
        package("twice"),
        head="""
            requires-python = ">=3.13.1"
            environments = ["sys_platform == 'darwin'", "sys_platform == 'win32'"]
            """,
    ) == [
        "requires-python: the lock is for Python >=3.13.1; python3.13 may be as old as 3.13.0",
        'environments: the lock is only for sys_platform == "darwin" or sys_platform == "win32"',
        "twice: the target would need it twice, as 1.0 and 1.0",
        *(reason for _, reasons in REASONS for reason in reasons),
    ]


def test_a_lock_without_packages_for_the_target_is_refused() -> None:
    assert problems(package("a", marker="sys_platform == 'win32'")) == ["it has nothing to install for the target"]


def test_a_wheel_that_is_locked_by_url_is_taken() -> None:
    url = "https://files.example.invalid/six-1.17.0-py2.py3-none-any.whl"
    six = package("six", lines=f'archive = {{ url = "{url}", hashes = {{ sha256 = "{SHA256.upper()}" }} }}')
    (wheel,) = covering_wheels(
        parse_lock(f'lock-version = "1.0"\ncreated-by = "test"\n{six}'), PYTHON313, source="pylock.toml"
    )
    assert (wheel.filename, wheel.version, wheel.sha256) == ("six-1.17.0-py2.py3-none-any.whl", "1.17.0", SHA256)


def test_the_whole_message() -> None:
    error = UnusableLock(
        source="uv.lock",
        target="python3.11-x86_64",
        problems=(LockProblem(place="numpy 2.0", reason="its wheels are only for Python 3.12"),),
    )
    assert str(error) == textwrap.dedent(
        """\
        unusable-lock: 'uv.lock' cannot be used for python3.11-x86_64
            numpy 2.0: its wheels are only for Python 3.12
          likely cause: it was made for other Pythons or machines, or pins what must be built
          what to do: lock again with its tool, so that it covers the target with wheels that have a sha256"""
    )
    assert error_from_mapping(error.to_mapping()) == error


def test_a_choice_that_the_lock_does_not_have_is_told_as_that() -> None:
    error = refused(*GROUPED, head=GROUPS, groups=["dosc"])
    assert type(error) is InvalidLockChoice
    assert str(error) == textwrap.dedent(
        """\
        invalid-lock-choice: 'pylock.toml' cannot be used for python3.13-x86_64
            group 'dosc': the lock does not have this group; it has 'default', 'docs', 'test'
          likely cause: a group or extra is misspelled, is new since the project was locked, or is not meant for this choice
          what to do: choose groups and extras that the lock has and that go together; after a change of the project lock again"""  # noqa: E501  # as it is shown
    )
    assert error_from_mapping(error.to_mapping()) == error


def test_what_is_published_as_source_only_is_told_how_it_can_be_built() -> None:
    error = refused(package("docopt", lines=SOURCE))
    assert type(error) is LockWithoutWheels
    assert str(error) == textwrap.dedent(
        """\
        lock-without-wheels: 'pylock.toml' cannot be used for python3.13-x86_64
            docopt 1.0: it is published as source only
          likely cause: their authors publish source only; locking again gives the same
          what to do: build from the requirements in place of the lock (-r or -p), which can be given --allow-source-build NAME (allow_source_builds in a program); or lock a version or another package that has wheels"""  # noqa: E501  # as it is shown
    )


def test_a_lock_that_needs_nothing_is_told_what_may_be_missing() -> None:
    error = refused(package("a", marker="sys_platform == 'win32'"))
    assert type(error) is NothingLocked
    assert str(error) == textwrap.dedent(
        """\
        nothing-locked: 'pylock.toml' cannot be used for python3.13-x86_64
            it has nothing to install for the target
          likely cause: the project has no dependencies, or only in groups and extras that are not chosen, or for other systems
          what to do: choose the groups or extras that the layer needs, or give no lock if it needs no package"""  # noqa: E501  # as it is shown
    )


def test_a_folder_in_a_pylock_is_to_be_left_out_where_the_lock_is_made() -> None:
    error = refused(package("core", lines='directory = { path = "packages/core" }'))
    assert type(error) is LockedFolder
    assert str(error) == textwrap.dedent(
        """\
        locked-folder: 'pylock.toml' cannot be used for python3.13-x86_64
            core: it is the folder 'packages/core', and has no wheel
          likely cause: the project depends on code beside it, of which there is no wheel
          what to do: export the lock without the folders (uv export --no-emit-package NAME), and add their code as modules; or lock a wheel of the folder, by its path"""  # noqa: E501  # as it is shown
    )


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        ("poetry.lock", "then `poetry add PATH_OF_THE_WHEEL`"),
        ("Pipfile.lock", 'in its place: `NAME = {path = "PATH_OF_THE_WHEEL"}`; then `pipenv lock`'),
    ],
)
def test_the_advice_for_a_folder_is_of_the_tool_that_made_the_lock(source: str, advice: str) -> None:
    problem = LockProblem(place="core 1.0", reason="it is the folder '../core'", kind="folder")
    assert LockedFolder(source=source, target="python3.13-arm64", problems=(problem,)).remedy.endswith(advice)


def test_reasons_of_several_kinds_are_told_with_the_advice_for_each() -> None:
    error = refused(package("docopt", lines=SOURCE), package("core", lines='directory = { path = "packages/core" }'))
    assert type(error) is UnusableLock
    assert "--allow-source-build" in error.remedy
    assert "--no-emit-package" in error.remedy
    assert "other Pythons" not in error.cause
    assert error_from_mapping(error.to_mapping()) == error
