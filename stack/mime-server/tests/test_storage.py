import hashlib
import os
from pathlib import Path

import pytest
from mime_server.attributes import MIME_TYPE_ATTRIBUTE, SHA256_ATTRIBUTE, Attributes, read_attributes
from mime_server.refusals import Code, RefusalError
from mime_server.settings import Durability
from mime_server.storage import Storage
from mime_server.upload import INCOMING

SHORT_NAMES = 1 << 16


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    """An empty storage."""
    storage = Storage(tmp_path, Durability.NONE)
    storage.recover()
    return storage


def stored_names(folder: Path) -> set[str]:
    """The files that clients can see."""
    return {path.name for path in folder.glob("received_*")}


def test_a_file_is_invisible_until_it_is_complete(storage: Storage, tmp_path: Path) -> None:
    """At any time there is no file or the complete file, never a part."""
    upload = storage.upload("text/plain")
    upload.write(b"hello ")
    assert stored_names(tmp_path) == set()
    stored = upload.publish(b"world", "")
    assert stored_names(tmp_path) == {stored.name}
    assert (tmp_path / stored.name).read_bytes() == b"hello world"
    assert (stored.size_bytes, stored.sha256) == (11, hashlib.sha256(b"hello world").hexdigest())
    assert list((tmp_path / INCOMING).iterdir()) == []


def test_no_file_is_ever_overwritten(storage: Storage, tmp_path: Path) -> None:
    """When every short name is taken, a new file gets a longer one, and all others stay unchanged."""
    for number in range(SHORT_NAMES):
        os.close(os.open(tmp_path / f"received_{number:04x}.plain", os.O_CREAT | os.O_WRONLY, 0o600))
    stored = storage.upload("text/plain").publish(b"new", "")
    assert (tmp_path / stored.name).read_bytes() == b"new"
    assert len(stored.name) > len("received_ffff.plain")
    assert sum((tmp_path / f"received_{number:04x}.plain").stat().st_size for number in range(SHORT_NAMES)) == 0


def test_a_wrong_digest_stores_nothing(storage: Storage, tmp_path: Path) -> None:
    """If the client sends a digest, nothing else is stored."""
    upload = storage.upload("text/plain")
    with pytest.raises(RefusalError) as caught:
        upload.publish(b"torn", hashlib.sha256(b"whole").hexdigest())
    upload.discard()
    assert caught.value.code is Code.DIGEST_MISMATCH
    assert stored_names(tmp_path) == set()
    assert list((tmp_path / INCOMING).iterdir()) == []


def test_unfinished_files_of_an_earlier_run_are_removed(storage: Storage, tmp_path: Path) -> None:
    """After a crash, unfinished files do not fill the disk, and finished files are counted."""
    storage.upload("text/plain").publish(b"kept", "")
    storage.upload("text/plain").write(b"a part")
    again = Storage(tmp_path, Durability.NONE)
    assert again.recover() == 1
    assert list((tmp_path / INCOMING).iterdir()) == []
    assert (again.totals.files, again.totals.size_bytes) == (1, 4)


def test_pages_list_each_file_once_and_in_order(storage: Storage) -> None:
    """A page is never larger than requested, and the pages together are the whole list."""
    names = sorted(storage.upload("text/plain").publish(b"x", "").name for _ in range(25))
    seen: list[str] = []
    after = ""
    while True:
        page = storage.page(10, after)
        assert len(page.entries) <= 10
        seen += [entry.name for entry in page.entries]
        if not page.next_after:
            break
        after = page.next_after
    assert seen == names


def test_attributes_stay_with_the_file(storage: Storage) -> None:
    """The acknowledged type and digest are returned with the file."""
    stored = storage.upload("application/pdf").publish(b"%PDF", "")
    fd = storage.open(stored.name)
    try:
        assert read_attributes(fd, stored.name) == Attributes("application/pdf", stored.sha256)
    finally:
        os.close(fd)


def test_a_file_that_lost_its_attributes_is_served_too(storage: Storage, tmp_path: Path) -> None:
    """A restored backup has no attributes: the digest is computed, and the type is taken from the name."""
    stored = storage.upload("image/jpeg").publish(b"jpeg", "")
    for attribute in (MIME_TYPE_ATTRIBUTE, SHA256_ATTRIBUTE):
        if attribute in os.listxattr(tmp_path / stored.name):
            os.removexattr(tmp_path / stored.name, attribute)
    fd = storage.open(stored.name)
    try:
        assert read_attributes(fd, stored.name) == Attributes("image/jpeg", stored.sha256)
        assert os.read(fd, 100) == b"jpeg"
    finally:
        os.close(fd)


@pytest.mark.parametrize("name", ["", "nope", "../received_1234.plain", ".incoming/probe", "received_1234.plain\0"])
def test_only_stored_names_can_be_opened(storage: Storage, name: str) -> None:
    """No name reaches a file outside the storage, or one that is still arriving."""
    with pytest.raises(FileNotFoundError):
        storage.open(name)


def test_a_symbolic_link_is_not_a_stored_file(storage: Storage, tmp_path: Path) -> None:
    """It is not followed."""
    (tmp_path / "received_abcd.plain").symlink_to("/etc/hostname")
    with pytest.raises(OSError, match="symbolic"):
        storage.open("received_abcd.plain")
