"""Make a stand-in for a SAM build image: a root file system with this machine's Python, under the image's name.

The real images come from a container registry and take half a gigabyte. This one has the interpreter in the same place
(``/var/lang``), pip, the shared libraries that these need, a shell, certificates and a folder for temporary files. It
has no compiler, no headers and no Amazon Linux. A build from wheels needs none of them.
"""

import io
import os
import re
import stat
import subprocess
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from local_aws.environments.cached_folder import made_once
from local_aws.environments.interpreters import Interpreter
from local_aws.processes.docker_daemon import DockerDaemon

LANG = "var/lang"
"""The folder of Python in AWS's images."""

_FORM = 2
"""The version of the image's layout. Increase it when the same interpreter gives another image."""

_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_LEFT_OUT = {"test", "tests", "idlelib", "tkinter", "turtledemo", "ensurepip", "site-packages", "lib2to3"}
_LIBRARY = re.compile(r"(/\S+) \(0x")
_BESIDE_LIBC = ("libdl.so.2", "libgcc_s.so.1", "libpthread.so.0", "librt.so.1", "libstdc++.so.6")
"""The libraries that programs in wheels may assume (PEP 513 and its successors)."""

_ACCOUNTS = b"root:x:0:0:root:/root:/bin/sh\n"


def import_build_image(daemon: DockerDaemon, interpreter: Interpreter, name: str, cache: Path) -> None:
    """Import an image of this name, with this interpreter, into the daemon.

    :param cache: the folder for root file systems, one for each interpreter.
    """
    key = f"{_FORM}-" + re.sub(
        r"[^\w.]+", "-", f"{interpreter.runtime}-{interpreter.version.split('(')[0]}-{interpreter.prefix}"
    )
    folder = made_once(cache / "docker" / f"image-{key}", lambda empty: _write_root(empty / "root.tar", interpreter))
    variables = {
        "PATH": f"/{LANG}/bin:/usr/bin:/bin",
        "LD_LIBRARY_PATH": f"/{LANG}/lib",
        "SSL_CERT_FILE": str(_CERTIFICATES),
    }
    changes = [word for variable, value in variables.items() for word in ("--change", f"ENV {variable}={value}")]
    with (folder / "root.tar").open("rb") as root:
        daemon.docker("import", *changes, "-", name, stdin=root.fileno())


def _write_root(path: Path, interpreter: Interpreter) -> None:
    version = interpreter.runtime.removeprefix("python")
    library = interpreter.prefix / "lib" / f"python{version}"
    program = (interpreter.prefix / "bin" / f"python{version}").resolve()
    pip = library / "site-packages" / "pip"
    files = {f"{LANG}/bin/python{version}": program, "bin/sh": Path("/bin/sh")}
    files |= {f"{LANG}/lib/python{version}/{file.relative_to(library)}": file for file in _standard_library(library)}
    files |= {
        f"{LANG}/lib/python{version}/{file.relative_to(library)}": file for file in pip.rglob("*") if file.is_file()
    }
    for file in _shared_libraries([program, Path("/bin/sh"), *sorted((library / "lib-dynload").glob("*.so"))]):
        own = interpreter.prefix in file.parents
        files[f"{LANG}/lib/{file.name}" if own else str(file).lstrip("/")] = file
    if _CERTIFICATES.is_file():
        files[str(_CERTIFICATES).lstrip("/")] = _CERTIFICATES
    with tarfile.open(path, "w") as root:
        # Folders that are missing from the archive would be accessible to root only.
        folders = {parent for name in files for parent in PurePosixPath(name).parents} | {PurePosixPath("root")}
        for folder in sorted(folders - {PurePosixPath(".")}):
            root.addfile(_entry(str(folder), tarfile.DIRTYPE, 0o755))
        root.addfile(_entry("tmp", tarfile.DIRTYPE, 0o1777))
        for name in sorted(files):
            _add(root, files[name].resolve(), name)
        for link in ("python3", "python"):
            root.addfile(_entry(f"{LANG}/bin/{link}", tarfile.SYMTYPE, 0o777, f"python{version}"))
        accounts = _entry("etc/passwd", tarfile.REGTYPE, 0o644)
        accounts.size = len(_ACCOUNTS)
        root.addfile(accounts, io.BytesIO(_ACCOUNTS))


def _standard_library(library: Path) -> Iterator[Path]:
    for folder, names, files in os.walk(library):
        names[:] = sorted(name for name in names if name not in _LEFT_OUT)
        yield from (Path(folder) / name for name in sorted(files) if not name.endswith(".a"))


def _shared_libraries(programs: Iterable[Path]) -> Iterator[Path]:
    """Yield the libraries that the programs load, the dynamic linker, and the libraries of every system."""
    done = subprocess.run(
        ["ldd", *map(str, programs)], capture_output=True, text=True, check=False, env={"LC_ALL": "C", **os.environ}
    )
    found = {Path(path) for path in _LIBRARY.findall(done.stdout)}
    folders = {path.parent for path in found if path.name == "libc.so.6"}
    found |= {folder / name for folder in folders for name in _BESIDE_LIBC if (folder / name).exists()}
    yield from sorted(found)


def _add(root: tarfile.TarFile, file: Path, name: str) -> None:
    info = root.gettarinfo(str(file), name)
    info.uid = info.gid = 0
    info.uname = info.gname = "root"
    info.mode = 0o755 if info.mode & stat.S_IXUSR else 0o644
    info.type, info.size = tarfile.REGTYPE, file.stat().st_size  # store hard links as files
    with file.open("rb") as content:
        root.addfile(info, content)


def _entry(name: str, kind: bytes, mode: int, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.linkname = kind, mode, target
    return info
