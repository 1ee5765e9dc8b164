from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name, is_normalized_name

from builder_lambda.contract.project_name import is_project_name, normalised

NAMES = st.text() | st.text(alphabet="aZ09-_. \n\u212a\u0130")


@given(name=NAMES)
def test_names_have_the_same_normal_form_as_in_packaging(name: str) -> None:
    assert normalised(name) == canonicalize_name(name)


@given(name=NAMES)
def test_a_name_is_valid_where_packaging_says_so(name: str) -> None:
    assert is_project_name(name) == is_normalized_name(canonicalize_name(name))
