from pathlib import Path

import pytest

from builder_lambda import parse_requirements, read_requirements
from builder_lambda.errors import InvalidRequirements

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

    assert found.requirements == (f"pyyaml==6.0.3 --hash=sha256:{HASH}", "requests>=2")
    assert found.constraints == ("urllib3<3",)


def test_every_fault_of_every_file_is_told_with_its_place(tmp_path: Path) -> None:
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
        "    more/extra.txt:5: -r https://x.example/r.txt: a file of requirements must be on this machine\n"
        "    web.txt:4: --index-url https://****@i.example/: "
        "indexes are given as index options, or to the builder (UV_INDEX_URL), not among requirements\n"
        "    ../limits.txt:1: -r layers/web.txt: a file of constraints cannot name requirements; use -c\n"
        "    ../limits.txt:2: b[x]<2: a constraint limits versions; it has no extras and no URL\n"
        "  likely cause: a spelling error, or a line that only pip on a developer's machine can use\n"
        "  what to do: correct the lines above; each must be a PEP 508 requirement such as 'httpx>=0.27'"
    )


def test_a_missing_file_is_named_without_the_path_of_the_machine(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequirements) as caught:
        read_requirements(tmp_path / "requirements.txt")

    assert "requirements.txt: there is no such file" in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


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
