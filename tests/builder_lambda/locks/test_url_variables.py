from pathlib import Path

import pytest

from builder_lambda import Target
from builder_lambda.errors.locks import InvalidLock, UnusableLock
from builder_lambda.locks.given import read_lock, read_whole_lock
from builder_lambda.locks.pylock import parse_lock

URL = "https://collector.example/${AWS_SECRET_ACCESS_KEY}/pkg-1.0-py3-none-any.whl"
DIGEST = "a" * 64
HASHES = f'{{sha256 = "{DIGEST}"}}'
HEAD = 'lock-version = "1.0"\ncreated-by = "test"\n[[packages]]\nname = "pkg"\nversion = "1.0"\n'
POETRY = f"""
[[package]]
name = "pkg"
version = "1.0"
groups = ["main"]
files = [{{file = "pkg-1.0-py3-none-any.whl", hash = "sha256:{DIGEST}"}}]
[package.source]
type = "url"
url = "{URL}"
[metadata]
lock-version = "2.1"
python-versions = "*"
content-hash = ""
"""


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("pylock.toml", f'{HEAD}wheels = [{{url = "{URL}", hashes = {HASHES}}}]\n', 6),
        ("pylock.toml", f'{HEAD}archive = {{url = "{URL}", hashes = {HASHES}}}\n', 6),
        ("pylock.toml", f'{HEAD}[packages.sdist]\nurl = "{URL[:-17]}.tar.gz"\nhashes = {HASHES}\n', 7),
        ("poetry.lock", POETRY, 9),
    ],
)
def test_an_address_with_a_variable_is_refused_with_its_line(name: str, text: str, line: int, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UnusableLock) as refused:
        read_lock(tmp_path / name, Target.parse("python3.12", "x86_64"))
    assert f"pkg:{line}: an address holds '${{'" in str(refused.value)
    with pytest.raises(InvalidLock, match="an address holds"):
        read_whole_lock(tmp_path / name)


def test_a_lock_of_the_store_with_a_variable_is_refused() -> None:
    with pytest.raises(InvalidLock, match="pkg:6: an address holds"):
        parse_lock(f'{HEAD}wheels = [{{url = "{URL}", hashes = {HASHES}}}]\n')
