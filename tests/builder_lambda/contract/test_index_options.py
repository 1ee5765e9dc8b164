import json
from collections.abc import Mapping

import pytest

from builder_lambda import BuildRequest, ResolveRequest, Target
from builder_lambda.contract.index_login import CodeArtifact, EnvironmentLogin, NetrcLogin, SecretLogin
from builder_lambda.contract.index_options import IndexOptions
from builder_lambda.contract.package_index import PackageIndex
from builder_lambda.errors.options import InvalidOptions

ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:pypi/team-AbCdEf"
ARTIFACT = CodeArtifact(domain="acme", owner="111122223333", repository="python", region="eu-west-1")
OPTIONS = IndexOptions(
    default=PackageIndex(name="mirror", url="https://mirror.example/simple", login=NetrcLogin()),
    extra=(
        PackageIndex(name="team", url="https://team.example/simple/", login=SecretLogin(arn=ARN), ignores_age=True),
        PackageIndex(name="aws", login=ARTIFACT),
        PackageIndex(
            name="gpu",
            url="https://gpu.example/whl",
            login=EnvironmentLogin(username_variable="GPU_USER", password_variable="GPU_TOKEN"),
            is_explicit=True,
        ),
    ),
    pins={"torch": "gpu"},
)


def refused(mapping: Mapping[str, object]) -> InvalidOptions:
    with pytest.raises(InvalidOptions) as caught:
        IndexOptions.from_mapping(mapping)
    return caught.value


def test_options_survive_the_wire() -> None:
    assert IndexOptions.from_mapping(json.loads(json.dumps(OPTIONS.to_mapping()))) == OPTIONS


def test_options_that_say_nothing_are_empty() -> None:
    assert not IndexOptions()
    assert IndexOptions().to_mapping() == {}
    assert IndexOptions.from_mapping({}) == IndexOptions()


def test_extra_indexes_come_before_the_default() -> None:
    assert [index.name for index in OPTIONS] == ["team", "aws", "gpu", "mirror"]


def test_url_of_a_codeartifact_repository_follows() -> None:
    assert PackageIndex(name="aws", login=ARTIFACT).address == (
        "https://acme-111122223333.d.codeartifact.eu-west-1.amazonaws.com/pypi/python/simple/"
    )


def test_the_default_index_may_go_without_a_name() -> None:
    options = IndexOptions.from_mapping({"default": {"url": "https://one.example/simple"}})
    assert options.default == PackageIndex(name="default", url="https://one.example/simple")


def test_all_problems_are_told_at_once_and_no_value_that_may_be_a_credential() -> None:
    problem = refused(
        {
            "default": {"url": "https://me:hunter2@one.example/simple", "explicit": True},
            "extra": [
                {"name": "a", "url": "http://plain.example/", "secret_arn": "hunter2"},
                {"name": "a", "url": "https://two.example/?token=hunter2", "password": "hunter2"},
                {"url": "https://three.example/", "password_variable": "hunter2!", "netrc": True},
                {"name": "b", "codeartifact": {"domain": "A", "owner": "1", "repository": "r", "region": "x"}},
                "https://me:hunter2@four.example",
            ],
            "pins": {"My_Lib": "c"},
            "extras": [],
        }
    )

    assert str(problem) == (
        "invalid-options: 19 options of the build cannot be used\n"
        "    index.extras: there is no such option; known: default, extra, pins\n"
        "    index.extra[1].password: credentials are given by reference only: "
        "secret_arn, password_variable, netrc, codeartifact\n"
        "    index.extra[2]: one login is enough, and it has password_variable and netrc\n"
        "    index.extra[4]: it must be an object with 'name' and 'url'\n"
        "    index.extra[0].url: credentials are sent over https:// only\n"
        "    index.extra[0].secret_arn: it must be the ARN of a Secrets Manager secret\n"
        "    index.extra[1].url: it must end with the path; a query may hold a token, and indexes do not read one\n"
        "    index.extra[2].name: an index needs a name, for messages and pins\n"
        "    index.extra[2].password_variable: it must be the name of an environment variable, not a value\n"
        "    index.extra[3].codeartifact.domain: 'A' cannot be the domain of a CodeArtifact repository\n"
        "    index.extra[3].codeartifact.owner: '1' cannot be the owner of a CodeArtifact repository\n"
        "    index.extra[3].codeartifact.repository: 'r' cannot be the repository of a CodeArtifact repository\n"
        "    index.extra[3].codeartifact.region: 'x' cannot be the region of a CodeArtifact repository\n"
        "    index.default.url: a URL must not hold credentials; "
        "refer to them with secret_arn, password_variable, netrc or codeartifact\n"
        "    index.extra[0].name: two indexes are called 'a'\n"
        "    index.extra[1].name: two indexes are called 'a'\n"
        "    index.default.explicit: the default index is for all other names\n"
        "    index.pins.My_Lib: write the name in its normal form, 'my-lib'\n"
        "    index.pins.My_Lib: no index is called 'c'; known: 'a', 'b', 'default'\n"
        "  likely cause: a spelling error, or an option of another version\n"
        "  what to do: correct the options above"
    )
    assert "hunter2" not in json.dumps(problem.to_mapping())


def test_an_object_of_options_is_checked_as_well() -> None:
    with pytest.raises(InvalidOptions, match="no index is called 'nowhere'"):
        IndexOptions(pins={"six": "nowhere"})


@pytest.mark.parametrize(
    "url",
    ["ftp://one.example/", "https://", "one.example/simple", "https://[::1", "", "https://one.example/${TOKEN}/simple"],
)
def test_what_is_no_url_of_an_index_is_refused(url: str) -> None:
    (problem,) = refused({"extra": [{"name": "a", "url": url}]}).problems
    assert problem.place == "index.extra[0].url"


def test_this_machine_may_be_asked_without_tls() -> None:
    index = {"name": "a", "url": "http://127.0.0.1:8080/simple", "netrc": True}
    assert IndexOptions.from_mapping({"default": index}).to_mapping() == {"default": index}


def test_requests_carry_the_options_and_a_build_is_known_without_them() -> None:
    target = Target.parse("python3.13", "arm64")
    build = BuildRequest(name="web", target=target, lock_sha256="10c4", index=OPTIONS)
    resolve = ResolveRequest(requirements=("six",), target=target, index=OPTIONS, exclude_newer="P7D", upgrade=("six",))

    assert BuildRequest.from_mapping(json.loads(json.dumps(build.to_mapping()))) == build
    assert ResolveRequest.from_mapping(json.loads(json.dumps(resolve.to_mapping()))) == resolve
    assert build.identity() == BuildRequest(name="web", target=target, lock_sha256="10c4").identity()


def test_an_age_that_cannot_be_read_is_refused_when_the_request_is_made() -> None:
    with pytest.raises(InvalidOptions, match="exclude_newer: 'soon' is no date"):
        ResolveRequest(requirements=("six",), target=Target.parse("python3.13", "arm64"), exclude_newer="soon")
