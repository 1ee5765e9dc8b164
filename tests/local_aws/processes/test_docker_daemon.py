import os
from pathlib import Path

import pytest

from local_aws.environments.folders import Folders
from local_aws.environments.interpreters import find_interpreters
from local_aws.processes.build_image import import_build_image
from local_aws.processes.docker_daemon import DockerUnavailable, docker_daemon


def test_a_daemon_runs_the_stand_in_image_and_is_gone_afterwards() -> None:
    cache = Folders.of_clone().cache
    interpreter = find_interpreters()[-1]
    try:
        with docker_daemon(cache) as daemon:
            pid = int((daemon.socket.parent / "pid").read_text())
            import_build_image(daemon, interpreter, "stand-in:1", cache)
            program = "import ssl, sqlite3, ctypes, pip, sys; print(sys.prefix, '%d.%d' % sys.version_info[:2])"
            command = ["--user", "1234:1234", "--entrypoint", interpreter.runtime, "stand-in:1", "-c", program]
            said = daemon.docker("run", "--rm", "--network", "host", *command)
            folder = daemon.socket.parent
    except DockerUnavailable as error:
        pytest.skip(f"NO DOCKER DAEMON WAS TESTED: {error}")
    assert said.split() == ["/var/lang", interpreter.runtime.removeprefix("python")]
    assert not Path(f"/proc/{pid}").exists()
    assert not folder.exists()


def test_who_is_not_root_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(DockerUnavailable) as raised, docker_daemon(tmp_path):
        pass
    assert str(raised.value) == "no Docker daemon can run here: it must be started by root"


def test_without_debian_there_is_nothing_to_fetch_it_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda *_asked, **_more: None)
    with pytest.raises(DockerUnavailable) as raised, docker_daemon(tmp_path):
        pass
    assert raised.value.reason == "dockerd is not on PATH, and it cannot be fetched without apt-get and dpkg"


def test_a_daemon_that_ends_at_once_is_told_with_its_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    for name in ("dockerd", "docker"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\necho no cgroups here\nexit 1\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(DockerUnavailable) as raised, docker_daemon(tmp_path):
        pass
    assert raised.value.reason == "dockerd does not start:\nno cgroups here"
