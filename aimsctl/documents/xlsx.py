"""Registers as workbooks: text stays text, columns keep their order, and the same rows give the same bytes."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.calendar import parse_date
from aimsctl.documents.package import normalised
from aimsctl.documents.tree import Meta, Tone
from aimsctl.documents.wordml import PAPER
from aimsctl.errors import MissingExtraError

if TYPE_CHECKING:
    from aimsctl.documents.sheets import Column, Sheet

_LONGEST: Final = 32_767  # characters of a cell
_NARROWEST, _WIDEST = 9, 55
_LINE, _MARGIN, _TALLEST = 13.2, 2.0, 409.0  # points; a row cannot be taller
_WORDS_BREAK: Final = 1.15  # lines end before they are full
_MORE_ROWS: Final = 200  # rows below the last one that offer the same choices
_ACTIVE: Final = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_A3: Final = 8
_FIRST_YEAR: Final = 1901
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}


def xlsx(meta: Meta, facts: Sequence[tuple[str, str]], sheets: Sequence[Sheet], context: Mapping[str, Any]) -> bytes:
    """The workbook: what it is, then a sheet for each list. Raises MissingExtraError without XlsxWriter."""
    try:
        import xlsxwriter  # noqa: PLC0415 - only who wants Excel needs it
    except ImportError as error:
        raise MissingExtraError("writing XLSX", "xlsx") from error
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, _OPTIONS)
    when = dt.datetime.fromtimestamp(meta.timestamp, dt.UTC).replace(tzinfo=None)
    book.set_properties({"title": meta.title, "author": meta.organisation, "subject": meta.reference, "created": when})
    made = _Book(book, context["tones"])
    made.about(meta, facts, sheets)
    for sheet in sheets:
        made.sheet(meta, sheet, sheet.rows(context))
    book.close()
    return normalised(target.getvalue())


@dataclass
class _Book:
    book: Any
    tones: Mapping[str, Tone]

    def __post_init__(self) -> None:
        self.formats: dict[tuple[tuple[str, object], ...], Any] = {}

    def format(self, **properties: object) -> Any:
        """The format of these properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            base = {"font_name": "Arial", "font_size": 9, "valign": "top", "text_wrap": True}
            self.formats[key] = self.book.add_format(base | properties)
        return self.formats[key]

    def about(self, meta: Meta, facts: Sequence[tuple[str, str]], sheets: Sequence[Sheet]) -> None:
        """The first sheet: title, control block, and what the other sheets hold."""
        page = self.book.add_worksheet("About")
        page.hide_gridlines(2)
        page.set_column(0, 0, 20)
        page.set_column(1, 1, 90)
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.write_string(0, 0, meta.organisation, self.format(font_color="#5A6675", bold=True, text_wrap=False))
        title = self.format(font_size=18, bold=True, font_color="#16365C", text_wrap=False)
        page.write_string(1, 0, meta.title, title)
        row = 3
        if meta.draft:
            page.write_string(
                2, 0, f"DRAFT: {meta.draft}", self.format(bold=True, font_color="#8A1212", text_wrap=False)
            )
        held = [(sheet.name, f"Columns: {', '.join(one.heading for one in sheet.columns)}") for sheet in sheets]
        for name, value in (*facts, *held):
            self.text(page, row, 0, name, font_color="#5A6675", bottom=1, bottom_color="#D5DBE3")
            self.text(page, row, 1, value, bottom=1, bottom_color="#D5DBE3")
            row += 1

    def sheet(self, meta: Meta, sheet: Sheet, rows: Sequence[Mapping[str, Any]]) -> None:
        """One list: a head that stays, filters, and the words that a column may hold to choose from."""
        page = self.book.add_worksheet(sheet.name)
        head = self.format(bold=True, font_color="#16365C", bg_color="#F3F5F8", bottom=2, bottom_color="#16365C")
        table = [[column.of(row) for column in sheet.columns] for row in rows]
        widths = [_width(column.heading, [row[place] for row in table]) for place, column in enumerate(sheet.columns)]
        for place, column in enumerate(sheet.columns):
            page.write_string(0, place, column.heading, head)
            page.set_column(place, place, widths[place])
            self.choices(page, place, column, len(table))
        for number, values in enumerate(table, start=1):
            page.set_row(number, _height(values, widths))
            for place, value in enumerate(values):
                self.value(page, number, place, value)
        page.freeze_panes(1, 1)
        page.autofilter(0, 0, max(len(table), 1), len(sheet.columns) - 1)
        self.printed(page, meta)

    def choices(self, page: Any, place: int, column: Column, rows: int) -> None:
        """A drop-down where the column holds one of a few words."""
        if column.choices:
            allowed = {"validate": "list", "source": list(column.choices), "error_type": "warning"}
            page.data_validation(1, place, rows + _MORE_ROWS, place, allowed)

    def printed(self, page: Any, meta: Meta) -> None:
        """How it prints: turned, one page wide, the head on each page."""
        page.set_landscape()
        page.set_paper(_A3)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        draft = "DRAFT  " if meta.draft else ""
        page.set_header("&L" + _doubled(draft + meta.organisation) + "&R" + _doubled(meta.title))
        page.set_footer("&L" + _doubled(f"{meta.reference} {meta.state}") + "&RPage &P of &N")

    def value(self, page: Any, row: int, place: int, value: object) -> None:
        """A number as a number, a day as a day, everything else as text."""
        line = {"bottom": 1, "bottom_color": "#D5DBE3"}
        day = parse_date(value)
        if isinstance(value, bool):
            self.text(page, row, place, "Yes" if value else "No", **line)
        elif isinstance(value, int | float):
            page.write_number(row, place, value, self.format(**line))
        elif day is not None and day.year >= _FIRST_YEAR:
            page.write_datetime(row, place, day, self.format(num_format="yyyy-mm-dd", align="left", **line))
        elif value is None:
            page.write_blank(row, place, None, self.format(**line))
        else:
            self.text(page, row, place, str(value), **line, **self.coloured(str(value)))

    def coloured(self, value: str) -> dict[str, object]:
        """The colours of a word that has a tone."""
        tone = self.tones.get(value.replace(" ", "_"))
        if tone is None or tone == "quiet":
            return {}
        paper, pen = PAPER[tone]
        return {"bg_color": f"#{paper}", "font_color": f"#{pen}"}

    def text(self, page: Any, row: int, place: int, text: str, **properties: object) -> None:
        """Text that no program takes for a formula, not even when the cell is edited."""
        if text.startswith(_ACTIVE):
            properties["quote_prefix"] = True
        page.write_string(row, place, text[:_LONGEST], self.format(**properties))


def _width(heading: str, values: Sequence[object]) -> float:
    lengths = [len(heading), *(len(str(value)) for value in values if value is not None)]
    usual = sum(lengths) / len(lengths)
    return float(min(max(_NARROWEST, *_longest_words(heading, values), 1.6 * usual**0.85), _WIDEST))


def _height(values: Sequence[object], widths: Sequence[float]) -> float:
    """The height at which all words of a row are seen: not every program works it out when it opens the file."""
    lines = (
        sum(1 + int(len(line) * _WORDS_BREAK / width) for line in str(value).split("\n"))
        for value, width in zip(values, widths, strict=True)
        if value is not None
    )
    return min(_LINE * max(lines, default=1) + _MARGIN, _TALLEST)


def _longest_words(heading: str, values: Sequence[object]) -> Iterator[float]:
    for text in (heading, *(str(value) for value in values[:400] if value is not None)):
        yield min(max((len(word) for word in text.split()), default=0), 30) * 1.15 + 2


def _doubled(text: str) -> str:
    """Text in a header, where an ampersand begins a command; at most as long as a header may be."""
    return text[:100].replace("&", "&&")
