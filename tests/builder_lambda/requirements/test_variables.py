"""uv and pip replace ``${NAME}`` in requirements by environment variables. No line may have one."""

from pathlib import Path

import pytest

from builder_lambda import parse_requirements
from builder_lambda.errors.requirements import InvalidRequirements
from builder_lambda.requirements.files import read_requirements

DIGEST = "a" * 64
LINES = (
    f"pkg @ https://collector.example/${{AWS_SECRET_ACCESS_KEY}}/pkg-1.0-py3-none-any.whl#sha256={DIGEST}",
    f"pkg @ https://${{TOKEN}}.example/pkg-1.0-py3-none-any.whl#sha256={DIGEST}",
    f"pkg @ https://collector.example/pkg-1.0-py3-none-any.whl?${{TOKEN}}#sha256={DIGEST}",
    f"pkg @ https://collector.example/pkg-1.0-py3-none-any.whl#sha256={DIGEST}&x=${{TOKEN}}",
    "./${HOME}/pkg-1.0-py3-none-any.whl",
    "pkg @ file:///${HOME}/pkg-1.0-py3-none-any.whl",
    "pkg=='${TOKEN}'",
    "pkg; platform_machine == '${TOKEN}'",
)


@pytest.mark.parametrize("line", LINES)
def test_a_line_with_a_variable_is_refused_with_its_number(line: str) -> None:
    with pytest.raises(InvalidRequirements) as refused:
        parse_requirements(["idna", line])
    (problem,) = refused.value.problems
    assert (problem.place, problem.line) == ("requirements", 2)
    assert problem.reason == (
        "the line holds '${', which uv replaces by an environment variable; "
        "write the value itself, or %7B for the brace"
    )


@pytest.mark.parametrize("line", LINES)
def test_a_constraint_with_a_variable_is_refused(line: str) -> None:
    with pytest.raises(InvalidRequirements) as refused:
        parse_requirements(["idna"], constraints=[line])
    (problem,) = refused.value.problems
    assert (problem.place, problem.line) == ("constraints", 1)
    assert "holds '${'" in problem.reason


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_a_file_is_not_expanded(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "TOKEN", "HOME"):
        monkeypatch.setenv(name, "made-up-secret")
    (tmp_path / "requirements.txt").write_text(f"idna\n{line}\n")
    with pytest.raises(InvalidRequirements) as refused:
        read_requirements(tmp_path / "requirements.txt")
    (problem,) = refused.value.problems
    assert (problem.place, problem.line) == ("requirements.txt", 2)
    assert "holds '${'" in problem.reason
    assert "made-up-secret" not in str(refused.value)
