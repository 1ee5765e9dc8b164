"""One example of every error."""

from builder_lambda.errors.archives import (
    ArchiveAltered,
    ConflictingFiles,
    EmptyLayer,
    FileConflict,
    LayerTooLarge,
    OverSizeBudget,
    TooManyFiles,
    UnreadableArchive,
    WheelsTooLarge,
)
from builder_lambda.errors.aws_sdk import AwsSdkMissing
from builder_lambda.errors.base import LayerError
from builder_lambda.errors.builder_function import (
    BuilderCrashed,
    BuilderMissing,
    BuilderNotPermitted,
    BuilderOutOfMemory,
    BuilderTimedOut,
    InterpreterMissing,
    UnknownError,
)
from builder_lambda.errors.code import InvalidCode, InvalidHandler, InvalidModules, ModuleMissing
from builder_lambda.errors.deployment import AwsRefused, NameTaken
from builder_lambda.errors.files import CacheNotPrivate, FileNotWritable
from builder_lambda.errors.hosts import (
    CodeBuildFailed,
    CodeBuildMissing,
    CodeBuildTimedOut,
    ContainerEngineMissing,
    ContainerEngineUnreachable,
    ContainerFailed,
    ContainerKilled,
    ContainerPlatformUnsupported,
    ContainerTimedOut,
    ImageNotPulled,
    ImageUnusable,
    NoHostCould,
)
from builder_lambda.errors.indexes import (
    IndexAnswerRefused,
    IndexCredentialsMissing,
    IndexDenied,
    IndexLoginNotAllowed,
    IndexOrderUnclear,
    IndexUnreachable,
)
from builder_lambda.errors.locks import (
    InvalidLock,
    InvalidLockChoice,
    LockAltered,
    LockedFolder,
    LockMissing,
    LockProblem,
    LockWithoutWheels,
    NothingLocked,
    UnreadableLockFile,
    UnusableLock,
)
from builder_lambda.errors.options import InvalidOptions, InvalidRequest, InvalidSlimPattern, UnsupportedTarget
from builder_lambda.errors.problem import Problem
from builder_lambda.errors.projects import (
    InvalidProject,
    ProjectMissing,
    PythonNotAllowed,
    ToolSettingsUnheeded,
    UnknownProjectPart,
)
from builder_lambda.errors.requirements import InvalidRequirements, UnreadableRequirements, UrlNotFound
from builder_lambda.errors.resolution import (
    NoCompatibleWheel,
    ResolverFailed,
    ResolverStopped,
    UnknownPackage,
    UnresolvableRequirements,
)
from builder_lambda.errors.sdists import (
    BuiltWheelUnusable,
    InvalidSdist,
    SourceBuildFailed,
    SourceBuildNeedsCMake,
    SourceBuildNeedsDisk,
    SourceBuildNeedsFortran,
    SourceBuildNeedsInterpreter,
    SourceBuildNeedsLibrary,
    SourceBuildNeedsMachine,
    SourceBuildNeedsRust,
    SourceBuildsUnavailable,
    SourceBuildTimedOut,
)
from builder_lambda.errors.several import SeveralErrors
from builder_lambda.errors.wheels import InvalidWheel, StoredWheelMissing, WheelHashMismatch, WheelMissing

EXAMPLES: list[LayerError] = [
    InvalidRequirements(
        problems=(
            Problem(place="requirements.txt", line=3, text="-e .", reason="no"),
            Problem(place="a.txt", reason="there is no such file"),
        )
    ),
    UnknownPackage(names=("one", "two"), explanation="because"),
    UnresolvableRequirements(explanation="first line\n  second line"),
    NoCompatibleWheel(target="python3.13-arm64", packages=("docopt",), explanation="because"),
    UnsupportedTarget(runtime="python2.7", architecture="x86_64", runtimes=("python3.13",), architectures=()),
    InvalidLock(reason="not TOML"),
    LockMissing(lock_sha256="ab"),
    LayerTooLarge(unpacked_bytes=300_000_000, limit=262_144_000, biggest=(("scipy 1", 200_000_000),)),
    WheelsTooLarge(packed_bytes=3_000_000_000, limit=262_144_000, biggest=(("torch 2", 900_000_000),)),
    TooManyFiles(files=70_000, limit=65_535),
    WheelHashMismatch(filename="a-1-py3-none-any.whl", expected=("aa", "bb"), actual="cc"),
    InvalidWheel(filename="a-1-py3-none-any.whl", reason="it is cut off"),
    ConflictingFiles(conflicts=(FileConflict(path="a.py", first="a 1", second="b 1"),)),
    IndexUnreachable(detail="refused"),
    IndexOrderUnclear(index_url="https://a.example/simple", extra_index_urls=("https://b.example/simple",)),
    IndexLoginNotAllowed(logins=("the environment variable TOKEN for https://x.example:443",)),
    BuilderTimedOut(function="builder", timeout_seconds=900),
    BuilderOutOfMemory(function="builder", memory_mb=512),
    BuilderCrashed(function="builder", detail="KeyError"),
    BuilderNotPermitted(action="s3:PutObject", detail="s3://b/k"),
    BuilderMissing(function="builder"),
    UnknownError(original_code="new-thing", text="new-thing: text"),
    UnreadableRequirements(problems=(Problem(place="a.txt", reason="no"),)),
    UrlNotFound(url="https://x.example/a.whl", status=410),
    ResolverStopped(resolver="uv", reason="it took longer than 600 seconds"),
    ResolverFailed(resolver="uv", explanation="error: it is late"),
    ArchiveAltered(archive="s3://archives/web.zip", published="cd", built="ab"),
    EmptyLayer(),
    OverSizeBudget(unpacked_bytes=900, size_budget=900, biggest=(("scipy 1", 200_000_000),)),
    UnreadableArchive(path="app/pyproject.toml", reason="it is damaged"),
    AwsSdkMissing(needed_for="the login"),
    InterpreterMissing(python_version="3.13"),
    InvalidRequest(problems=(Problem(place="build.name", reason="it cannot be used"),)),
    LockAltered(lock_sha256="ab", place="s3://archives/locks/ab.toml"),
    InvalidCode(problems=(Problem(place="a place", reason="it cannot be used"),)),
    InvalidHandler(handler="app.main", reason="it is damaged"),
    InvalidModules(problems=(Problem(place="a place", reason="it cannot be used"),)),
    ModuleMissing(module="tools", sha256="ab"),
    NameTaken(kind="layer", name="web-python313-x86_64", region="eu-west-1", owner="the stack shop/prod"),
    AwsRefused(action="publishing layer web", region="eu-west-1", detail="An error occurred: no"),
    CacheNotPrivate(path="/home/user/cache", reason="others may write to it (mode 777)"),
    FileNotWritable(path="app/pyproject.toml", reason="it is damaged"),
    CodeBuildFailed(build="layers:1", status="FAILED", detail="what the program printed", link="the console"),
    CodeBuildMissing(project="layers"),
    CodeBuildTimedOut(build="layers:1", timeout_seconds=900, link="the console"),
    ContainerEngineMissing(programs=("one", "two")),
    ContainerEngineUnreachable(detail="what the program printed"),
    ContainerFailed(image="build-image:1", status=1, detail="what the program printed"),
    ContainerKilled(image="build-image:1", detail="what the program printed"),
    ContainerPlatformUnsupported(platform="linux/arm64", detail="what the program printed"),
    ContainerTimedOut(image="build-image:1", timeout_seconds=900),
    ImageNotPulled(image="build-image:1", platform="linux/arm64", detail="what the program printed"),
    ImageUnusable(image="build-image:1", program="python3.13", detail="what the program printed"),
    NoHostCould(attempts=(("container", "no engine"), ("lambda", "no function"))),
    IndexCredentialsMissing(index="team", detail="what the program printed"),
    IndexDenied(index="team", detail="what the program printed"),
    IndexAnswerRefused(subject="a at index.example", reason="it has more than 10 bytes"),
    InvalidLockChoice(
        problems=(LockProblem(place="numpy 2.3.4", reason="it cannot be used", kind="choice"),),
        source="pylock.toml",
        target="python3.13-x86_64",
    ),
    LockWithoutWheels(
        problems=(LockProblem(place="numpy 2.3.4", reason="it cannot be used", kind="source"),),
        source="pylock.toml",
        target="python3.13-x86_64",
    ),
    LockedFolder(
        problems=(LockProblem(place="numpy 2.3.4", reason="it cannot be used", kind="folder"),),
        source="pylock.toml",
        target="python3.13-x86_64",
    ),
    NothingLocked(
        problems=(LockProblem(place="numpy 2.3.4", reason="it cannot be used", kind="empty"),),
        source="pylock.toml",
        target="python3.13-x86_64",
    ),
    UnreadableLockFile(
        problems=(LockProblem(place="numpy 2.3.4", reason="it cannot be used", kind="form"),),
        source="pylock.toml",
        target="python3.13-x86_64",
    ),
    UnusableLock(
        problems=(LockProblem(place="numpy 2.3.4", reason="it cannot be used", kind="coverage"),),
        source="pylock.toml",
        target="python3.13-x86_64",
    ),
    InvalidOptions(problems=(Problem(place="a place", reason="it cannot be used"),)),
    InvalidSlimPattern(pattern="[z-a]"),
    InvalidProject(problems=(Problem(place="a place", reason="it cannot be used"),), path="app/pyproject.toml"),
    ProjectMissing(path="app/pyproject.toml"),
    PythonNotAllowed(problems=(Problem(place="a place", reason="it cannot be used"),), path="app/pyproject.toml"),
    ToolSettingsUnheeded(problems=(Problem(place="a place", reason="it cannot be used"),), path="app/pyproject.toml"),
    UnknownProjectPart(problems=(Problem(place="a place", reason="it cannot be used"),), path="app/pyproject.toml"),
    BuiltWheelUnusable(
        filename="a-1-py3-none-any.whl", target="python3.13-x86_64", problems=("a.so: it is for another machine",)
    ),
    InvalidSdist(filename="a-1-py3-none-any.whl", reason="it is damaged"),
    SourceBuildFailed(package="numpy", version="2.3.4", target="python3.13-x86_64", missing="it needs a library"),
    SourceBuildNeedsCMake(package="numpy", version="2.3.4", target="python3.13-x86_64", missing="it needs a library"),
    SourceBuildNeedsDisk(package="numpy", version="2.3.4", target="python3.13-x86_64", missing="there is no room"),
    SourceBuildNeedsFortran(package="numpy", version="2.3.4", target="python3.13-x86_64", missing="it needs a library"),
    SourceBuildNeedsInterpreter(
        package="numpy", version="2.3.4", target="python3.13-x86_64", missing="it needs a library"
    ),
    SourceBuildNeedsLibrary(package="numpy", version="2.3.4", target="python3.13-x86_64", missing="it needs a library"),
    SourceBuildNeedsMachine(package="numpy", version="2.3.4", target="python3.13-x86_64", missing="it needs a library"),
    SourceBuildNeedsRust(package="numpy", version="2.3.4", target="python3.13-x86_64", missing="it needs a library"),
    SourceBuildTimedOut(package="numpy", version="2.3.4", target="python3.13-x86_64", missing="it did not end"),
    SourceBuildsUnavailable(reason="it is damaged"),
    StoredWheelMissing(filenames=("one", "two")),
    WheelMissing(filenames=("one", "two")),
    SeveralErrors(errors=(LockMissing(lock_sha256="ab"), BuilderMissing(function="builder"))),
]
