import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.dynamic.statements import ShareWith, invalid_principals, parse_policy, statements_for
from tests.components.fakes import FakeLayerPolicies

ACCOUNTS = st.lists(st.from_regex(r"[0-9]{12}", fullmatch=True), max_size=5)
ORGANIZATIONS = st.none() | st.from_regex(r"o-[a-z0-9]{10,32}", fullmatch=True)


@given(ACCOUNTS, ORGANIZATIONS, st.booleans())
def test_a_stored_policy_reads_back_as_its_statements(
    accounts: list[str], organization: str | None, everyone: bool
) -> None:
    wanted = statements_for(ShareWith(accounts=accounts, organization=organization, everyone=everyone))
    policies = FakeLayerPolicies("arn:aws:lambda:eu-west-1:111122223333:layer:web:1")
    for sid, statement in wanted.items():
        policies.add_layer_version_permission(
            StatementId=sid,
            Action="lambda:GetLayerVersion",
            Principal=statement["principal"],
            OrganizationId=statement.get("organization_id"),
        )
    if wanted:
        assert parse_policy(policies.get_layer_version_policy()["Policy"]) == wanted


@given(ACCOUNTS)
def test_order_and_repetition_of_accounts_do_not_matter(accounts: list[str]) -> None:
    once = statements_for(ShareWith(accounts=accounts))
    assert list(once) == list(statements_for(ShareWith(accounts=[*reversed(accounts), *accounts])))


def test_only_everyone_makes_a_layer_public() -> None:
    public = {"principal": "*"}
    assert public not in statements_for(ShareWith(accounts=["111122223333"], organization="o-a1b2c3d4e5")).values()
    assert statements_for(ShareWith(everyone=True)) == {"everyone": public}


@pytest.mark.parametrize("account", ["12345", "1111222233334", "arn:aws:iam::111122223333:root", "*", ""])
def test_a_malformed_account_is_named(account: str) -> None:
    assert invalid_principals(ShareWith(accounts=["111122223333", account])) == [
        f"{account!r} is not an account id: it has 12 digits, quoted in YAML to keep leading zeros"
    ]


def test_a_malformed_organization_is_named() -> None:
    assert invalid_principals(ShareWith(organization="acme")) == [
        "'acme' is not an organization id: it is o- with 10 to 32 lowercase letters or digits"
    ]


def test_a_statement_of_others_is_read_too() -> None:
    policy = (
        '{"Statement":[{"Sid":"public","Effect":"Allow","Principal":"*","Action":"lambda:GetLayerVersion",'
        '"Resource":"arn:aws:lambda:eu-west-1:111122223333:layer:web:1"}]}'
    )
    assert parse_policy(policy) == {"public": {"principal": "*"}}
