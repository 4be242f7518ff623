"""What the tests of the rules share: a workspace on the spot, validated in this process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from aimsctl.cli.session import Place
from aimsctl.cli.validate import check
from aimsctl.diagnostics import Diagnostic
from aimsctl.source.config import load as load_config
from aimsctl.source.files import WorkTree
from aimsctl.workspace.workspace import Workspace, load

AS_OF = dt.date(2026, 11, 1)
CONFIG = "schema: 1\norganisation: Example\n"
RISK = "kind: risk\nid: RISK-1\ntitle: Late\nstatus: draft\n"


def written(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """The root, with these files below it; aimsctl.yaml is added where it is not among them."""
    for path, content in {"aimsctl.yaml": CONFIG, **files}.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def loaded(root: Path, policy: Path | None = None) -> tuple[Workspace, Place]:
    """The workspace at the root; its configuration, rules and waivers come from `policy` where one is given."""
    tree, trusted = WorkTree(root), None if policy is None else WorkTree(policy)
    config, findings = load_config(trusted or tree)
    return load(tree, config, policy=trusted), Place(root, tree, trusted, config, tuple(findings))


def told(
    root: Path, files: Mapping[str, str | bytes], as_of: dt.date = AS_OF, policy: Path | None = None
) -> list[Diagnostic]:
    """Everything `validate` finds in a workspace of these files, what is suppressed included."""
    workspace, place = loaded(written(root, files), policy)
    return check(workspace, place, as_of)


def codes(findings: list[Diagnostic]) -> list[str]:
    """The codes in force, in order of place."""
    return [finding.code for finding in findings if finding.suppressed is None]
