"""The resource types that the stand-in handles, by type token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_aws.provider.resources.bucket import Bucket
from local_aws.provider.resources.bucket_encryption import BucketEncryption
from local_aws.provider.resources.bucket_lifecycle import BucketLifecycle
from local_aws.provider.resources.bucket_object import BucketObject
from local_aws.provider.resources.bucket_ownership_controls import BucketOwnershipControls
from local_aws.provider.resources.bucket_policy import BucketPolicy
from local_aws.provider.resources.bucket_public_access_block import BucketPublicAccessBlock
from local_aws.provider.resources.bucket_versioning import BucketVersioning
from local_aws.provider.resources.codebuild_project import CodeBuildProject
from local_aws.provider.resources.function import Function
from local_aws.provider.resources.layer_version import LayerVersion
from local_aws.provider.resources.layer_version_permission import LayerVersionPermission
from local_aws.provider.resources.log_group import LogGroup
from local_aws.provider.resources.object_copy import ObjectCopy
from local_aws.provider.resources.parameter import Parameter
from local_aws.provider.resources.role import Role
from local_aws.provider.resources.role_policy import RolePolicy
from local_aws.provider.resources.role_policy_attachment import RolePolicyAttachment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local_aws.provider.resources.handler import ResourceHandler

HANDLERS: Mapping[str, ResourceHandler] = {
    "aws:cloudwatch/logGroup:LogGroup": LogGroup(),
    "aws:codebuild/project:Project": CodeBuildProject(),
    "aws:iam/role:Role": Role(),
    "aws:iam/rolePolicy:RolePolicy": RolePolicy(),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": RolePolicyAttachment(),
    "aws:lambda/function:Function": Function(),
    "aws:lambda/layerVersion:LayerVersion": LayerVersion(),
    "aws:lambda/layerVersionPermission:LayerVersionPermission": LayerVersionPermission(),
    "aws:s3/bucket:Bucket": Bucket(),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": BucketLifecycle(),
    "aws:s3/bucketObjectv2:BucketObjectv2": BucketObject(),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": BucketOwnershipControls(),
    "aws:s3/bucketPolicy:BucketPolicy": BucketPolicy(),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": BucketPublicAccessBlock(),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": BucketEncryption(),
    "aws:s3/bucketVersioning:BucketVersioning": BucketVersioning(),
    "aws:s3/objectCopy:ObjectCopy": ObjectCopy(),
    "aws:ssm/parameter:Parameter": Parameter(),
}
"""By type token."""
