"""Floor 1: the data that travels with the tool: schemas, templates and the worked example.

In an installed package they lie below `aimsctl/_data`; in a checkout, beside the package. An editable install finds the
checkout's, so that an edited schema is in force at once.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from aimsctl.errors import ConfigError

_PACKAGE: Final = Path(__file__).resolve().parent.parent


@cache
def data_root() -> Path:
    """The folder that holds `schemas/`, `templates/` and the worked example. Raises ConfigError if it is missing."""
    installed = _PACKAGE / "_data"
    if installed.is_dir():
        return installed
    checkout = _PACKAGE.parent
    if (checkout / "pyproject.toml").is_file():
        return checkout
    raise ConfigError("this installation of aimsctl lacks its data files", hint="install it again")


def schema_text(name: str) -> str:
    """The text of the schema file of that name. Raises ConfigError if the installation lacks it."""
    try:
        return (data_root() / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"this installation lacks the schema {name}", hint="install aimsctl again") from error


def template_text(name: str) -> str:
    """The text of the template at that path below `templates/`. Raises ConfigError if the installation lacks it."""
    try:
        return (data_root() / "templates" / name).read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"this installation lacks the template {name}", hint="install aimsctl again") from error


def example_root() -> Path:
    """The folder of the worked example: `aimsctl.yaml`, `policies/` and `evidence/` stand in it."""
    return data_root()
