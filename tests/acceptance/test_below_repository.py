"""A workspace that is a folder of a larger repository: services get paths from the repository's root."""

from __future__ import annotations

import json
from typing import Any


def test_services_know_the_repository_and_people_the_workspace(run: Any, workspace: Any) -> None:
    root = workspace({"policies/a.yaml": "kind: risk\nid: RISK-1\ntitle: x\nstatus: dreft\n"}, name="repo/aims").root
    (root.parent / ".git").mkdir()
    sarif = json.loads(run("validate", "--format", "sarif", cwd=root).stdout)
    (result,) = sarif["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "aims/policies/a.yaml"
    assert "file=aims/policies/a.yaml" in run("validate", "--format", "github", cwd=root).stdout
    assert run("validate", "--format", "concise", cwd=root).stdout.startswith("policies/a.yaml:4:9")
