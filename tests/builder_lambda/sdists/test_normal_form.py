import csv
import hashlib
import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from builder_lambda.distributions.wheel_file import WheelFile
from builder_lambda.sdists.normal_form import normal_form
from tests.builder_lambda.wheel_factory import MadeWheel, make_wheel

FILES = {"demo/b.py": b"b = 1\n" * 50, "demo/a.py": b"", "demo-1.0.data/scripts/run": b"#!python\n"}


def normal(wheel: MadeWheel) -> bytes:
    return normal_form(WheelFile(wheel.filename, wheel.content))


def test_order_time_and_compression_of_the_backend_do_not_matter() -> None:
    forwards = make_wheel(files=FILES)
    backwards = make_wheel(files=dict(reversed(FILES.items())), method=zipfile.ZIP_STORED)
    assert forwards.content != backwards.content
    assert normal(forwards) == normal(backwards)


def test_members_keep_their_content_and_executable_bit() -> None:
    wheel = make_wheel(files=FILES, modes={"demo-1.0.data/scripts/run": 0o100755})
    with zipfile.ZipFile(io.BytesIO(normal(wheel))) as archive:
        assert {name: archive.read(name) for name in FILES} == FILES
        infos = {info.filename: info for info in archive.infolist()}
        assert list(infos) == sorted(infos)
        assert {info.date_time for info in infos.values()} == {(1980, 1, 1, 0, 0, 0)}
        assert infos["demo-1.0.data/scripts/run"].external_attr >> 16 == 0o100755
        assert infos["demo/b.py"].external_attr >> 16 == 0o100644


def test_the_record_is_new_and_old_signatures_are_dropped() -> None:
    wheel = make_wheel(files=FILES, metadata={"RECORD.jws": "{}"})
    with zipfile.ZipFile(io.BytesIO(normal(wheel))) as archive:
        rows = list(csv.reader(io.StringIO(archive.read("demo-1.0.dist-info/RECORD").decode())))
        assert sorted(name for name, _, _ in rows) == sorted(archive.namelist())
        assert "demo-1.0.dist-info/RECORD.jws" not in archive.namelist()
    again = WheelFile(wheel.filename, normal(wheel))
    assert again.declared_sha256("demo/b.py") == hashlib.sha256(FILES["demo/b.py"]).hexdigest()


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}\.py", fullmatch=True), st.binary(max_size=200), max_size=6))
def test_the_normal_form_is_idempotent(files: dict[str, bytes]) -> None:
    wheel = make_wheel(files=files)
    once = normal(wheel)
    assert normal_form(WheelFile(wheel.filename, once)) == once
