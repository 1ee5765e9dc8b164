"""The engine asks for many resources at once, and pulumi_aws loads its packages at first use, for one thread only."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
from concurrent.futures import ThreadPoolExecutor
from local_aws.provider.resource_types import HANDLERS
with ThreadPoolExecutor(32) as pool:
    schemas = list(pool.map(lambda handler: handler.traits.schema, list(HANDLERS.values()) * 4))
assert len(schemas) == 4 * len(HANDLERS)
"""


def test_many_threads_may_ask_for_schemas_first() -> None:
    root = Path(__file__).parent.parent.parent.parent
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
