"""A run: which documents are wanted, each from its template to a tree, and from the tree to files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.computed.registry import listed
from aimsctl.documents import context, control_block, references
from aimsctl.documents.assembly import NOBODY, Neighbours, assemble, linked
from aimsctl.documents.escaping import anchor_name
from aimsctl.documents.plain import Record, Records, Visible, natural
from aimsctl.documents.provenance import Provenance
from aimsctl.documents.registry import BY_ID, DEFINITIONS
from aimsctl.documents.tree import Document, Meta, plain
from aimsctl.errors import RenderError, UsageError

if TYPE_CHECKING:
    from aimsctl.assessment.gap import GapReport
    from aimsctl.assessment.items import Item
    from aimsctl.documents.definition import Definition

FORMATS: Final = ("md", "html", "pdf", "docx", "xlsx")
INDEX: Final = "audit-pack-index"
_LONGEST_STEM: Final = 120
Render = Callable[[str, Mapping[str, Any]], str]
"""From the name of a template and a context to Markdown."""
Compile = Callable[[str, int], bytes]
"""From the data of a document and a time to PDF."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One document to make: what it is, the artefact it is about if it is about one, and the name of its files."""

    definition: Definition
    subject: Item | None
    stem: str


@dataclass(frozen=True)
class Run:
    """What all documents of a run share."""

    report: GapReport
    provenance: Provenance
    visible: Visible
    render: Render
    compile: Compile
    only: tuple[str, ...] = ()
    errors: int = 0
    together: bool = False
    _made: dict[str, tuple[Document, Record]] = field(default_factory=dict)

    @cached_property
    def records(self) -> Records:
        """The artefacts as plain values."""
        return Records(self.report.facts, self.visible)

    @cached_property
    def shared(self) -> Record:
        """The context of every document."""
        return context.shared(self.report, self.provenance, self.visible)

    def wanted(self, names: Sequence[str]) -> list[Wanted]:
        """What to make of the documents of these names; all of them without names. Raises UsageError, RenderError."""
        for name in names:
            if name not in BY_ID:
                raise UsageError(f"there is no document {name}", hint="`aimsctl render --list` names them")
        chosen = [BY_ID[name] for name in dict.fromkeys(names)] or list(DEFINITIONS)
        found = [one for definition in chosen for one in self._of(definition)]
        missing = [one.id for one in chosen if names and one not in {wanted.definition for wanted in found}]
        if missing:
            raise RenderError(f"the workspace holds nothing for {', '.join(missing)}")
        return found

    def _of(self, definition: Definition) -> Iterator[Wanted]:
        if definition.form == "register":
            yield Wanted(definition, None, self._stem(definition.id, self.only))
            return
        items = self.items(definition)
        if definition.form == "one":
            named = [item for item in items if item.id in self.only]
            newest = max(
                named or items,
                key=lambda item: (item.get("status") == "approved", str(item.get("dated"))),
                default=None,
            )
            if newest is not None:
                yield Wanted(definition, newest, self._stem(definition.id, self.only))
            return
        for item in items:
            if not self.only or references.concerns(self.report.facts, item, self.only):
                yield Wanted(definition, item, self._stem(definition.id, [item.id]))

    def items(self, definition: Definition) -> list[Item]:
        """The artefacts that a document is made of, those that are retired left out."""
        items = (item for item in self.report.facts.items(definition.kind) if item.get("status") != "retired")
        return sorted((item for item in items if _fits(item, definition)), key=lambda item: natural(item.id))

    @staticmethod
    def _stem(name: str, ids: Iterable[str]) -> str:
        """The name of a file without its ending: letters, digits and hyphens, and never longer than systems allow."""
        stem = "-".join([name, *map(anchor_name, ids)])
        if len(stem) <= _LONGEST_STEM:
            return stem
        return f"{stem[: _LONGEST_STEM - 13]}-{hashlib.sha256(stem.encode()).hexdigest()[:12]}"

    def document(self, wanted: Wanted) -> tuple[Document, Record]:
        """The tree of a document, its links not yet led anywhere, and its context."""
        if wanted.stem not in self._made:
            block = control_block.block(
                wanted.definition,
                wanted.subject,
                self.items(wanted.definition),
                facts=self.report.facts,
                records=self.records,
                provenance=self.provenance,
                only=self.only if wanted.definition.form == "register" else (),
                errors=self.errors,
            )
            values = {**self.shared, "document": block, **self._own(wanted), **self._pack(wanted)}
            if wanted.definition.more is not None:
                values["inputs"] = wanted.definition.more(values)
            markdown = self.render(wanted.definition.template_name, values)
            self._made[wanted.stem] = (assemble(markdown, self._meta(block)), values)
        return self._made[wanted.stem]

    def _own(self, wanted: Wanted) -> Record:
        """What the context holds for this document alone: its entries, its text, the texts it takes in."""
        facts, definition = self.report.facts, wanted.definition
        entries = [
            item for item in self.items(definition) if not self.only or references.concerns(facts, item, self.only)
        ]
        taken = (
            item
            for item in facts.standing("document")
            if definition.takes_in and definition.takes_in in listed(item.get("types"))
        )
        texts = (references.text_of(facts, self.records, item) for item in taken)
        return {
            "entries": [self.records.record(item) for item in entries] if definition.form == "register" else [],
            "text": references.text_of(facts, self.records, wanted.subject),
            "texts": [text for text in texts if text],
        }

    def _pack(self, wanted: Wanted) -> Record:
        """What the index tells of all documents of the pack, and which of them serve a requirement."""
        if wanted.definition.id != INDEX:
            return {"pack": [], "pack_by_requirement": {}}
        rows = [self._listed(one) for one in self.wanted(()) if one.definition.id != INDEX]
        served: dict[str, list[Record]] = {}
        for row in rows:
            for requirement in row["serves"]:
                served.setdefault(requirement, []).append(row)
        return {"pack": rows, "pack_by_requirement": served}

    def _listed(self, wanted: Wanted) -> Record:
        subject = wanted.subject
        item = self.records.record(subject) if subject is not None else None
        about = wanted.definition.name if item is None else f"{item['id']}, {item['title']}"
        return {
            "stem": wanted.stem,
            "title": wanted.definition.name,
            "label": f"{wanted.definition.name} {item['id']}"
            if wanted.definition.form == "each" and item
            else wanted.definition.name,
            "about": self.records.text(about) if item is not None else None,
            "version": item["version"] if item is not None else None,
            "status": str(item["status"]) if item is not None else "register",
            "approved": item["approval"]["date"] if item is not None else None,
            "next_review": item["next_review"] if item is not None else None,
            "serves": list(wanted.definition.serves),
        }

    def _meta(self, block: Record) -> Meta:
        version = f"version {block['version']}" if block["version"] else ""
        classification = str(block["classification"] or "")
        return Meta(
            title=str(block["title"]),
            organisation=str(self.shared["organisation"]),
            reference=str(block["id"]),
            state=" \u00b7 ".join(filter(None, (version, self.provenance.short))),
            classification=classification.capitalize(),
            draft="DRAFT" if block["draft"] else "",
            timestamp=int(datetime.combine(self.report.as_of, datetime.min.time(), UTC).timestamp()),
        )

    def neighbours(self, all_wanted: Sequence[Wanted], formats: Sequence[str]) -> Neighbours:
        """Which anchor is found in which file, where documents are rendered together; the first document has it."""
        if not self.together:
            return NOBODY
        anchors = {one.stem: self.document(one)[0].anchors for one in all_wanted}
        homes: dict[str, str] = {}
        for stem, names in anchors.items():
            for name in names:
                homes.setdefault(name, stem)
        files = frozenset(f"{one.stem}.{name}" for one in all_wanted for name in offered(one, formats))
        return Neighbours(anchors, homes, files)

    def files(self, wanted: Wanted, formats: Sequence[str], neighbours: Neighbours) -> Iterator[tuple[str, bytes]]:
        """The files of a document, by name; a format that the document does not have is left out."""
        document, values = self.document(wanted)
        if not (given := offered(wanted, formats)) and not self.together:
            raise UsageError(f"{wanted.definition.id} has no lists for a workbook", hint="ask for another format")
        for name in given:
            if name == "xlsx":
                yield f"{wanted.stem}.xlsx", _workbook(wanted.definition, document, values)
            else:
                yield f"{wanted.stem}.{name}", self._written(linked(document, neighbours, name), name)

    def index(
        self, all_wanted: Sequence[Wanted], formats: Sequence[str], neighbours: Neighbours
    ) -> Iterator[tuple[str, bytes]]:
        """The page that links all documents, as HTML, and as Markdown where that is asked for."""
        rows = [
            {"stem": one.stem, "formats": offered(one, formats), **self.document(one)[1]["document"]}
            for one in all_wanted
        ]
        draft = next((row["draft"] for row in rows if row["draft"] and self.errors), None)
        markdown = self.render("index.md.j2", {**self.shared, "documents": rows, "draft": draft})
        block = {"title": "Index of documents", "id": "", "version": None, "classification": None, "draft": draft}
        document = assemble(markdown, self._meta(block))
        for name in ("html", *(("md",) if "md" in formats else ())):
            yield f"index.{name}", self._written(linked(document, neighbours, name), name)

    def _written(self, document: Document, name: str) -> bytes:
        """The document in one of the formats that are made of the tree; each loads its own."""
        if name == "md":
            from aimsctl.documents.writing import write  # noqa: PLC0415

            return write(document.blocks).encode("utf-8")
        if name == "html":
            from aimsctl.documents.html import html  # noqa: PLC0415

            return html(document).encode("utf-8")
        if name == "docx":
            from aimsctl.documents.docx import docx  # noqa: PLC0415

            return docx(document)
        from aimsctl.documents.pdf import data  # noqa: PLC0415

        return self.compile(data(document), document.meta.timestamp)


def offered(wanted: Wanted, formats: Sequence[str]) -> list[str]:
    """Those of the formats that the document has: a workbook only where it has lists."""
    return [name for name in formats if name != "xlsx" or wanted.definition.sheets]


def _workbook(definition: Definition, document: Document, values: Record) -> bytes:
    from aimsctl.documents.tree import Table  # noqa: PLC0415 - the same
    from aimsctl.documents.xlsx import xlsx  # noqa: PLC0415 - the same

    tables = (block for block in document.front if isinstance(block, Table) and block.facts)
    facts = [(plain(row[0].inlines), plain(row[1].inlines)) for table in tables for row in table.rows]
    return xlsx(document.meta, facts, definition.sheets, values)


def _fits(item: Item, definition: Definition) -> bool:
    if definition.where is None:
        return True
    name, value = definition.where
    found = item.get(name)
    return value in found if isinstance(found, list) else found == value
