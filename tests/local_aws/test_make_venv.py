"""When the clone's environment is made anew."""

from pathlib import Path

import pytest

from local_aws.make_venv import MARK, correct_activation, identity, is_current


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "requirements.txt").write_text("a==1\n")
    (tmp_path / "pyproject.toml").write_text("")
    return tmp_path


def environment(root: Path, made_from: str) -> Path:
    python = root / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch(mode=0o755)
    (root / ".venv" / MARK).write_text(made_from)
    return root / ".venv"


def test_an_environment_of_the_same_pins_is_kept(root: Path) -> None:
    wanted = identity(root, "3.13")

    assert is_current(environment(root, wanted), wanted)


def test_other_pins_or_another_python_make_it_out_of_date(root: Path) -> None:
    wanted = identity(root, "3.13")
    made = environment(root, wanted)
    (root / "requirements.txt").write_text("a==2\n")

    assert not is_current(made, identity(root, "3.13"))
    assert not is_current(made, identity(root, "3.14"))


def test_an_environment_without_its_mark_or_its_interpreter_is_out_of_date(root: Path) -> None:
    made = environment(root, "wanted")
    (made / "bin" / "python").unlink()
    assert not is_current(made, "wanted")

    assert not is_current(root / "nowhere", "wanted")


def test_scripts_that_are_sourced_name_the_final_place(tmp_path: Path) -> None:
    built, final = tmp_path / ".local" / ".venv", tmp_path / ".venv"
    (built / "bin").mkdir(parents=True)
    (built / "bin" / "activate").write_text(f"VIRTUAL_ENV={built}\n")

    correct_activation(built, final)

    assert (built / "bin" / "activate").read_text() == f"VIRTUAL_ENV={final}\n"
