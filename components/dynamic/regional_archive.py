"""RegionalArchive: an archive in the bucket of one region. Lambda reads archives of its own region only."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from botocore.exceptions import ClientError


@dataclass(frozen=True, kw_only=True)
class RegionalArchive:
    """An archive of the home region, and its place in a region. In the home region both buckets are the same."""

    client: Any
    """boto3 S3 client of the region."""

    home_bucket: str
    bucket: str
    key: str

    def copy(self, *, again: bool = False) -> None:
        """Copy the archive, unless it is there.

        :param again: replace what is there.
        """
        if self.bucket == self.home_bucket or (self._is_there() and not again):
            return
        self.client.copy_object(
            Bucket=self.bucket, Key=self.key, CopySource={"Bucket": self.home_bucket, "Key": self.key}
        )

    def _is_there(self) -> bool:
        try:
            self.client.head_object(Bucket=self.bucket, Key=self.key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != HTTPStatus.NOT_FOUND:
                raise
            return False
        return True
