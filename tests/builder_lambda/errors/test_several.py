import json

from builder_lambda.errors.problem import Problem
from builder_lambda.errors.requirements import InvalidRequirements
from builder_lambda.errors.resolution import UnknownPackage
from builder_lambda.errors.several import SeveralErrors, one_error
from builder_lambda.errors.wheels import InvalidWheel
from builder_lambda.errors.wire import error_from_mapping

WHEEL = InvalidWheel(filename="a-1-py3-none-any.whl", reason="it is cut off")
UNKNOWN = UnknownPackage(names=("one",))


def invalid(*lines: int) -> InvalidRequirements:
    problems = tuple(Problem(place="requirements", line=line, text="we b", reason="no") for line in lines)
    return InvalidRequirements(problems=problems)


def test_one_error_stays_as_it_is() -> None:
    assert one_error([WHEEL]) is WHEEL


def test_lines_of_requirements_are_told_as_one_error_and_nothing_is_nested() -> None:
    nested = SeveralErrors(errors=(invalid(2), UNKNOWN))
    assert one_error([WHEEL, invalid(1), nested]) == SeveralErrors(errors=(WHEEL, invalid(1, 2), UNKNOWN))
    assert one_error([invalid(1), invalid(2)]) == invalid(1, 2)


def test_several_errors_read_as_each_alone_and_survive_json() -> None:
    error = SeveralErrors(errors=(WHEEL, UNKNOWN))
    assert str(error) == f"{WHEEL}\n{UNKNOWN}"
    assert error_from_mapping(json.loads(json.dumps(error.to_mapping()))) == error
