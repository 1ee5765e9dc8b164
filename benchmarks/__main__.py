"""Measure this product and its relatives side by side, in one run: `python -m benchmarks`."""

import shutil
import sys
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks import ours, tables
from benchmarks.contender import Contender
from benchmarks.goals import goals_of
from benchmarks.import_time import NoNamespace, private_namespace
from benchmarks.layer_set import SETS, chosen_sets
from benchmarks.local_server import NoStack, served
from benchmarks.machine import Machine
from benchmarks.measured_process import ProcessFailed
from benchmarks.race import Race
from benchmarks.relatives import PipAndZip, SamBuild, ServerlessPlugin, UvAndZip
from benchmarks.report_page import report_page
from benchmarks.results import Results
from benchmarks.shaped_link import BYTES_PER_SECOND
from benchmarks.toolbox import Toolbox
from local_aws.errors import LocalAwsError

_HERE = Path(__file__).parent
_PLAIN_WIDTH = 170
"""Off a terminal the widest table is not folded."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--repeat", type=click.IntRange(1), default=5, show_default=True, help="Repetitions of everything.")
@click.option(
    "--sets",
    "names",
    multiple=True,
    type=click.Choice([layer_set.name for layer_set in SETS]),
    help="Only this set; may be repeated. All of them if left out.",
)
@click.option(
    "--without",
    multiple=True,
    type=click.Choice(["pip", "uv", "uv-warm", "sam", "serverless"]),
    help="Leave out this relative; may be repeated. The last one takes more than a minute for each of the big sets.",
)
@click.option("--runtime", default="python3.12", show_default=True, help="Its interpreter must be on this machine.")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=_HERE,
    help="Folder for results.json and report.html; that of the benchmarks if left out.",
)
def main(repeat: int, names: tuple[str, ...], without: tuple[str, ...], runtime: str, output: Path) -> None:
    """Build real layers with this product, pip, uv, sam and the Serverless Framework, in turns, and compare."""
    progress = Console(stderr=True)
    try:
        tools = Toolbox.made(runtime)
    except LocalAwsError as error:
        raise click.ClickException(str(error)) from error
    left_out = dict.fromkeys(without, "was not asked for")
    if tools.serverless is None:
        left_out["serverless"] = tools.why_no_serverless
    results = Results(
        machine=Machine.this(),
        runtime=runtime,
        architecture=tools.architecture,
        programs=tools.versions(),
        repeat=repeat,
        began=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        left_out=left_out,
        bytes_per_second=BYTES_PER_SECOND,
    )
    try:
        namespace = private_namespace()
    except NoNamespace:
        namespace = None
        left_out["imports"] = "no mount namespace is to be had on this machine"
    folder = Path(tempfile.mkdtemp(prefix="layer-benchmarks-"))
    try:
        with served(NoStack) as cloudformation:
            race = Race(
                contenders=[one for one in _contenders(cloudformation) if one.name not in left_out],
                tools=tools,
                runtime=runtime,
                namespace=namespace,
                folder=folder,
                say=lambda line: progress.print(line, markup=False, highlight=False),
            )
            results.sets = race.run(chosen_sets(names), repeat)
    except ProcessFailed as error:  # a lock or a warm cache: without them there is nothing to compare
        raise click.ClickException(str(error)) from error
    finally:
        with suppress(OSError):
            shutil.rmtree(folder)
    output.mkdir(parents=True, exist_ok=True)
    (output / "results.json").write_text(results.to_json())
    (output / "report.html").write_text(report_page(results))
    _show(results)


def _contenders(cloudformation: str) -> tuple[Contender, ...]:
    uv_again = UvAndZip(name="uv-warm", label="uv, its cache kept, zip", keeps_cache=True)
    plugin = ServerlessPlugin(cloudformation=cloudformation)
    return (*ours.CONTENDERS, PipAndZip(), UvAndZip(), uv_again, SamBuild(), plugin)


def _show(results: Results) -> None:
    console = Console(width=None if sys.stdout.isatty() else _PLAIN_WIDTH)
    console.print(str(results.machine), highlight=False)
    for columns, rows in (
        tables.build_table(results),
        tables.memory_table(results),
        tables.import_table(results),
        tables.link_table(results),
        tables.goal_table(goals_of(results)),
    ):
        table = Table(*columns)
        for row in rows:
            table.add_row(*row)
        console.print(table)
    for name, why in results.left_out.items():
        console.print(f"not measured: {name}: {why}", markup=False)


if __name__ == "__main__":
    main()
