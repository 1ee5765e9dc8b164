from pathlib import Path

import pytest

from builder_lambda import parse_requirements, read_requirements
from builder_lambda.errors.requirements import InvalidRequirements, UnreadableRequirements
from tests.builder_lambda.wheel_factory import make_wheel

HASH = "c" * 64


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / next(iter(files))


def test_files_that_are_named_are_read_too(tmp_path: Path) -> None:
    first = write(
        tmp_path,
        {
            "requirements.txt": "-r base/common.txt\n-c limits.txt\nRequests>=2  # http\n",
            "base/common.txt": f"-c ../limits.txt\nPyYAML==6.0.3 \\\n  --hash=sha256:{HASH}\n-r ../requirements.txt\n",
            "limits.txt": "urllib3<3\n",
        },
    )

    found = read_requirements(first)

    assert found.requirement_lines == (f"pyyaml==6.0.3 --hash=sha256:{HASH}", "requests>=2")
    assert found.constraint_lines == ("urllib3<3",)


def test_every_problem_of_every_file_is_told_with_its_place(tmp_path: Path) -> None:
    first = write(
        tmp_path / "checkout",
        {
            "layers/web.txt": "requests\n-e .\n-r more/extra.txt\n"
            "--index-url https://u:secret@i.example/\n-c ../limits.txt\n",
            "layers/more/extra.txt": "\n\na b\n-r missing.txt\n-r https://x.example/r.txt\n",
            "limits.txt": "-r layers/web.txt\nb[x]<2\n",
        },
    )

    with pytest.raises(InvalidRequirements) as caught:
        read_requirements(first)

    assert str(caught.value) == (
        "invalid-requirements: 7 requirement lines cannot be used\n"
        "    web.txt:2: -e .: an editable requirement exists on one machine only; publish a wheel and require that\n"
        "    more/extra.txt:3: a b: Expected semicolon (after name with no version specifier) or end\n"
        "    more/extra.txt:4: -r missing.txt: there is no file 'more/missing.txt'\n"
        "    more/extra.txt:5: -r https://x.example/r.txt: a requirements file must be on this machine\n"
        "    web.txt:4: --index-url https://****@i.example/: "
        "indexes are given as index options, or to the builder (UV_INDEX_URL), not among requirements\n"
        "    ../limits.txt:1: -r layers/web.txt: a constraints file cannot name requirements; use -c\n"
        "    ../limits.txt:2: b[x]<2: a constraint limits versions; it has no extras and no URL\n"
        "  likely cause: a spelling error, or a line that only pip on a developer's machine can use\n"
        "  what to do: correct the lines above; each must be a PEP 508 requirement such as 'httpx>=0.27'"
    )


def test_a_missing_file_is_named_without_the_path_of_the_machine(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequirements) as caught:
        read_requirements(tmp_path / "requirements.txt")

    assert str(caught.value) == (
        "unreadable-requirements: a requirements file cannot be read\n"
        "    requirements.txt: there is no such file\n"
        "  likely cause: the path is misspelt or leads elsewhere than was meant, or the file is of another kind\n"
        "  what to do: correct the path or the file, as each line above says"
    )


LOCK = "it is a lock: use -l on the command line, or `lock` of a layer"
PROJECT = "it is a project: use -p on the command line, or `project` of a layer"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("layers", "it is a folder: name the file in it"),
        (
            "latin.txt",
            "it is not in UTF-8: convert it, or name its encoding in line 1 (# -*- coding: latin-1 -*-)",
        ),
        ("poetry.lock", LOCK),
        ("uv.lock", LOCK),
        ("Pipfile.lock", LOCK),
        ("pylock.toml", LOCK),
        ("pylock.web.toml", LOCK),
        ("pyproject.toml", PROJECT),
        ("x" * 300, "there is no such file"),
        ("a\0b", "there is no such file"),
    ],
)
def test_what_is_no_requirements_file_is_told_once_with_what_to_do(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "layers").mkdir()
    (tmp_path / "latin.txt").write_bytes(b"# R\xe9sum\xe9\nidna==3.7\n")
    for lock in ("poetry.lock", "uv.lock", "Pipfile.lock", "pylock.toml", "pylock.web.toml", "pyproject.toml"):
        (tmp_path / lock).write_text("[[package]]\nname = 'a'\n")

    with pytest.raises(UnreadableRequirements) as caught:
        read_requirements(tmp_path / name)

    assert [str(problem) for problem in caught.value.problems] == [f"{name}: {reason}"]


def test_files_that_others_name_are_told_with_the_line_that_names_them(tmp_path: Path) -> None:
    first = write(tmp_path, {"r.txt": "idna\n-r layers\n-c gone.txt\n-r gone.txt\n"})
    (tmp_path / "layers").mkdir()

    with pytest.raises(UnreadableRequirements) as caught:
        read_requirements(first)

    assert [str(problem) for problem in caught.value.problems] == [
        "r.txt:2: -r layers: 'layers': it is a folder: name the file in it",
        "r.txt:3: -c gone.txt: there is no file 'gone.txt'",
        "r.txt:4: -r gone.txt: there is no file 'gone.txt'",
    ]
    assert caught.value.what == "3 requirements files cannot be read"


def test_a_file_may_say_what_it_is_encoded_in(tmp_path: Path) -> None:
    file = tmp_path / "r.txt"
    file.write_bytes(b"# -*- coding: latin-1 -*-\n# R\xe9sum\xe9\nidna==3.7\n")

    assert read_requirements(file).requirement_lines == ("idna==3.7",)


def test_options_that_ask_for_what_is_done_anyway_are_accepted(tmp_path: Path) -> None:
    text = f"--only-binary :all:\n--prefer-binary\n--require-hashes --only-binary=:all:\na==1 --hash=sha256:{HASH}\n"

    assert read_requirements(write(tmp_path, {"r.txt": text})).requirement_lines == (f"a==1 --hash=sha256:{HASH}",)


def test_options_that_ask_for_more_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequirements) as caught:
        read_requirements(
            write(tmp_path, {"r.txt": "--only-binary :none:\n--no-binary :all:\n--prefer-binary --pre\n"})
        )

    assert [(problem.line, problem.reason) for problem in caught.value.problems] == [
        (1, "the option --only-binary is not supported"),
        (2, "the option --no-binary is not supported"),
        (3, "the option --prefer-binary is not supported"),
    ]


def test_hashes_are_required_of_every_line_where_a_file_asks_for_them(tmp_path: Path) -> None:
    first = write(
        tmp_path,
        {
            "r.txt": f"-r more.txt\n-c limits.txt\na==1 --hash=sha256:{HASH}\nb==1\n--require-hashes\n",
            "more.txt": f"c==1\nd-x @ https://x.example/d_x-1-py3-none-any.whl#sha256={HASH}\n",
            "limits.txt": "e==1\n",
        },
    )

    with pytest.raises(InvalidRequirements) as caught:
        read_requirements(first)

    assert [str(problem) for problem in caught.value.problems] == [
        "more.txt:1: c==1: it has no hash, but --require-hashes demands one",
        "r.txt:4: b==1: it has no hash, but --require-hashes demands one",
    ]


def test_a_wheel_in_a_folder_with_a_space_is_found_by_its_path(tmp_path: Path) -> None:
    wheel = make_wheel()
    folder = tmp_path / "my wheels"
    folder.mkdir()
    (folder / wheel.filename).write_bytes(wheel.content)
    lines = f"my wheels/{wheel.filename} --hash=sha256:{wheel.sha256} # mine\nidna # not a.whl\n"

    found = read_requirements(write(tmp_path, {"r.txt": lines}))

    assert found.requirement_lines == (f"demo @ local:{wheel.filename}#sha256={wheel.sha256}", "idna")


def test_a_moved_checkout_changes_nothing(tmp_path: Path) -> None:
    files = {"requirements.txt": "-r b.txt\nrequests\n", "b.txt": "pyyaml\n"}
    here, there = write(tmp_path / "here", files), write(tmp_path / "there" / "deeper", files)

    assert read_requirements(here) == read_requirements(there)


@pytest.mark.parametrize(
    "text",
    [
        "Requests >=2\n\n# note\nnumpy # why\n",
        f"a==1 \\\n  --hash=sha256:{HASH}\n",
        'b; python_version<"3.9"\nA[x,y]\n',
        f"demo @ https://x.example/demo-1-py3-none-any.whl#sha256={HASH}\n",
    ],
)
def test_a_file_means_what_its_lines_mean(tmp_path: Path, text: str) -> None:
    assert read_requirements(write(tmp_path, {"r.txt": text})) == parse_requirements(text.splitlines())


@pytest.mark.parametrize("text", ["-e .\n", "a b\n", "./x\n", "--bogus\n", "a==1 --hash=md5:0\n", "a @ ftp://x/y\n"])
def test_a_file_is_refused_for_what_its_lines_are_refused_for(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidRequirements) as of_lines:
        parse_requirements(text.splitlines(), source="r.txt")
    with pytest.raises(InvalidRequirements) as of_file:
        read_requirements(write(tmp_path, {"r.txt": text}))

    assert of_file.value == of_lines.value
