"""Stores incoming files, and finds outgoing ones."""

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from mime_server.attributes import Attributes, read_attributes
from mime_server.body import Body
from mime_server.refusals import Code, RefusalError
from mime_server.requests import Send
from mime_server.storage import Listing, Storage
from mime_server.threads import in_thread
from mime_server.upload import Stored

P = ParamSpec("P")
T = TypeVar("T")

OUTGOING_CHUNK_BYTES = 256 * 1024

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An open stored file; the owner closes `fd`."""

    fd: int
    name: str
    size_bytes: int
    attributes: Attributes


async def store(storage: Storage, send: Send, body: Body) -> Stored:
    """Store a body, in constant memory; when this returns, the file is complete under its final name.

    The last chunk is written and published in one step, so that a small file costs one switch to a thread.

    Raises:
        RefusalError: The digest differs, or the disk failed.
        TimeoutError: The client stopped sending.
        ConnectionError: The client disconnected.
    """
    upload = storage.upload(send.mime_type)
    try:
        chunk = await body.chunk()
        while body.left_bytes:
            await _on_disk(upload.write, chunk)
            chunk = await body.chunk()
        stored = await _on_disk(upload.publish, chunk, send.sha256)
    finally:
        if upload.begun:
            await _on_disk(upload.discard)
    storage.count(stored.size_bytes)
    return stored


async def find(storage: Storage, name: str) -> Outgoing:
    """Open a stored file.

    Raises:
        RefusalError: No file has that name, or the disk failed.
    """
    return await _on_disk(_find, storage, name)


async def list_page(storage: Storage, limit: int, after: str) -> Listing:
    """List a page of the stored files.

    Raises:
        RefusalError: The disk failed.
    """
    return await _on_disk(storage.page, limit, after)


async def read_chunk(fd: int) -> bytes:
    """Read the next chunk of an open file; no bytes at its end.

    Raises:
        RefusalError: The disk failed.
    """
    return await _on_disk(os.read, fd, OUTGOING_CHUNK_BYTES)


def _find(storage: Storage, name: str) -> Outgoing:
    try:
        fd = storage.open(name)
    except FileNotFoundError:
        raise RefusalError(Code.NOT_FOUND, f"no file is stored as {name!r}") from None
    try:
        return Outgoing(fd, name, os.fstat(fd).st_size, read_attributes(fd, name))
    except BaseException:
        os.close(fd)
        raise


async def _on_disk(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return await in_thread(work, *args, **kwargs)
    except OSError as error:
        code = Code.STORAGE_FULL if error.errno in _FULL else Code.STORAGE_FAILED
        raise RefusalError(code, f"the disk failed: {error.strerror or error}") from error
