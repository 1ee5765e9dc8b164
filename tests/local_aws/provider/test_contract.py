"""What the engine may rely on, for every type, over gRPC and against the embedded AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local_aws.provider import wire
from local_aws.provider.resource_types import HANDLERS
from tests.local_aws.provider.engine import Failed
from tests.local_aws.provider.samples import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_aws.provider.wire import Props
    from tests.local_aws.provider.conftest import Aws
    from tests.local_aws.provider.engine import Engine
    from tests.local_aws.provider.sample import Sample

    Make = Callable[[Aws], Sample]

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.parametrize("make", SAMPLES, ids=lambda make: make.__name__),
]


def changed(sample: Sample) -> Props:
    return {name: value for name, value in (sample.program | sample.change).items() if value is not None}


def unchanging(props: Props) -> Props:
    """Return outputs without the times and numbers that a mere read may move."""
    return {name: value for name, value in props.items() if name not in ("lastModified",)}


def test_a_refresh_after_the_creation_finds_nothing_new(live: Engine, aws: Aws, make: Make) -> None:
    sample = make(aws)

    made = live.create(sample.token, "thing", sample.program)
    outputs, inputs = made.outputs, made.inputs
    live.refresh(made)

    assert not made.is_gone
    assert made.outputs == outputs
    assert made.inputs == inputs
    assert not live.diff(made, sample.program).changes


def test_every_input_comes_back_as_an_output(live: Engine, aws: Aws, make: Make) -> None:
    sample = make(aws)

    made = live.create(sample.token, "thing", sample.program)

    for name, value in sample.program.items():
        found = made.outputs[name]
        if isinstance(value, list) and name in HANDLERS[sample.token].traits.sets:
            assert sorted(map(str, wire.texts(made.outputs, name))) == sorted(map(str, value))
        elif isinstance(value, dict) and isinstance(found, dict):
            assert found.items() >= value.items(), name
        elif name not in ("policy", "assumeRolePolicy", "rules"):
            assert found == value, name


def test_a_preview_of_the_creation_promises_what_it_keeps(live: Engine, aws: Aws, make: Make) -> None:
    sample = make(aws)

    planned = live.preview_create(sample.token, sample.program)
    made = live.create(sample.token, "thing", sample.program)

    known = {name: value for name, value in planned.items() if not wire.is_unknown(value)}
    kept = {name: made.outputs.get(name) for name in known}
    loose = {"policy", "assumeRolePolicy", "rules", "compatibleRuntimes", "versioningConfiguration"}
    assert {k: v for k, v in kept.items() if k not in loose} == {k: v for k, v in known.items() if k not in loose}
    assert made.outputs.keys() - planned.keys() <= {"id", *(n for n, v in made.outputs.items() if wire.is_blank(v))}


def test_a_changed_program_updates_or_replaces(live: Engine, aws: Aws, make: Make) -> None:
    sample = make(aws)
    made = live.create(sample.token, "thing", sample.program)

    found = live.diff(made, changed(sample))

    assert found.changes
    assert found.replaces == sample.replaces
    roots = {path.split(".")[0].split("[")[0] for path in found.detailed}
    assert roots == set(sample.change)
    assert all(kind.endswith("_REPLACE") for path, kind in found.detailed.items() if path in sample.replaces)
    if sample.replaces:
        return
    planned = live.update(made, changed(sample), preview=True)
    outputs = live.update(made, changed(sample))
    known = {name: value for name, value in planned.items() if not wire.is_unknown(value)}
    loose = {"policy", "assumeRolePolicy", "rules", "etag", "lastModified", "codeSha256", "sourceCodeSize"}
    differing = {n: (v, outputs.get(n)) for n, v in known.items() if n not in loose and outputs.get(n) != v}
    assert differing.keys() <= {"loggingConfig", "sourceCodeHash", "versioningConfiguration"}
    live.refresh(made)
    assert not live.diff(made, changed(sample)).changes


def test_drift_is_seen_and_repaired(live: Engine, aws: Aws, make: Make) -> None:
    sample = make(aws)
    if sample.drift is None:
        assert sample.replaces, "a thing that can be changed in place can drift"
        return
    made = live.create(sample.token, "thing", sample.program)

    sample.drift()
    live.refresh(made)

    assert live.diff(made, sample.program).detailed == sample.drifted
    live.update(made, sample.program)
    live.refresh(made)
    assert not live.diff(made, sample.program).changes


def test_what_is_gone_reads_as_gone_and_may_be_deleted_again(live: Engine, aws: Aws, make: Make) -> None:
    sample = make(aws)
    made = live.create(sample.token, "thing", sample.program)

    live.delete(made)
    live.delete(made)
    live.refresh(made)

    # a bucket that once kept versions has a versioning for ever, and new buckets are always encrypted
    lasting = {"bucket_versioning", "bucket_encryption"}
    assert made.is_gone or make.__name__ in lasting


def test_an_import_finds_the_thing_and_the_program_that_made_it(live: Engine, aws: Aws, make: Make) -> None:
    sample = make(aws)
    made = live.create(sample.token, "thing", sample.program)
    if make.__name__ == "object_copy":
        with pytest.raises(Failed) as refused:
            live.import_(sample.token, "thing", "copy.zip")
        assert str(refused.value) == "resources of type aws:s3/objectCopy:ObjectCopy cannot be imported"
        return

    found = live.import_(sample.token, "thing", sample.import_id or made.id)

    assert found.id == made.id
    differing = set(live.diff(found, sample.program).detailed)
    assert differing == set(sample.only_program)
