"""The readiness report as PDF: what its Markdown says, set like every other document."""

from __future__ import annotations

import datetime as dt
from typing import Final

from aimsctl.documents import pdf
from aimsctl.documents.confined import Confined
from aimsctl.documents.reading import read
from aimsctl.documents.tree import Document, Heading, Meta, anchors_in

TITLE: Final = "Readiness report"


def report_pdf(markdown: str, organisation: str, as_of: dt.date, title: str = TITLE) -> bytes:
    """The PDF of a report's Markdown. Raises MissingExtraError without typst, RenderError where it cannot be made."""
    blocks = read(markdown)
    first = next((at for at, one in enumerate(blocks) if isinstance(one, Heading) and one.level > 1), len(blocks))
    timestamp = int(dt.datetime.combine(as_of, dt.time(), dt.UTC).timestamp())
    meta = Meta(title, organisation, "", f"as of {as_of.isoformat()}", timestamp=timestamp)
    document = Document(meta, blocks[:first], blocks[first:], frozenset(anchors_in(blocks)))
    with Confined() as confined:
        return confined.pdf(pdf.data(document), timestamp)
