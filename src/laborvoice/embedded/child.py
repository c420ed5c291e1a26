"""What runs between us and a program of PostgreSQL: drop root, ask to be told when the parent dies, exec.

Run by path in a bare interpreter (``python -I -S child.py UID GID PARENT PROGRAM ARGUMENT...``), so it imports nothing
of ours. A hook between fork and exec would do the same, but is not safe once the parent has threads.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(uid: int, gid: int, parent: int, command: list[str]) -> None:
    # Python would note an interrupt for later and lose it at exec; it also ignores SIGPIPE, and exec hands that on.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    # Changing the user clears the death signal, so it is set after that; SIGINT is PostgreSQL's fast shutdown.
    if libc is not None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the parent ended first")
    os.umask(0o077)
    os.execv(command[0], command)  # noqa: S606 - a program of the wheel, its path absolute


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
