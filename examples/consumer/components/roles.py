"""Roles of functions."""

import json

import pulumi
import pulumi_aws as aws

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def function_role(name: str) -> pulumi.Output[str]:
    """Return the ARN of a role that may write logs."""
    role = aws.iam.Role(f"{name}-role", assume_role_policy=json.dumps(_TRUST))
    aws.iam.RolePolicyAttachment(
        f"{name}-logs",
        role=role.name,
        policy_arn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    )
    return role.arn
