"""A port that stays the same."""

import socket
from pathlib import Path

from local_aws.processes.port import HOST, PORTS, is_free, kept_port


def test_a_free_port_is_kept(tmp_path: Path) -> None:
    port = kept_port(tmp_path / "aws" / "port")

    assert port in PORTS
    assert kept_port(tmp_path / "aws" / "port") == port


def test_a_port_that_another_took_is_replaced(tmp_path: Path) -> None:
    port = kept_port(tmp_path / "port")
    with socket.create_server((HOST, port)):
        assert not is_free(port)
        assert kept_port(tmp_path / "port") != port


def test_a_file_that_names_no_port_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "port").write_text("not a number")

    assert kept_port(tmp_path / "port") in PORTS
