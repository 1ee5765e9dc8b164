"""Builds the wheel of an sdist, checks it and stores it in normal form.

The resolver imports this on its first source build: pyelftools takes 30 ms to import.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder_lambda.distributions.wheel_file import WheelFile
from builder_lambda.errors.sdists import BuiltWheelUnusable
from builder_lambda.errors.wheels import InvalidWheel
from builder_lambda.ports.source_build import SourceBuildBroken
from builder_lambda.sdists.checks import NeededLibraries, problems_of
from builder_lambda.sdists.normal_form import normal_form
from builder_lambda.sdists.reasons import build_error, library_error
from builder_lambda.sdists.stored_wheels import keep_wheel

if TYPE_CHECKING:
    from builder_lambda.archive.mapped_memory import WheelBytes
    from builder_lambda.ports.ports import ArchiveStore, WheelBuilder
    from builder_lambda.ports.source_build import BuiltWheel, SourceDistribution, StoredWheel

_SAFE_NAME = re.compile(r"[\w.!+-]+\.whl", re.ASCII)


def build_wheel(
    builder: WheelBuilder, source: SourceDistribution, content: WheelBytes, store: ArchiveStore
) -> StoredWheel:
    """Build the wheel of an sdist and store it. The log of a failed build is stored too.

    :raises SourceBuildError: if the build fails, with the reason where it is known.
    :raises BuiltWheelUnusable: if the wheel is not for the target.
    :raises LayerError: of :meth:`builder_lambda.ports.ports.WheelBuilder.build`.
    """
    try:
        built = builder.build(source, content)
    except SourceBuildBroken as error:
        log = f"{source.place}.log"
        store.write_bytes(log, error.log.encode())
        raise build_error(error.log, source, log_place=store.location_of(log)) from error
    return keep_wheel(source, built.filename, _checked(built, source), store)


def _checked(built: BuiltWheel, source: SourceDistribution) -> bytes:
    """Return a wheel in normal form."""
    if not _SAFE_NAME.fullmatch(built.filename):  # the package chose the name, and it becomes a part of paths
        problem = f"its file name is {built.filename!r}"
        raise BuiltWheelUnusable(filename=source.filename, target=str(source.target), problems=(problem,))
    try:
        wheel = WheelFile(built.filename, built.content)
        problems = problems_of(wheel, source)
        content = normal_form(wheel)
    except NeededLibraries as error:
        raise library_error(error.names, source) from error
    except InvalidWheel as error:
        problems, content = (error.reason,), b""
    if problems:
        raise BuiltWheelUnusable(filename=built.filename, target=str(source.target), problems=problems)
    return content
