"""A folder of results that changes all at once: what a run makes lies apart until everything of it is there.

OUT/.next/          what the run is making; a run that died goes on here
OUT/.next/complete  written last: from then on the new results hold, whoever dies while they are moved
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from doudi.refusal import Refusal

NEXT, OLD, COMPLETE = ".next", ".old", "complete"


class NotAFolder(Refusal):
    """The place for results is a file."""


def begin(out: Path, *, reuse: Iterable[str] = ()) -> Path:
    """Return the folder in which the next results are made, holding what an earlier run left unfinished.

    A new one starts with links to the `reuse` folders of the last good results, so that parts that are the same need
    not be computed again. Files there are replaced, never changed, so the last good results stay as they are.
    """
    if out.exists() and not out.is_dir():
        raise NotAFolder(f"{out} 是一个文件，不能当作结果文件夹。({out} is a file.)", to_do="用 --out 另指一个文件夹")
    # Results name people: a folder that we make is its owner's only.
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    coming = out / NEXT
    if (coming / COMPLETE).exists():
        _move_in(out)
    if not coming.exists():
        coming.mkdir(mode=0o700)
        for name in reuse:
            for file in (out / name).glob("*.*"):
                link(file, coming / name / file.name)
    return coming


def finish(out: Path) -> None:
    """Make what lies in the next folder the results, in place of entries of the same names."""
    (out / NEXT / COMPLETE).touch()
    _move_in(out)


def _move_in(out: Path) -> None:
    coming, old = out / NEXT, out / OLD
    for entry in sorted(coming.iterdir()):
        if entry.name == COMPLETE:
            continue
        if (out / entry.name).exists():
            old.mkdir(exist_ok=True)
            _remove(old / entry.name)
            os.replace(out / entry.name, old / entry.name)
        os.replace(entry, out / entry.name)
    _remove(old)
    _remove(coming)


def link(source: Path, target: Path) -> None:
    """Make `target` the same file as `source` where the disk allows it, otherwise a copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:  # another disk, or a file system without hard links
        shutil.copy2(source, target)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()
