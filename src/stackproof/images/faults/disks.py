"""Makes small disks out of files and holds them: ``disks.py FOLDER NAME=BYTES ...``.

Prints the block device of each as one JSON object, and then waits forever. A disk is a loop device (loop(4)) that the
kernel releases by itself once neither this process nor a mount uses it: to clean up, it is enough to remove this
container and those that mount the disk.
"""

import errno
import json
import os
import signal
import struct
import subprocess
import sys
from fcntl import ioctl
from pathlib import Path

LOOP_MAJOR = 7
CONTROL = (10, 237)  # /dev/loop-control
LOOP_CTL_GET_FREE = 0x4C82  # linux/loop.h, as all below
LOOP_CONFIGURE = 0x4C0A
LO_FLAGS_AUTOCLEAR = 4
NAME_BYTES = 64
TRIES = 20
SPARE_BYTES = 2**30
"""What must be left on the engine's own disk if all of these disks were full."""


def main(folder: Path, wanted: dict[str, int]) -> None:
    """Make the disks, print them, and hold them."""
    refuse_to_crowd(folder, sum(wanted.values()))
    held: dict[str, int] = {}
    control = device("c", *CONTROL)
    devices: dict[str, str] = {}
    for name, size_bytes in wanted.items():
        number, held[name] = attach(control, disk_file(folder / f"{name}.img", size_bytes))
        devices[name] = f"/dev/loop{number}"
    print(json.dumps(devices), flush=True)
    while True:
        signal.pause()


def refuse_to_crowd(folder: Path, size_bytes: int) -> None:
    """Exit with a message if the engine's own disk could not hold them all and have space to spare."""
    space = os.statvfs(folder)
    free_bytes = space.f_bavail * space.f_frsize
    if free_bytes < size_bytes + SPARE_BYTES:
        sys.exit(
            f"the disks need {size_bytes >> 20} MiB and 1 GiB to spare, the engine's disk has {free_bytes >> 20} MiB"
        )


def disk_file(path: Path, size_bytes: int) -> int:
    """Make a file with an empty file system in it, and open it; it takes up only as much as is written to it.

    There is an inode for each block, so that small files find as much space as large ones. There is no journal: it
    helps after a power failure, which ends the run anyway. There is no lost+found: an engine copies the files, owner
    and mode that an image has at a volume's mount point only to an empty volume.
    """
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    os.ftruncate(fd, size_bytes)
    features = "^has_journal,^resize_inode"
    run("mkfs.ext4", "-q", "-F", "-b", "4096", "-i", "4096", "-m", "0", "-O", features, str(path))
    run("debugfs", "-w", "-R", "rmdir lost+found", str(path))
    return fd


def run(*command: str) -> None:
    """Run a tool; exit with its error message if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed: {done.stderr.strip()}")


def attach(control: int, file: int) -> tuple[int, int]:
    """Make a file a loop device; returns its number and a descriptor that holds it."""
    status = struct.pack("=5Q4I64s64s32s2Q", 0, 0, 0, 0, 0, 0, 0, 0, LO_FLAGS_AUTOCLEAR, b"", b"", b"", 0, 0)
    config = struct.pack("=II", file, 0) + status + bytes(NAME_BYTES)
    for _ in range(TRIES):
        number = ioctl(control, LOOP_CTL_GET_FREE)
        loop = device("b", LOOP_MAJOR, number)
        try:
            ioctl(loop, LOOP_CONFIGURE, config)
        except OSError as error:
            if error.errno != errno.EBUSY:  # another process was faster
                raise
            os.close(loop)
        else:
            os.close(file)
            return number, loop
    sys.exit("every free loop device was taken by another process")


def device(letter: str, major: int, minor: int) -> int:
    """Open a device by its numbers."""
    node = Path(f"/tmp/{letter}{major}-{minor}")  # noqa: S108 - nothing else runs in this container
    if not node.exists():
        kind = 0o020000 if letter == "c" else 0o060000
        os.mknod(node, kind | 0o600, os.makedev(major, minor))
    return os.open(node, os.O_RDWR)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), {name: int(size) for name, size in (word.split("=") for word in sys.argv[2:])})
    except OSError as error:
        sys.exit(f"this engine provides no loop devices: {error}")
