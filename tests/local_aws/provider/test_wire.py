"""Properties to structs and back."""

from google.protobuf import struct_pb2

from local_aws.provider import wire

SECRET = {wire.SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": "hidden"}
OUTPUT = {wire.SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "dependencies": []}


def test_properties_survive_the_way_there_and_back() -> None:
    props: wire.Props = {"text": "a", "number": 1, "part": 1.5, "flag": False, "list": [1, "a"], "map": {"a": {"b": 1}}}

    assert wire.decode(wire.encode(props)) == props


def test_whole_numbers_are_whole_and_missing_ones_are_left_out() -> None:
    decoded = wire.decode(wire.encode({"number": 128.0, "none": None}))

    assert decoded == {"number": 128}
    assert isinstance(decoded["number"], int)


def test_secrets_and_outputs_are_unwrapped() -> None:
    struct = struct_pb2.Struct()
    struct.update({"secret": SECRET, "list": [SECRET], "unknown": OUTPUT, "known": {**OUTPUT, "value": 1}})

    assert wire.decode(struct) == {"secret": "hidden", "list": ["hidden"], "unknown": wire.UNKNOWN, "known": 1}


def test_an_unknown_value_is_found_anywhere() -> None:
    assert wire.is_unknown({"a": [{"b": wire.UNKNOWN}]})
    assert not wire.is_unknown({"a": [{"b": "known"}]})
