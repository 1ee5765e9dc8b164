"""Runs every tool for every set, in turns, so that other work on the machine affects all of them."""

import json
import shutil
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from urllib3.exceptions import HTTPError

from benchmarks import ours
from benchmarks.archive_facts import ArchiveFacts
from benchmarks.import_time import ImportFailed, UnpackedLayer
from benchmarks.layer_set import LayerSet
from benchmarks.link import fetch_into, measure_link, wheel_name, wheel_urls
from benchmarks.measured_process import ProcessFailed, measure
from benchmarks.results import Builds, Series, SetResults, Transfers
from benchmarks.shaped_link import BYTES_PER_SECOND, shaped_link
from benchmarks.tool import Attempt, Case, Tool
from benchmarks.toolbox import Toolbox
from benchmarks.warm_builder import answer_seconds
from benchmarks.wheel_transfer import transfer_seconds
from local_aws.emulator.sandbox import Namespace

IMPORTED = ("ours-lock", "ours-bytecode", "ours-slim", "pip", "uv", "sam", "serverless")
"""The builds whose layers are imported."""
UNDATED = "pip-undated"
"""The layer of pip again, unpacked without the dates of the archive: pip ties bytecode to dates."""

Report = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The compared tools, and where they run."""

    tools: Sequence[Tool]
    toolbox: Toolbox
    runtime: str
    namespace: Namespace | None
    """``None``: imports are not measured."""
    folder: Path
    report: Report

    def run(self, sets: Sequence[LayerSet], repeat: int) -> list[SetResults]:
        """Measure all sets with all tools `repeat` times; each repetition begins with the next tool."""
        with ExitStack() as links:
            by_set = [_SetComparison(comparison=self, layer_set=layer_set, links=links) for layer_set in sets]
            for repetition in range(repeat):
                for one_set in by_set:
                    one_set.measure_once(repetition)
            for one_set in by_set:
                one_set.imports(repeat)
        return [one_set.results for one_set in by_set]


class _SetComparison:
    """One set: its folder, its lock, its wheels and its results."""

    def __init__(self, *, comparison: Comparison, layer_set: LayerSet, links: ExitStack) -> None:
        self._comparison = comparison
        self._folder = comparison.folder / layer_set.name
        (self._folder / "archives").mkdir(parents=True)
        self._case = _locked(comparison, layer_set, self._folder)
        text = self._case.lock.read_text()
        self._urls = wheel_urls(text)
        wheels = self._folder / "wheels"
        wheels.mkdir()
        fetch_into(self._urls, wheels)
        address = links.enter_context(shaped_link(wheels))
        for url in self._urls:
            text = text.replace(url, f"{address}/{wheel_name(url)}")
        lock = self._folder / "pylock.shaped.toml"
        lock.write_text(text)
        self._shaped = Case(
            layer_set=layer_set, lock=lock, warm=self._case.warm, runtime=comparison.runtime, toolbox=comparison.toolbox
        )
        size = sum(file.stat().st_size for file in wheels.iterdir())
        self.results = SetResults(
            name=layer_set.name,
            requirements=layer_set.requirements,
            wheels=len(self._urls),
            wheel_bytes=size,
            builds={one.name: Builds(label=one.label, is_ours=one.is_ours) for one in comparison.tools},
            link=Transfers(label="all wheels, discarded", size_bytes=size),
            shaped=Builds(label=f"{ours.LOCK.label}, shaped link", is_ours=True),
            shaped_limit_seconds=size / BYTES_PER_SECOND,
        )

    def measure_once(self, repetition: int) -> None:
        """Build once with every tool, and measure the real link, the shaped link and the warm builder."""
        tools = self._comparison.tools
        turn = repetition % len(tools)
        try:
            self.results.link.seconds.append(measure_link(self._urls).seconds)
        except (ConnectionError, HTTPError) as error:
            self._comparison.report(f"{self.results.name}: the link: {error}")
        for tool in (*tools[turn:], *tools[:turn]):
            self._build(tool, self._case, self.results.builds[tool.name], tool.name)
        self._build(ours.LOCK, self._shaped, self.results.shaped, "shaped")
        try:
            self.results.shaped_transfer.seconds.append(transfer_seconds(self._shaped, self._folder))
        except ProcessFailed as error:
            self._comparison.report(f"{self.results.name}: transfer: {error}")
        try:
            self.results.warm_builder.seconds.append(answer_seconds(self._case, self._folder))
        except ProcessFailed as error:
            self._comparison.report(f"{self.results.name}: warm builder: {error}")

    def imports(self, repeat: int) -> None:
        """Import every layer in turns. The first import does not count: it brings the files into memory."""
        if self._comparison.namespace is None:
            return
        layers = {}
        for name in (*IMPORTED, UNDATED):
            maker = "pip" if name == UNDATED else name
            archive = self._folder / "archives" / f"{maker}.zip"
            if not archive.exists():
                continue
            try:
                layers[name] = UnpackedLayer.of(
                    archive,
                    root=self._folder / "opt" / name,
                    interpreter=self._comparison.toolbox.interpreter,
                    namespace=self._comparison.namespace,
                    keeps_dates=name != UNDATED,
                )
            except ImportFailed as error:
                self._comparison.report(f"{self.results.name}: the layer of {name}: {error}")
                continue
            self.results.imports[name] = Series(label=self._import_label(name, maker))
        for turn in range(repeat + 1):
            for name, layer in layers.items():
                try:
                    seconds = layer.import_seconds(self._case.layer_set)
                except ImportFailed as error:
                    self._comparison.report(f"{self.results.name}: the layer of {name} does not import: {error}")
                    continue
                if turn:
                    self.results.imports[name].seconds.append(seconds)
        shutil.rmtree(self._folder / "opt", ignore_errors=True)

    def _import_label(self, name: str, maker: str) -> str:
        label = self.results.builds[maker].label
        return f"{label}, dates lost" if name == UNDATED else label

    def _build(self, tool: Tool, case: Case, builds: Builds, name: str) -> None:
        folder = self._folder / "attempt"
        folder.mkdir()
        try:
            attempt = tool.prepare(case, folder)
            took = measure(attempt.command, folder=attempt.folder, environ=attempt.environ)
            _finish(attempt)
        except ProcessFailed as error:
            builds.failure = f"{error.program} ended with status {error.status}"
            self._comparison.report(f"{self.results.name}: {name}: {error}")
        else:
            builds.seconds.append(took.seconds)
            builds.peak_memory_bytes.append(took.peak_memory_bytes)
            if tool.is_ours:
                builds.stages.append(json.loads(took.output)["seconds"])
            builds.archive = ArchiveFacts.of(attempt.archive)
            attempt.archive.replace(self._folder / "archives" / f"{name}.zip")
            self._comparison.report(
                f"{self.results.name}: {name}: {took.seconds:.2f} s, {took.peak_memory_bytes / 1e6:.0f} MB"
            )
        finally:
            shutil.rmtree(folder)


def _locked(comparison: Comparison, layer_set: LayerSet, folder: Path) -> Case:
    """Lock a set with our command line."""
    warm = folder / "warm"
    warm.mkdir()
    case = Case(
        layer_set=layer_set,
        lock=folder / "pylock.toml",
        warm=warm,
        runtime=comparison.runtime,
        toolbox=comparison.toolbox,
    )
    attempt = ours.lock_attempt(case, folder)
    measure(attempt.command, folder=attempt.folder, environ=attempt.environ)
    return case


def _finish(attempt: Attempt) -> None:
    if attempt.afterwards:
        measure(attempt.afterwards, folder=attempt.folder, environ=attempt.environ)
