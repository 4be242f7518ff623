"""From ready Markdown to DOCX or PDF with our writers and nothing else: what pandoc does, in a process of its own."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from aimsctl.documents.assembly import assemble
from aimsctl.documents.tree import Meta

gc.disable()  # as the command does
source, target = map(Path, sys.argv[1:])
document = assemble(source.read_text(encoding="utf-8"), Meta("Statement of applicability", "Fernlough", "SOA-01", ""))
if target.suffix == ".docx":
    from aimsctl.documents.docx import docx

    target.write_bytes(docx(document))
else:
    from aimsctl.documents.pdf import compiled, data

    target.write_bytes(compiled(data(document), 0))
