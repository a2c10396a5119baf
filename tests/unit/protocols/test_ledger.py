import hashlib

from stackproof.protocols import Acknowledged, Ledger, verify


def entry(name: str, body: bytes, at_s: float = 0.0) -> Acknowledged:
    """An acknowledged file."""
    return Acknowledged(name, len(body), hashlib.sha256(body).hexdigest(), "s", at_s)


KEPT, LOST, TORN = entry("a", b"kept"), entry("b", b"lost"), entry("c", b"whole")


def test_a_server_that_kept_everything_is_proved_to() -> None:
    """Every file there, byte for byte."""
    report = verify(Ledger((KEPT,)), {"a": b"kept"}.get)
    assert report.intact
    assert report.checked == 1


def test_a_lost_file_is_missing() -> None:
    """Acknowledged and gone."""
    report = verify(Ledger((KEPT, LOST)), {"a": b"kept"}.get)
    assert report.missing == (LOST,)
    assert not report.intact


def test_a_file_of_other_bytes_is_torn() -> None:
    """Cut short, or of the same size and not the same."""
    assert verify(Ledger((TORN,)), {"c": b"who"}.get).torn == (TORN,)
    assert verify(Ledger((TORN,)), {"c": b"Whole"}.get).torn == (TORN,)


def test_a_name_given_twice_is_an_overwritten_file() -> None:
    """The second file took the first one's place: the name is reported, and so is the loser."""
    first, second = entry("a", b"first", 1), entry("a", b"second", 2)
    report = verify(Ledger((first, second)), {"a": b"second"}.get)
    assert report.duplicated == ("a",)
    assert report.torn == (first,)
    assert not report.intact


def test_the_same_bytes_under_one_name_are_still_two_files() -> None:
    """An overwritten file shows even where its bytes do not tell."""
    report = verify(Ledger((entry("a", b"same"), entry("a", b"same"))), {"a": b"same"}.get)
    assert report.duplicated == ("a",)
    assert not report.intact


def test_ledgers_of_several_loads_make_one() -> None:
    """In the order of acknowledgement."""
    early, late = entry("a", b"1", 1), entry("b", b"2", 2)
    assert (Ledger((late,)) + Ledger((early,))).files == (early, late)
