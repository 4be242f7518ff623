"""A graph of the workspace as a picture (SVG) and as text that other programs draw (Mermaid, DOT).

Ids and titles come from artefacts: in each form they are text and nothing else. SVG escapes them as XML, Mermaid gets
everything but letters, digits and a few marks as character numbers, DOT gets them as quoted strings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from aimsctl.output.clean import one_line
from aimsctl.output.layers import Layout, is_waypoint, layout
from aimsctl.output.width import width

Record = Mapping[str, Any]
HEADS: Final = {
    "risk": "Risks",
    "treatment": "Treatment",
    "control": "Controls",
    "applicability": "Statement of applicability",
    "evidence": "Evidence",
    "system": "AI systems",
    "linking": "Links to it",
    "artefact": "Artefact",
    "linked": "It links to",
}
_BOX, _HIGH, _GAP, _LINE, _TOP, _EDGE = 248, 44, 64, 56, 92, 24  # pixels
_WIDEST: Final = 33  # columns of text that fit into a box; letters in bold take more
_MERMAID: Final = re.compile(r"[^\w .,:()/+-]|(?<!\w)_|_(?!\w)")
_STYLE: Final = (
    "svg{background:#fff}text{font-family:system-ui,sans-serif;font-size:12px;fill:#1b1f24}"
    ".head{font-weight:600;font-size:14px}.said{font-size:13px}.id{font-weight:600}.state{fill:#57606a;font-size:11px}"
    "rect{fill:#f6f8fa;stroke:#8c959f}.open rect{fill:#fff8f0;stroke:#9a4a00;stroke-width:2}"
    ".open .state{fill:#8a3d00;font-weight:600}path{fill:none;stroke:#8c959f;stroke-width:1.2}"
)


def mermaid(record: Record) -> str:
    """The graph as a Mermaid flowchart."""
    keys = {node["key"]: f"n{number}" for number, node in enumerate(record["nodes"])}
    lines = ["flowchart LR"]
    for layer in record["layers"]:
        inside = [node for node in record["nodes"] if node["layer"] == layer]
        if inside:
            lines.append(f'  subgraph {layer}s["{_numbered(HEADS[layer])}"]')
            lines += [f'    {keys[node["key"]]}["{_said(node)}"]{"" if node["good"] else ":::open"}' for node in inside]
            lines.append("  end")
    lines += [f"  {keys[edge['from']]} --> {keys[edge['to']]}" for edge in record["edges"]]
    lines.append("  classDef open stroke:#9a4a00,stroke-width:2px")
    return "\n".join(lines) + "\n"


def _said(node: Record) -> str:
    parts = (_numbered(node["id"]), _numbered(node["title"]), _numbered(node["state"]))
    return "<br/>".join(part for part in parts if part)


def _numbered(text: str) -> str:
    """The text with every character that Mermaid could read as its own as `#number;`."""
    return _MERMAID.sub(lambda found: f"#{ord(found.group())};", one_line(text))


def dot(record: Record) -> str:
    """The graph in the DOT language of Graphviz."""
    keys = {node["key"]: f"n{number}" for number, node in enumerate(record["nodes"])}
    lines = ["digraph aims {", '  graph [rankdir=LR, fontname="sans-serif"];']
    lines += ['  node [shape=box, fontname="sans-serif", fontsize=10];', '  edge [color="#8c959f"];']
    for number, layer in enumerate(record["layers"]):
        inside = [node for node in record["nodes"] if node["layer"] == layer]
        if inside:
            lines.append(f"  subgraph cluster_{number} {{")
            lines.append(f"    label={_quoted(HEADS[layer])}; color=white;")
            lines += [f"    {keys[node['key']]} [label={_labelled(node)}{_bold(node)}];" for node in inside]
            lines.append("  }")
    lines += [f"  {keys[edge['from']]} -> {keys[edge['to']]};" for edge in record["edges"]]
    return "\n".join([*lines, "}"]) + "\n"


def _bold(node: Record) -> str:
    return "" if node["good"] else ', color="#9a4a00", penwidth=2'


def _labelled(node: Record) -> str:
    parts = [_inert(node[name]) for name in ("id", "title", "state") if node[name]]
    return '"' + "\\n".join(parts) + '"'


def _quoted(text: str) -> str:
    return f'"{_inert(text)}"'


def _inert(text: str) -> str:
    """The text inside quotes of DOT: no escape, no entity, no end of the string."""
    plain = one_line(text).replace("&", "&amp;")
    return plain.replace("\\", "\\\\").replace('"', '\\"')


def svg(record: Record) -> str:
    """The graph as one SVG picture with a title and a description, drawn in columns from left to right."""
    layers = [layer for layer in record["layers"] if any(node["layer"] == layer for node in record["nodes"])]
    columns = {node["key"]: layers.index(node["layer"]) for node in record["nodes"]}
    plan = layout(columns, [(edge["from"], edge["to"]) for edge in record["edges"]])
    wide = max(plan.columns * (_BOX + _GAP) - _GAP + 2 * _EDGE, 480)
    high = _TOP + plan.rows * _LINE + _EDGE
    title, description = _title(record), _description(record, layers)
    return "".join(
        (
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title desc" width="{wide}"'
                f' height="{high}" viewBox="0 0 {wide} {high}">\n'
            ),
            f'<title id="title">{_xml(title)}</title>\n<desc id="desc">{_xml(description)}</desc>\n',
            f"<style>{_STYLE}</style>\n",
            f'<text class="said" x="{_EDGE}" y="28">{_xml(title)}</text>\n',
            *_heads(layers),
            *_paths(plan),
            *(_box(node, plan) for node in record["nodes"]),
            "</svg>\n",
        )
    )


def _title(record: Record) -> str:
    around = f" around {record['around']}" if record["around"] else ""
    return f"How the management system hangs together{around}, as of {record['as_of']}"


def _description(record: Record, layers: list[str]) -> str:
    counted = ", ".join(
        f"{HEADS[layer].lower()}: {sum(node['layer'] == layer for node in record['nodes'])}" for layer in layers
    )
    still = [f"{node['id']} ({node['state']})" for node in record["nodes"] if not node["good"]]
    return f"Columns from left to right: {counted or 'none'}. Set off: {', '.join(still) or 'none'}."


def _heads(layers: list[str]) -> Iterator[str]:
    for number, layer in enumerate(layers):
        yield f'<text class="head" x="{_x(number)}" y="{_TOP - 20}">{HEADS[layer]}</text>\n'


def _x(column: int) -> int:
    return _EDGE + column * (_BOX + _GAP)


def _y(row: int) -> int:
    return _TOP + row * _LINE


def _paths(plan: Layout) -> Iterator[str]:
    for route in plan.routes:
        points = [plan.places[key] for key in route]
        steps = [f"M{_x(points[0][0]) + _BOX} {_y(points[0][1]) + _HIGH // 2}"]
        for (column, row), (_, next_row), key in zip(points, points[1:], route[1:], strict=False):
            start, end = _x(column) + _BOX, _x(column + 1)
            middle = (start + end) // 2
            y, next_y = _y(row) + _HIGH // 2, _y(next_row) + _HIGH // 2
            steps.append(f"C{middle} {y} {middle} {next_y} {end} {next_y}")
            if is_waypoint(key):
                steps.append(f"H{end + _BOX}")
        yield f'<path d="{"".join(steps)}"/>\n'


def _box(node: Record, plan: Layout) -> str:
    column, row = plan.places[node["key"]]
    x, y = _x(column), _y(row)
    whole = ": ".join(part for part in (node["id"], node["title"]) if part)
    state = f" ({node['state']})" if node["state"] else ""
    word = _cut(node["state"], 18)
    first = _cut(node["id"], _WIDEST - 4 - width(word))
    return (
        f'<g class="{"done" if node["good"] else "open"}"><title>{_xml(whole + state)}</title>'
        f'<rect x="{x}" y="{y}" width="{_BOX}" height="{_HIGH}" rx="4"/>'
        f'<text class="id" x="{x + 8}" y="{y + 18}">{_xml(first)}</text>'
        f'<text class="state" x="{x + _BOX - 8}" y="{y + 18}" text-anchor="end">{_xml(word)}</text>'
        f'<text x="{x + 8}" y="{y + 35}">{_xml(_cut(node["title"], _WIDEST))}</text></g>\n'
    )


def _cut(text: str, columns: int) -> str:
    """The text as far as it fits, with an ellipsis where it is cut; the whole stands in the title of its box."""
    line = one_line(text)
    if width(line) <= columns:
        return line
    while line and width(line) > columns - 1:
        line = line[:-1]
    return line.rstrip() + "…"


def _xml(text: str) -> str:
    return escape(one_line(text))
