import hashlib

from stackproof.protocols import Acknowledged, Ledger, verify


def entry(name: str, body: bytes, at_s: float = 0.0) -> Acknowledged:
    """An acknowledged file."""
    return Acknowledged(name, len(body), hashlib.sha256(body).hexdigest(), "s", at_s)


KEPT, LOST, TORN = entry("a", b"kept"), entry("b", b"lost"), entry("c", b"whole")


def test_a_server_that_kept_everything_is_intact() -> None:
    """Every file is given back, byte for byte."""
    report = verify(Ledger((KEPT,)), {"a": b"kept"}.get)
    assert report.intact
    assert report.checked == 1


def test_a_lost_file_is_missing() -> None:
    """It was acknowledged, and the server has it no longer."""
    report = verify(Ledger((KEPT, LOST)), {"a": b"kept"}.get)
    assert report.missing == (LOST,)
    assert not report.intact


def test_a_file_of_other_bytes_is_torn() -> None:
    """It is truncated, or has the same size and other bytes."""
    assert verify(Ledger((TORN,)), {"c": b"who"}.get).torn == (TORN,)
    assert verify(Ledger((TORN,)), {"c": b"Whole"}.get).torn == (TORN,)


def test_a_name_given_twice_is_an_overwritten_file() -> None:
    """The second file replaced the first: the name is reported, and so is the lost file."""
    first, second = entry("a", b"first", 1), entry("a", b"second", 2)
    report = verify(Ledger((first, second)), {"a": b"second"}.get)
    assert report.duplicated == ("a",)
    assert report.torn == (first,)
    assert not report.intact


def test_the_same_bytes_under_one_name_are_still_two_files() -> None:
    """An overwritten file is noticed even if its bytes are the same."""
    report = verify(Ledger((entry("a", b"same"), entry("a", b"same"))), {"a": b"same"}.get)
    assert report.duplicated == ("a",)
    assert not report.intact


def test_the_ledgers_of_several_loads_add_up_to_one() -> None:
    """It is in the order of the acknowledgements."""
    early, late = entry("a", b"1", 1), entry("b", b"2", 2)
    assert (Ledger((late,)) + Ledger((early,))).files == (early, late)
