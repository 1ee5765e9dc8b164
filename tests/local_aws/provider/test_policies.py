"""When two policies are the same."""

import json

import pytest

from local_aws.provider.policies import invalid_policy, policy_text, same_policy

STATEMENT = {"Effect": "Allow", "Action": ["a", "b"], "Resource": "*"}
ONE = {"Version": "2012-10-17", "Statement": [STATEMENT]}


@pytest.mark.parametrize(
    "other",
    [
        {**ONE, "Statement": STATEMENT},
        {"Statement": [{"Resource": ["*"], "Action": ["b", "a"], "Effect": "Allow"}], "Version": "2012-10-17"},
    ],
)
def test_order_and_lists_of_one_mean_nothing(other: object) -> None:
    assert same_policy(json.dumps(ONE), json.dumps(other, indent=2))


def test_two_ways_to_write_a_principal_are_the_same() -> None:
    def by(principal: object) -> str:
        return json.dumps({"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "a"}]})

    assert same_policy(by("*"), by({"AWS": ["*"]}))
    assert same_policy(by({"AWS": "111122223333"}), by({"AWS": "arn:aws:iam::111122223333:root"}))
    assert not same_policy(by({"AWS": "111122223333"}), by("*"))


def test_another_action_is_another_policy() -> None:
    assert not same_policy(json.dumps(ONE), json.dumps(ONE).replace('"b"', '"c"'))


def test_what_is_no_json_is_compared_as_it_is() -> None:
    assert same_policy("{", "{")
    assert not same_policy("{", "{}")
    assert not same_policy("{}", None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[]", "contains an invalid JSON policy: not an object"),
        ("{}", "contains an invalid JSON policy: it has no Statement"),
        ("{", "contains an invalid JSON policy: Expecting property name enclosed in double quotes: "
         "line 1 column 2 (char 1)"),
    ],
)  # fmt: skip
def test_what_is_no_policy_says_why(text: str, reason: str) -> None:
    assert invalid_policy(text) == reason


def test_a_policy_given_as_an_object_is_written_as_json() -> None:
    assert policy_text({"Statement": []}) == '{"Statement": []}'
    assert policy_text("text") == "text"
