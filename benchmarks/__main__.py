"""Compare this product with other tools in one run: `python -m benchmarks`."""

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
from benchmarks.alternatives import PipAndZip, SamBuild, ServerlessPlugin, UvAndZip
from benchmarks.comparison import Comparison
from benchmarks.goals import goals_of
from benchmarks.import_time import NoNamespace, private_namespace
from benchmarks.layer_set import SETS, chosen_sets
from benchmarks.local_server import NoStack, served
from benchmarks.machine import Machine
from benchmarks.measured_process import ProcessFailed
from benchmarks.report_page import report_page
from benchmarks.results import Results
from benchmarks.shaped_link import BYTES_PER_SECOND
from benchmarks.tool import Tool
from benchmarks.toolbox import Toolbox
from local_aws.errors import LocalAwsError

_HERE = Path(__file__).parent
_PLAIN_WIDTH = 170
"""Wide enough for the widest table, if the output is not a terminal."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--repeat", type=click.IntRange(1), default=5, show_default=True, help="How often to measure.")
@click.option(
    "--sets",
    "names",
    multiple=True,
    type=click.Choice([layer_set.name for layer_set in SETS]),
    help="Only this set; may be repeated. Default: all sets.",
)
@click.option(
    "--without",
    multiple=True,
    type=click.Choice(["pip", "uv", "uv-warm", "sam", "serverless"]),
    help="Leave out this tool; may be repeated. serverless takes more than a minute for each large set.",
)
@click.option("--runtime", default="python3.12", show_default=True, help="This machine must have its interpreter.")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=_HERE,
    help="Folder for results.json and report.html. Default: the folder of the benchmarks.",
)
def main(repeat: int, names: tuple[str, ...], without: tuple[str, ...], runtime: str, output: Path) -> None:
    """Build real layers with this product, pip, uv, sam and the Serverless Framework, and compare them."""
    progress = Console(stderr=True)
    try:
        toolbox = Toolbox.made(runtime)
    except LocalAwsError as error:
        raise click.ClickException(str(error)) from error
    left_out = dict.fromkeys(without, "left out by --without")
    if toolbox.serverless is None:
        left_out["serverless"] = toolbox.why_no_serverless
    results = Results(
        machine=Machine.this(),
        runtime=runtime,
        architecture=toolbox.architecture,
        programs=toolbox.versions(),
        repeat=repeat,
        began=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        left_out=left_out,
        bytes_per_second=BYTES_PER_SECOND,
    )
    try:
        namespace = private_namespace()
    except NoNamespace:
        namespace = None
        left_out["imports"] = "this machine has no mount namespaces"
    folder = Path(tempfile.mkdtemp(prefix="layer-benchmarks-"))
    try:
        with served(NoStack) as cloudformation:
            comparison = Comparison(
                tools=[one for one in _tools(cloudformation) if one.name not in left_out],
                toolbox=toolbox,
                runtime=runtime,
                namespace=namespace,
                folder=folder,
                report=lambda line: progress.print(line, markup=False, highlight=False),
            )
            results.sets = comparison.run(chosen_sets(names), repeat)
    except ProcessFailed as error:  # no lock or no warm cache: there is nothing to compare
        raise click.ClickException(str(error)) from error
    finally:
        with suppress(OSError):
            shutil.rmtree(folder)
    output.mkdir(parents=True, exist_ok=True)
    (output / "results.json").write_text(results.to_json())
    (output / "report.html").write_text(report_page(results))
    _show(results)


def _tools(cloudformation: str) -> tuple[Tool, ...]:
    uv_again = UvAndZip(name="uv-warm", label="uv, its cache kept, zip", keeps_cache=True)
    plugin = ServerlessPlugin(cloudformation=cloudformation)
    return (*ours.VARIANTS, PipAndZip(), UvAndZip(), uv_again, SamBuild(), plugin)


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
