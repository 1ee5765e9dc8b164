"""A deployment as somebody who may do what the deploy role may, and nothing else.

The embedded AWS enforces IAM, so that an action that the table lacks ends the run. It proves the table for the calls of
the stand-in provider and of our own resources; pulumi-aws itself reads more, which the table has from its sources.
"""

import json
from dataclasses import replace

import pytest

from components.deploy import deploy_policies
from layer_cli.doctor.aws import AwsQuestion, find_aws
from layer_deployment.scope import DeployScope
from local_aws.pulumi_engine.pulumi_program import LocalPulumi
from tests.e2e.stack import ROOT, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.index]

REGIONS = ("us-east-1", "eu-west-1")


def as_somebody(stack: Stack, document: str, name: str) -> Stack:
    """Return the stack, driven by a user who has one policy."""
    users = stack.client("iam")
    users.create_user(UserName=name)
    policy = json.loads(document)
    if "lambda:CreateFunction" in document:
        # The one call whose resource the embedded AWS does not know: AWS checks it against the function's ARN.
        policy["Statement"].append({"Effect": "Allow", "Action": "lambda:CreateFunction", "Resource": "*"})
    users.put_user_policy(UserName=name, PolicyName="all-there-is", PolicyDocument=json.dumps(policy))
    key = users.create_access_key(UserName=name)["AccessKey"]
    credentials = {"aws:accessKey": key["AccessKeyId"], "aws:secretKey": key["SecretAccessKey"]}
    return replace(stack, config={**stack.config, **credentials})


def test_the_roles_of_ci_may_deploy_look_and_destroy(stack: Stack) -> None:
    scope = DeployScope(account=stack.account, stack=stack.name, layers=["web"])
    deployer = as_somebody(stack, deploy_policies.deploy(scope, parts=("layers",), regions=REGIONS), "deployer")
    looker = as_somebody(stack, deploy_policies.preview(scope, parts=("layers",), regions=REGIONS), "looker")
    share = {"accounts": ["999988887777"]}

    deployer.up(layers={"web": {"requirements": ["idna==3.9"]}}, share_with=share)
    moved = {"web": {"requirements": ["idna==3.10"]}}
    shown = looker.preview("--diff", "--refresh", layers=moved, share_with=share)
    assert '"3.9" => "3.10"' in shown
    deployer.destroy()
    assert not [name for name in stack.leftovers(*REGIONS) if not name.startswith("/aws/lambda/")]


BUCKET = "arn:aws:s3:::builder-archives-eu-west-1-0a1b2c3"
HERE = "eu-west-1:111122223333"


@pytest.mark.parametrize(
    ("action", "resource", "deploy", "preview"),
    [
        ("s3:CreateBucket", BUCKET, True, False),
        ("s3:GetBucketPolicy", BUCKET, True, True),
        ("s3:PutObject", f"{BUCKET}/python-layers/builder/x.zip", True, False),
        ("s3:GetObject", f"{BUCKET}/python-layers/archives/web/x.zip", True, True),
        ("s3:DeleteBucket", "arn:aws:s3:::customers", False, False),
        ("s3:GetObject", "arn:aws:s3:::customers/all.csv", False, False),
        ("s3:PutBucketPolicy", "arn:aws:s3:::other-builder-archives-eu-west-1-0a1b2c3", False, False),
        ("iam:PutRolePolicy", "arn:aws:iam::111122223333:role/builder-role-0a1b2c3", True, False),
        ("iam:PutRolePolicy", "arn:aws:iam::111122223333:role/ci-deploy-0a1b2c3", False, False),
        ("iam:CreateRole", "arn:aws:iam::111122223333:role/Admin", False, False),
        ("iam:AttachRolePolicy", "arn:aws:iam::111122223333:role/builder-role-0a1b2c3", False, False),
        ("iam:CreateUser", "arn:aws:iam::111122223333:user/x", False, False),
        ("iam:PassRole", "arn:aws:iam::111122223333:role/builder-role-0a1b2c3", False, False),  # to no service at all
        ("lambda:InvokeFunction", f"arn:aws:lambda:{HERE}:function:builder-python313-x86_64-0a1b2c3", True, True),
        ("lambda:InvokeFunction", f"arn:aws:lambda:{HERE}:function:payments", False, False),
        ("lambda:UpdateFunctionCode", f"arn:aws:lambda:{HERE}:function:payments", False, False),
        ("lambda:PublishLayerVersion", f"arn:aws:lambda:{HERE}:layer:web-python313-x86_64", True, False),
        ("lambda:PublishLayerVersion", f"arn:aws:lambda:{HERE}:layer:private-python313-x86_64", False, False),
        ("lambda:GetLayerVersion", f"arn:aws:lambda:{HERE}:layer:web-python313-x86_64:3", True, True),
        ("ssm:PutParameter", f"arn:aws:ssm:{HERE}:parameter/python-layers/shop/prod/web", True, False),
        ("ssm:PutParameter", f"arn:aws:ssm:{HERE}:parameter/python-layers/shop/dev/web", False, False),
        ("ssm:GetParameter", f"arn:aws:ssm:{HERE}:parameter/passwords/root", False, False),
        ("logs:DeleteLogGroup", f"arn:aws:logs:{HERE}:log-group:builder-python313-x86_64-log-0a1b2c3", True, False),
        ("logs:DeleteLogGroup", f"arn:aws:logs:{HERE}:log-group:/aws/lambda/payments", False, False),
        ("codebuild:StartBuild", f"arn:aws:codebuild:{HERE}:project/builder-x", False, False),
    ],
)
def test_the_evaluator_agrees_with_what_the_roles_may_do(
    pulumi: LocalPulumi, action: str, resource: str, deploy: bool, preview: bool
) -> None:
    scope = DeployScope(account="111122223333", stack="prod", layers=["web"])
    client = Stack(pulumi=pulumi, program=ROOT).client("iam")
    for document, is_allowed in (
        (deploy_policies.deploy(scope, parts=("layers",)), deploy),
        (deploy_policies.preview(scope, parts=("layers",)), preview),
    ):
        (result,) = client.simulate_custom_policy(
            PolicyInputList=[document], ActionNames=[action], ResourceArns=[resource]
        )["EvaluationResults"]
        assert (result["EvalDecision"] == "allowed") is is_allowed, document


def test_the_doctor_tells_a_user_with_these_rights_from_one_without(
    pulumi: LocalPulumi, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = Stack(pulumi=pulumi, program=ROOT, account="121212121212")
    scope = DeployScope(account=stack.account, stack="prod")
    question = AwsQuestion(scope=scope, parts=("layers",), region="eu-west-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", pulumi.emulator.endpoint)
    simulate = {"Effect": "Allow", "Action": ["iam:SimulatePrincipalPolicy", "iam:GetUser"], "Resource": "*"}
    allowed = json.loads(deploy_policies.deploy(scope, parts=("layers",)))
    looks = json.loads(deploy_policies.preview(scope, parts=("layers",)))
    denied = {}
    for name, document in (("all", allowed), ("some", looks)):
        document["Statement"].append(simulate)
        config = as_somebody(stack, json.dumps(document), name).config
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", config["aws:accessKey"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", config["aws:secretKey"])
        found = {finding.check: finding for finding in find_aws(question)}
        assert found["AWS credentials"].found == f"arn:aws:iam::{stack.account}:user/{name}"
        denied[name] = found["AWS permissions"].details
    # The embedded AWS leaves out the context of a simulation, on which the row of PassRole depends.
    assert denied["all"] == (f"iam:PassRole on arn:aws:iam::{stack.account}:role/builder-*",)
    assert f"lambda:PublishLayerVersion on arn:aws:lambda:*:{stack.account}:layer:*-python*" in denied["some"]
    assert not [action for action in denied["some"] if action.startswith("s3:Get")]
