"""The modules that run the builder: in Lambda, in containers and in CodeBuild. One deployment package has them all."""

HANDLER_MODULE = "builder_lambda.hosts.handler"
SOURCE_HANDLER_MODULE = "builder_lambda.hosts.source_handler"
CONTAINER_MODULE = "builder_lambda.hosts.container_entry"
SOURCE_MODULE = "builder_lambda.hosts.source_entry"
CODEBUILD_MODULE = "builder_lambda.hosts.codebuild_entry"
CODEBUILD_SOURCE_MODULE = "builder_lambda.hosts.codebuild_source_entry"

HANDLER = f"{HANDLER_MODULE}.handler"
"""Handler of the builder function."""

SOURCE_HANDLER = f"{SOURCE_HANDLER_MODULE}.handler"
"""Handler of the function that builds packages from source."""

MODULES = (
    HANDLER_MODULE,
    SOURCE_HANDLER_MODULE,
    CONTAINER_MODULE,
    SOURCE_MODULE,
    CODEBUILD_MODULE,
    CODEBUILD_SOURCE_MODULE,
)
"""The deployment package consists of these modules and all that they import."""
