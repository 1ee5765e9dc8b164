"""The script that lays out a function's file system."""

from pathlib import Path

from local_aws.emulator.sandbox import FunctionFolders, Namespace, sandbox_script

ROOT = Namespace(command=("unshare", "--mount"), covers_var=False)


def script(namespace: Namespace | None, root: str, visible: tuple[str, ...] = ()) -> str:
    folders = FunctionFolders(root=Path(root))
    paths = tuple(Path(path) for path in visible)
    return sandbox_script(namespace, folders, ["python", "-m", "x y"], visible=paths, scratch_mib=512)


def test_the_folders_are_mounted_and_the_command_takes_the_place_of_the_shell() -> None:
    assert script(ROOT, "/made/f") == (
        "exec setsid unshare --mount sh -c 'set -e\n"
        "mount -t tmpfs -o size=512m,mode=1777 tmpfs /made/f/tmp\n"
        "mkdir -p /var/task\n"
        "mount --bind /made/f/task /var/task\n"
        "mount -o remount,ro,bind /var/task 2>/dev/null || true\n"
        "mount --bind /made/f/opt /opt\n"
        "mount --rbind /made/f/tmp /tmp\n"
        "cd /var/task\n"
        "exec python -m '\"'\"'x y'\"'\"''"
    )


def test_the_mount_that_hides_the_folders_themselves_comes_last() -> None:
    below_opt = script(ROOT, "/opt/clone/f")
    below_tmp = script(ROOT, "/tmp/clone/f")  # noqa: S108  a path in a text

    assert below_opt.index(" /tmp\n") < below_opt.index(" /opt\n")
    assert below_tmp.index(" /opt\n") < below_tmp.index(" /tmp\n")


def test_an_interpreter_below_a_hidden_folder_stays_visible() -> None:
    lines = script(ROOT, "/made/f", visible=("/opt/hosted/python", "/usr")).splitlines()

    carried = "mkdir -p /made/f/opt/hosted/python && mount --rbind /opt/hosted/python /made/f/opt/hosted/python"
    assert carried in lines
    assert lines.index(carried) < lines.index("mount --bind /made/f/opt /opt")
    assert not any("/usr" in line for line in lines)


def test_without_a_namespace_the_command_runs_in_its_own_folder() -> None:
    assert script(None, "/made/f") == "cd /made/f/task\nexec setsid sh -c 'exec python -m '\"'\"'x y'\"'\"''"
