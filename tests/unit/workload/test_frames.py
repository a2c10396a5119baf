import io
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackproof.model import LoadReport, Outcome, Sample
from stackproof.protocols import Acknowledged
from stackproof.workload import Latencies, LoadSummary
from stackproof.workload.frames import (
    Batch,
    Failed,
    Finished,
    Frame,
    Packer,
    Ready,
    encode,
    read_frame,
    unpack,
)

TIMES = st.floats(0, 1e9)
SAMPLES = st.builds(Sample, st.just("s"), TIMES, TIMES, TIMES, st.sampled_from(Outcome), st.text(max_size=80))
FRAMES: tuple[Frame, ...] = (
    Ready(),
    Failed("wörds\nand more"),
    Finished(LoadReport("s", 3, 2, 1, 0.1, kept_up=False), LoadSummary(1, {"reset": 1}, Latencies(1, 2, 3, 4, 5), 9.5)),
    Finished(LoadReport("s", 0, 0, 0, 0, kept_up=True), LoadSummary(0, {}, None, 0)),
)


@pytest.mark.parametrize("frame", FRAMES)
def test_a_frame_reaches_the_parent_unchanged(frame: Frame) -> None:
    """Two in a row are read back equal, and nothing is left over."""
    stream = io.BytesIO(encode(frame) + encode(frame))
    assert read_frame(stream) == frame
    assert read_frame(stream) == frame
    assert stream.read() == b""


@given(st.lists(SAMPLES, min_size=1))
def test_samples_reach_the_parent_to_the_last_bit(samples: list[Sample]) -> None:
    """Times, outcomes and details, in their order."""
    packer = Packer()
    for sample in samples:
        packer.add(sample, None)
    stream = io.BytesIO(packer.take())
    batch = read_frame(stream)
    assert isinstance(batch, Batch)
    assert list(unpack(batch, "s")) == samples
    assert stream.read() == b""
    assert packer.take() == b""


def test_acknowledged_files_go_with_their_samples() -> None:
    """The ledger's entries arrive unchanged."""
    file = Acknowledged("received_1.plain", 5, "ab", "s", 2.5)
    packer = Packer()
    packer.add(Sample("s", 1, 2, 2.5, Outcome.OK), file)
    batch = read_frame(io.BytesIO(packer.take()))
    assert isinstance(batch, Batch)
    assert batch.acknowledged == (file,)


def test_a_server_that_invents_codes_does_not_fill_memory() -> None:
    """After a thousand different details in a tenth of a second the rest are "other"."""
    packer = Packer()
    for number in range(5000):
        packer.add(Sample("s", 1, 2, 3, Outcome.REJECTED, f"{number} {'x' * 1000}"), None)
    batch = read_frame(io.BytesIO(packer.take()))
    assert isinstance(batch, Batch)
    assert len(batch.details) <= 1001
    details = [sample.detail for sample in unpack(batch, "s")]
    assert details[0] == f"0 {'x' * 78}"
    assert details[-1] == "other"


@pytest.mark.parametrize("kept", [0, 1, 20])
def test_a_truncated_frame_is_refused(kept: int) -> None:
    """The output of a worker that died in the middle is not mistaken for samples."""
    with pytest.raises((EOFError, pickle.UnpicklingError)):
        read_frame(io.BytesIO(encode(FRAMES[1])[:kept]))
