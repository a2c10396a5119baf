"""Limits what a container writes to a disk: ``throttle.py MAJOR:MINOR BYTES_PER_S``, 0 for no limit.

It shares the processes of that container, and has the machine's own view of control groups mounted at GROUPS.
Formats: https://docs.kernel.org/admin-guide/cgroup-v1/blkio-controller.html (throttle.write_bps_device) and
https://docs.kernel.org/admin-guide/cgroup-v2.html (io.max)
"""

import sys
from pathlib import Path

GROUPS = Path("/groups")
OF_THE_FIRST = Path("/proc/1/cgroup")


def main(disk: str, bytes_per_s: int) -> None:
    """Set the limit."""
    file, line = where(disk, bytes_per_s)
    if not file.exists():
        sys.exit(f"this kernel or engine cannot limit a container's writes: there is no {file.name}")
    try:
        file.write_text(line, encoding="ascii")
    except OSError as error:
        sys.exit(f"the kernel does not accept {line!r} in {file.name}: {error.strerror}")


def where(disk: str, bytes_per_s: int) -> tuple[Path, str]:
    """The file to write to, and the line to write."""
    paths = groups()
    if "blkio" in paths:
        folder = GROUPS / "blkio" / paths["blkio"].lstrip("/")
        return folder / "blkio.throttle.write_bps_device", f"{disk} {bytes_per_s}"
    return GROUPS / paths[""].lstrip("/") / "io.max", f"{disk} wbps={bytes_per_s or 'max'}"


def groups() -> dict[str, str]:
    """The groups of the container's first process by controller; that of version 2 has an empty name (cgroups(7))."""
    lines = OF_THE_FIRST.read_text(encoding="ascii").splitlines()
    parts = (line.split(":", 2) for line in lines)
    return {controller: path for _, controllers, path in parts for controller in controllers.split(",")}


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
