"""Inspects, fills, frees or tries a path of the container whose processes it shares: ``paths.py COMMAND PATH ...``.

Works inside that container's own file system (chroot(2)), so that symbolic links resolve as they do for the service.
"""

import json
import os
import re
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

ROOT = Path("/proc/1/root")
FILLERS = (".stackproof-full-disk", ".stackproof-full-disk-rest")
"""The second takes the last block, which the first would need for the list of its extents (ext4)."""
TRIAL = ".stackproof-trial"
BLOCK_BYTES = 4096
QUIET_S = 2.0
"""No space may be freed for so long before it counts as all taken: longer than an ordinary file is open."""
GIVE_UP_S = 20.0
"""When to stop if a service keeps freeing space; the evidence shows whether the fault took effect."""
LOOK_AGAIN_S = 0.02


def look(path: str) -> None:
    """Print the file system of a folder, or ``null`` if there is no such folder."""
    engine_device = Path("/etc/hostname").stat().st_dev  # the engine keeps this file on its data disk
    mounts = Path("/proc/1/mountinfo").read_text(encoding="utf-8")
    outside = os.open("/", os.O_RDONLY)
    enter()
    if not Path(path).is_dir():
        print("null")
        return
    device = Path(path).stat().st_dev
    space = os.statvfs(path)
    answer = {
        "file_system": file_system(mounts, os.path.realpath(path)),
        "capacity_bytes": space.f_blocks * space.f_frsize,
        "free_bytes": space.f_bavail * space.f_frsize,
        "is_the_engines": device == engine_device,
    }
    os.fchdir(outside)
    os.chroot(".")
    print(json.dumps({**answer, "disk": disk_of(device)}))


def file_system(mounts: str, path: str) -> str:
    """The type of the file system mounted at a path or closest above it, the last of many (proc_pid_mountinfo(5))."""
    best, kind = "", ""
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        point = re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), before.split()[4])
        is_above = point in {"/", path} or path.startswith(f"{point}/")
        if is_above and len(point) >= len(best):
            best, kind = point, after.split()[0]
    return kind


def disk_of(device: int) -> str:
    """``MAJOR:MINOR`` of the whole disk that a device is, or is a part of; empty if it is no block device.

    The kernel limits only whole disks.
    """
    numbers = f"{os.major(device)}:{os.minor(device)}"
    folder = Path("/sys/dev/block") / numbers
    try:
        if (folder / "partition").exists():
            return (folder.resolve().parent / "dev").read_text(encoding="ascii").strip()
    except OSError:
        return ""
    return numbers if folder.exists() else ""


def fill(path: str, leave_bytes: int) -> None:
    """Take all the free space at a path, except for what is to be left; and what others free shortly after.

    A file that is open when the space is taken, and removed later, would leave its blocks to the next file.
    """
    enter()
    files = [os.open(f"{path}/{name}", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600) for name in FILLERS]
    started_s = taken_s = time.monotonic()
    while (now_s := time.monotonic()) - taken_s < QUIET_S and now_s - started_s < GIVE_UP_S:
        if any(take(file, leave_bytes) for file in files):
            taken_s = time.monotonic()
        time.sleep(LOOK_AGAIN_S)


def take(file: int, leave_bytes: int) -> bool:
    """Let a file grow into all the free space, except for what is to be left; true if it grew."""
    before_bytes, chunk_bytes = os.fstat(file).st_size, 2**30
    while chunk_bytes >= BLOCK_BYTES:
        space = os.fstatvfs(file)
        wanted_bytes = min(space.f_bavail * space.f_frsize - leave_bytes, chunk_bytes) // BLOCK_BYTES * BLOCK_BYTES
        if wanted_bytes <= 0:
            break
        try:
            os.posix_fallocate(file, os.fstat(file).st_size, wanted_bytes)
        except OSError:  # there is less than reported: a file system reserves some
            chunk_bytes = wanted_bytes // 2
    return os.fstat(file).st_size > before_bytes


def free(path: str) -> None:
    """Free the space again; nothing happens if none was taken."""
    enter()
    for name in (*FILLERS, TRIAL):
        with suppress(FileNotFoundError, NotADirectoryError):
            Path(path, name).unlink()


def attempt(path: str, size_bytes: int) -> None:
    """Write and flush a file as the service's own user would; print how long it took, and the kernel's error."""
    status = dict(line.split(":\t", 1) for line in Path("/proc/1/status").read_text().splitlines() if ":\t" in line)
    enter()
    os.setgroups([int(group) for group in status["Groups"].split()])
    os.setgid(int(status["Gid"].split()[1]))
    os.setuid(int(status["Uid"].split()[1]))
    name, started = f"{path}/{TRIAL}", time.monotonic()
    try:
        write(name, size_bytes)
        failure = ""
    except OSError as error:
        failure = error.strerror or str(error)
    took_s = time.monotonic() - started
    with suppress(OSError):
        Path(name).unlink()
    print(json.dumps({"error": failure, "took_s": took_s}))


def write(name: str, size_bytes: int) -> None:
    """Write a new file, and wait until it is on disk."""
    file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        left_bytes = size_bytes
        while left_bytes > 0:
            left_bytes -= os.write(file, bytes(min(left_bytes, 2**16)))
        os.fsync(file)
    finally:
        os.close(file)


def enter() -> None:
    """Change into the container's own file system."""
    os.chroot(ROOT)
    os.chdir("/")


if __name__ == "__main__":
    command, target, *numbers = sys.argv[1:]
    commands: dict[str, Callable[..., None]] = {"look": look, "fill": fill, "free": free, "try": attempt}
    try:
        commands[command](target, *map(int, numbers))
    except OSError as error:
        sys.exit(f"{error.strerror}: {error.filename or target}")
