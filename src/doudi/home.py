"""Where the law and the dataset contracts lie: the folders `policies/` and `datasets/`.

They are data beside the program, not inside the package, so that a county can change them without touching Python.
The environment variable DOUDI_HOME names the folder that holds both; without it, it is the checkout from which the
package was installed.
"""

from __future__ import annotations

import os
from pathlib import Path

from doudi.refusal import Refusal

VARIABLE = "DOUDI_HOME"


class NoHome(Refusal):
    """A folder that lies beside the program is not where it was looked for."""


def home() -> Path:
    """Return the folder that holds `policies/` and `datasets/`, whether or not they are there."""
    named = os.environ.get(VARIABLE)
    return Path(named).expanduser().resolve() if named else checkout()


def policies() -> Path:
    """Return the folder of the policy packs. This will refuse when there is none."""
    return _beside(home(), "policies")


def datasets() -> Path:
    """Return the folder of the dataset contracts. This will refuse when there is none."""
    return _beside(home(), "datasets")


def checkout() -> Path:
    """Return the folder of the source checkout: `bench/` and `docs/` are no part of an installed package."""
    return Path(__file__).resolve().parents[2]


def _beside(folder: Path, name: str) -> Path:
    if (folder / name).is_dir():
        return folder / name
    looked_by = f"{VARIABLE}={os.environ[VARIABLE]}" if os.environ.get(VARIABLE) else "the checkout of this package"
    raise NoHome(
        f"找不到文件夹 {name}/。(The folder {name}/ was not found.)",
        where=f"looked for {folder / name} (from {looked_by})",
        to_do=f"Set {VARIABLE} to the folder that holds policies/ and datasets/: export {VARIABLE}=~/doudi",
    )
