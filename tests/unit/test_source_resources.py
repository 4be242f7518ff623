"""The data that travels with the tool is found, and what is missing is named."""

from __future__ import annotations

import json

import pytest

from aimsctl.errors import ConfigError
from aimsctl.source import resources


def test_schemas_templates_and_the_example_are_found() -> None:
    assert json.loads(resources.schema_text("aimsctl"))["title"] == "Settings of a workspace"
    assert (resources.example_root() / "aimsctl.yaml").is_file()
    assert (resources.data_root() / "templates").is_dir()


def test_what_is_missing_is_named() -> None:
    with pytest.raises(ConfigError, match="the schema no-such-kind"):
        resources.schema_text("no-such-kind")
    with pytest.raises(ConfigError, match=r"the template none\.md"):
        resources.template_text("none.md")
