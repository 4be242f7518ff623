"""Every document there is, in the order of the audit pack. A document is an entry here and a template of its name."""

from __future__ import annotations

from typing import Final

from aimsctl.documents import sheets
from aimsctl.documents.definition import Definition

DEFINITIONS: Final = (
    Definition("statement-of-applicability", "Statement of applicability", "one", "soa", sheets=(sheets.STATEMENT,)),
)
BY_ID: Final = {definition.id: definition for definition in DEFINITIONS}
