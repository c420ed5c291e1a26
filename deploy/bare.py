"""Takes from an image what only a person, or who broke in, would use: shells, tools, package managers, itself."""

import sys
from pathlib import Path
from shutil import rmtree

FOLDERS = ("usr/share/doc", "usr/share/man", "var/lib/apt", "var/lib/dpkg", "var/cache", "root", "etc/apt")
TOOLS = ("bin", "sbin", "usr/bin", "usr/sbin")
PYTHON_TOOLS = ("pip*", "idle*", "pydoc*", "2to3*")


def bare(root: Path) -> None:
    for folder in FOLDERS:
        rmtree(root / folder, ignore_errors=True)
    for name in TOOLS:
        for path in sorted((root / name).glob("*")):
            path.unlink() if path.is_file() or path.is_symlink() else rmtree(path)
    for pattern in PYTHON_TOOLS:
        for path in (root / "usr/local/bin").glob(pattern):
            path.unlink()


if __name__ == "__main__":
    bare(Path("/"))
    Path(sys.argv[0]).unlink()
