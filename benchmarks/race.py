"""One run: every contender over every set, in turns, so that what the machine does meanwhile hits all alike."""

import json
import shutil
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from urllib3.exceptions import HTTPError

from benchmarks import ours
from benchmarks.archive_facts import ArchiveFacts
from benchmarks.contender import Attempt, Case, Contender
from benchmarks.import_time import ImportFailed, UnpackedLayer
from benchmarks.layer_set import LayerSet
from benchmarks.link import fetch_into, measure_link, wheel_name, wheel_urls
from benchmarks.measured_process import ProcessFailed, measure
from benchmarks.results import Builds, Series, SetResults, Transfers
from benchmarks.shaped_link import BYTES_PER_SECOND, shaped_link
from benchmarks.toolbox import Toolbox
from benchmarks.warm_builder import answer_seconds
from benchmarks.wheel_transfer import transfer_seconds
from local_aws.emulator.sandbox import Namespace

IMPORTED = ("ours-lock", "ours-bytecode", "ours-slim", "pip", "uv", "sam", "serverless")
"""Whose layers are imported."""
UNDATED = "pip-undated"
"""The layer of pip once more, unpacked without the dates of the archive: pip ties bytecode to them."""

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Race:
    """What takes part, and where."""

    contenders: Sequence[Contender]
    tools: Toolbox
    runtime: str
    namespace: Namespace | None
    """Without one nothing is imported."""
    folder: Path
    say: Say

    def run(self, sets: Sequence[LayerSet], repeat: int) -> list[SetResults]:
        """Measure `repeat` times, each time all sets with all contenders, the order turned by one from time to time."""
        with ExitStack() as links:
            tracks = [_Track(race=self, layer_set=layer_set, links=links) for layer_set in sets]
            for repetition in range(repeat):
                for track in tracks:
                    track.lap(repetition)
            for track in tracks:
                track.imports(repeat)
        return [track.results for track in tracks]


class _Track:
    """One set: its folder, its lock, its wheels, its results."""

    def __init__(self, *, race: Race, layer_set: LayerSet, links: ExitStack) -> None:
        self._race = race
        self._folder = race.folder / layer_set.name
        (self._folder / "archives").mkdir(parents=True)
        self._case = _locked(race, layer_set, self._folder)
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
            layer_set=layer_set, lock=lock, warm=self._case.warm, runtime=race.runtime, tools=race.tools
        )
        size = sum(file.stat().st_size for file in wheels.iterdir())
        self.results = SetResults(
            name=layer_set.name,
            requirements=layer_set.requirements,
            wheels=len(self._urls),
            wheel_bytes=size,
            builds={one.name: Builds(label=one.label, is_ours=one.is_ours) for one in race.contenders},
            link=Transfers(label="all wheels, nothing done with them", size_bytes=size),
            shaped=Builds(label=f"{ours.LOCK.label}, shaped link", is_ours=True),
            shaped_limit_seconds=size / BYTES_PER_SECOND,
        )

    def lap(self, repetition: int) -> None:
        """Let every contender build once, and measure the link as it is, the shaped link and the warm builder."""
        contenders = self._race.contenders
        turn = repetition % len(contenders)
        try:
            self.results.link.seconds.append(measure_link(self._urls).seconds)
        except (ConnectionError, HTTPError) as error:
            self._race.say(f"{self.results.name}: the link: {error}")
        for contender in (*contenders[turn:], *contenders[:turn]):
            self._build(contender, self._case, self.results.builds[contender.name], contender.name)
        self._build(ours.LOCK, self._shaped, self.results.shaped, "shaped")
        try:
            self.results.shaped_transfer.seconds.append(transfer_seconds(self._shaped, self._folder))
        except ProcessFailed as error:
            self._race.say(f"{self.results.name}: transfer: {error}")
        try:
            self.results.warm_builder.seconds.append(answer_seconds(self._case, self._folder))
        except ProcessFailed as error:
            self._race.say(f"{self.results.name}: warm builder: {error}")

    def imports(self, repeat: int) -> None:
        """Import every layer in turns, once before it counts: what is read must be in memory for all alike."""
        if self._race.namespace is None:
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
                    interpreter=self._race.tools.interpreter,
                    namespace=self._race.namespace,
                    keeps_dates=name != UNDATED,
                )
            except ImportFailed as error:
                self._race.say(f"{self.results.name}: the layer of {name}: {error}")
                continue
            self.results.imports[name] = Series(label=self._import_label(name, maker))
        for lap in range(repeat + 1):
            for name, layer in layers.items():
                try:
                    seconds = layer.import_seconds(self._case.layer_set)
                except ImportFailed as error:
                    self._race.say(f"{self.results.name}: the layer of {name} does not import: {error}")
                    continue
                if lap:
                    self.results.imports[name].seconds.append(seconds)
        shutil.rmtree(self._folder / "opt", ignore_errors=True)

    def _import_label(self, name: str, maker: str) -> str:
        label = self.results.builds[maker].label
        return f"{label}, dates lost" if name == UNDATED else label

    def _build(self, contender: Contender, case: Case, builds: Builds, name: str) -> None:
        folder = self._folder / "attempt"
        folder.mkdir()
        try:
            attempt = contender.prepare(case, folder)
            took = measure(attempt.command, folder=attempt.folder, environ=attempt.environ)
            _finish(attempt)
        except ProcessFailed as error:
            builds.failure = f"{error.program} ended with status {error.status}"
            self._race.say(f"{self.results.name}: {name}: {error}")
        else:
            builds.seconds.append(took.seconds)
            builds.peak_memory_bytes.append(took.peak_memory_bytes)
            if contender.is_ours:
                builds.stages.append(json.loads(took.output)["seconds"])
            builds.archive = ArchiveFacts.of(attempt.archive)
            attempt.archive.replace(self._folder / "archives" / f"{name}.zip")
            self._race.say(f"{self.results.name}: {name}: {took.seconds:.2f} s, {took.peak_memory_bytes / 1e6:.0f} MB")
        finally:
            shutil.rmtree(folder)


def _locked(race: Race, layer_set: LayerSet, folder: Path) -> Case:
    """Make the lock of a set by our own command line."""
    warm = folder / "warm"
    warm.mkdir()
    case = Case(layer_set=layer_set, lock=folder / "pylock.toml", warm=warm, runtime=race.runtime, tools=race.tools)
    attempt = ours.lock_attempt(case, folder)
    measure(attempt.command, folder=attempt.folder, environ=attempt.environ)
    return case


def _finish(attempt: Attempt) -> None:
    if attempt.afterwards:
        measure(attempt.afterwards, folder=attempt.folder, environ=attempt.environ)
