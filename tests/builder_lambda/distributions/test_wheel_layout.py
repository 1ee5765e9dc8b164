import base64
import csv
import hashlib
import io

import pytest

from builder_lambda.archive.entry import DEFLATED, STORED, ArchiveEntry
from builder_lambda.distributions.wheel_file import WheelFile
from builder_lambda.distributions.wheel_layout import installed_entries
from builder_lambda.errors.wheels import InvalidWheel
from tests.builder_lambda.wheel_factory import MadeWheel, make_wheel

PYTHON = "/var/lang/bin/python3.12"


def laid_out(wheel: MadeWheel) -> dict[str, ArchiveEntry]:
    entries = installed_entries(WheelFile(wheel.filename, wheel.content), interpreter=PYTHON)
    assert [entry.path for entry in entries] == sorted(entry.path for entry in entries)
    return {entry.path: entry for entry in entries}


def refusal(wheel: MadeWheel) -> str:
    with pytest.raises(InvalidWheel) as caught:
        laid_out(wheel)
    return caught.value.reason


def content(entry: ArchiveEntry) -> bytes:
    assert entry.method == STORED
    return bytes(entry.packed)


def test_members_keep_their_packed_bytes_and_lose_odd_modes() -> None:
    wheel = make_wheel(
        files={"demo/a.py": "a = 1\n" * 50, "demo/run.sh": "#!/bin/sh\n"},
        modes={"demo/a.py": 0o100640, "demo/run.sh": 0o100710},
    )
    found = laid_out(wheel)

    assert found["demo/a.py"].method == DEFLATED
    assert bytes(found["demo/a.py"].packed) in wheel.content
    assert found["demo/a.py"].sha256 == hashlib.sha256(b"a = 1\n" * 50).hexdigest()
    assert found["demo/a.py"].owner == "demo 1.0"
    assert {path: found[path].mode for path in ("demo/a.py", "demo/run.sh")} == {
        "demo/a.py": 0o644,
        "demo/run.sh": 0o755,
    }


def test_data_folder_goes_where_pip_puts_it_for_a_target() -> None:
    found = laid_out(
        make_wheel(
            files={
                "demo-1.0.data/purelib/pure.py": "",
                "demo-1.0.data/platlib/plat.py": "",
                "demo-1.0.data/data/share/demo.txt": "",
                "demo-1.0.data/headers/demo.h": "",
                "demo-1.0.data/scripts/native": b"\x7fELF",
                "demo-1.0.data/scripts/tool": "#!python -E\nprint()\n",
                "demo-1.0.data/scripts/gui.py": "#!pythonw\r\nprint()\n",
            }
        )
    )

    assert [path for path in found if ".dist-info/" not in path] == [
        "bin/gui.py",
        "bin/native",
        "bin/tool",
        "include/demo/demo.h",
        "plat.py",
        "pure.py",
        "share/demo.txt",
    ]
    assert content(found["bin/tool"]) == b"#!/var/lang/bin/python3.12\nprint()\n"
    assert content(found["bin/gui.py"]) == b"#!/var/lang/bin/python3.12\nprint()\n"
    assert {found[path].mode for path in ("bin/tool", "bin/native", "bin/gui.py")} == {0o755}


def test_entry_points_become_scripts() -> None:
    found = laid_out(
        make_wheel(
            metadata={
                "entry_points.txt": "[console_scripts]\nDemo = demo.cli:App.run [color]\n[gui_scripts]\ng=demo:gui\n"
                "[other]\nx = y\n"
            }
        )
    )

    assert content(found["bin/Demo"]).decode() == (
        "#!/var/lang/bin/python3.12\n"
        "import sys\n"
        "from demo.cli import App\n"
        "if __name__ == '__main__':\n"
        "    sys.argv[0] = sys.argv[0].removesuffix('.exe')\n"
        "    sys.exit(App.run())\n"
    )
    assert found["bin/Demo"].mode == 0o755
    assert set(found) >= {"bin/Demo", "bin/g"}
    assert "bin/x" not in found


def test_record_is_of_what_is_installed() -> None:
    wheel = make_wheel(
        files={"demo/a.py": "a = 1\n", "demo-1.0.data/scripts/tool": "#!python\n"},
        metadata={"RECORD.jws": "{}", "INSTALLER": "pip\n"},
    )
    found = laid_out(wheel)
    rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(content(found["demo-1.0.dist-info/RECORD"]).decode()))}

    expected = base64.urlsafe_b64encode(hashlib.sha256(b"a = 1\n").digest()).decode().rstrip("=")
    assert list(rows) == sorted(found)
    assert rows["demo/a.py"] == [f"sha256={expected}", "6"]
    assert rows["demo-1.0.dist-info/RECORD"] == ["", ""]
    assert rows["bin/tool"][1] == str(found["bin/tool"].size)
    assert content(found["demo-1.0.dist-info/INSTALLER"]) == b"python-layers\n"
    assert "demo-1.0.dist-info/RECORD.jws" not in found


def test_digest_that_record_lacks_is_computed() -> None:
    wheel = make_wheel(files={"demo/a.py": "a = 1\n"}, record="demo/a.py,,\ndemo-1.0.dist-info/RECORD,,\n")
    assert laid_out(wheel)["demo/a.py"].sha256 == hashlib.sha256(b"a = 1\n").hexdigest()


@pytest.mark.parametrize(
    ("wheel", "reason"),
    [
        (
            make_wheel(files={"demo-1.0.data/nowhere/x": ""}),
            "its member 'demo-1.0.data/nowhere/x' has no place to go to",
        ),
        (make_wheel(files={"demo-1.0.data/scripts": ""}), "its member 'demo-1.0.data/scripts' has no place to go to"),
        (
            make_wheel(files={"a.py": "", "demo-1.0.data/purelib/a.py": ""}),
            "its members 'a.py' and 'demo-1.0.data/purelib/a.py' have one place",
        ),
        (
            make_wheel(files={"a.py": ""}, record="a.py,sha256=abc,0\n"),
            "its RECORD has no proper sha256 for 'a.py'",
        ),
        (
            make_wheel(metadata={"entry_points.txt": "no section"}),
            "its 'demo-1.0.dist-info/entry_points.txt' cannot be read",
        ),
        (
            make_wheel(metadata={"entry_points.txt": "[console_scripts]\n../evil = a:b\n"}),
            "its entry point '../evil' cannot be read",
        ),
        (
            make_wheel(metadata={"entry_points.txt": "[console_scripts]\nx = a\n"}),
            "its entry point 'x' cannot be read",
        ),
        (
            make_wheel(metadata={"entry_points.txt": "[console_scripts]\nx = a;import os:b\n"}),
            "its entry point 'x' cannot be read",
        ),
    ],
)
def test_wheel_that_cannot_be_installed_is_refused(wheel: MadeWheel, reason: str) -> None:
    assert refusal(wheel) == reason


@pytest.mark.parametrize("name", ["a\0b", "a\x1b[2J", "a\\b", "a\u2028b", "a\u202eb", "a\x9bb", ".", "..", "C:x"])
def test_an_entry_point_has_a_name_that_a_file_may_have(name: str) -> None:
    wheel = make_wheel(metadata={"entry_points.txt": f"[console_scripts]\n{name} = demo:main\n"})
    assert refusal(wheel) == f"its entry point {name!r} has an unsafe path"


def test_an_entry_point_has_a_name_that_fits_a_file_system() -> None:
    wheel = make_wheel(metadata={"entry_points.txt": f"[console_scripts]\n{'é' * 128} = demo:main\n"})
    assert refusal(wheel) == f"its entry point {'é' * 128!r} has a name that is too long for a file system"


def test_a_data_folder_leads_to_no_unsafe_path() -> None:
    wheel = make_wheel(files={"demo-1.0.data/purelib/C:/x.py": ""})
    assert refusal(wheel) == "its member 'demo-1.0.data/purelib/C:/x.py' has an unsafe path"


@pytest.mark.parametrize(
    "member",
    [
        "demo-1.0.data/purelib/requests-9.9.dist-info/METADATA",
        "demo-1.0.data/data/demo-9.9.dist-info/METADATA",
        "demo-1.0.data/platlib/requests-9.9.DIST-INFO/METADATA",
        "demo-1.0.data/platlib/requests-9.9.egg-info/PKG-INFO",
        "requests.egg-info/PKG-INFO",
    ],
)
def test_a_wheel_cannot_pose_as_another_project(member: str) -> None:
    assert refusal(make_wheel(files={member: "Name: requests\nVersion: 9.9\n"})).startswith(
        f"its member {member!r} would be the metadata of another "
    )


def test_metadata_of_vendored_projects_and_own_remains_may_stay() -> None:
    files = {"demo/_vendor/six-1.0.dist-info/METADATA": "", "demo.egg-info/PKG-INFO": ""}
    assert files.keys() <= laid_out(make_wheel(files=files)).keys()
