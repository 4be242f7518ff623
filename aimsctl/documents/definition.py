"""What a document is: what it is called, which artefacts it is made of, and whether there is one of it or several."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from aimsctl.documents.sheets import Sheet
from aimsctl.standard.documented import documents

Form = Literal["one", "each", "register"]
Inputs = Callable[[Mapping[str, Any]], dict[str, Any]]
"""From the context of a document to its `inputs`."""


@dataclass(frozen=True, slots=True)
class Definition:
    """One document.

    `one` is about one controlled artefact of the kind, `each` about every one in a file of its own, `register` about
    all of them. `where` narrows the artefacts to those whose field has the value. `takes_in` is the type of documents
    whose texts it contains, `compiled` says that it is about more than its kind, and `more` works out what only this
    document needs.
    """

    id: str
    name: str
    form: Form
    kind: str
    template: str = ""
    where: tuple[str, str | bool] | None = None
    requirements: tuple[str, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    takes_in: str = ""
    compiled: bool = False
    more: Inputs | None = None

    @property
    def template_name(self) -> str:
        """The file of its template."""
        return f"{self.template or self.id}.md.j2"

    @property
    def serves(self) -> tuple[str, ...]:
        """The clauses and controls it is documented information for."""
        known = documents().get(self.id)
        return self.requirements or (known.requirements if known is not None else ())

    @property
    def purpose(self) -> str:
        """Why it exists, in a sentence; empty for a document of the tool's own."""
        known = documents().get(self.id)
        return known.purpose if known is not None else ""
