import pytest

from builder_lambda.contract.internal_addresses import is_internal


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1:9001", "127.9.9.9", "localhost", "LOCALHOST.", "api.localhost", "localhost.localdomain"),
        *("169.254.169.254", "169.254.169.254.", "169.254.170.2", "0"),
        *("2130706433", "2852039166", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "0xa9.0xfe.0xa9.0xfe"),
        *("[::1]", "[::]", "[fe80::1]", "[fe80::1%25eth0]", "[fd00:ec2::254]"),
        *("[::ffff:127.0.0.1]", "[::ffff:a9fe:a9fe]", "[64:ff9b::7f00:1]", "[::127.0.0.1]", "[2002:7f00:1::]"),
        *("%31%32%37.0.0.1", "\uff11\uff12\uff17.0.0.1", "127\u30020\u30020\u30021"),
    ],
)
def test_addresses_of_the_machine_are_internal_in_any_notation(host: str) -> None:
    assert is_internal(f"http://{host}/simple/")


@pytest.mark.parametrize(
    "url",
    [
        *("https://index.example/simple/", "https://10.0.0.5/", "https://192.168.1.1/", "https://172.16.0.1/"),
        *("https://[2001:db8::1]/", "https://[fd12::1]/", "https://127.example/", "https://localhost.example/"),
        *("https://1.2.3.4.5/", "https://999999999999/", "https://8.8.8.8/", "https://", "https://[::1", ""),
    ],
)
def test_other_addresses_are_not_internal(url: str) -> None:
    assert not is_internal(url)
