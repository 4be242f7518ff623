"""A layered drawing of a graph: columns from left to right, rows ordered so that few edges cross (Sugiyama's method).

Everything is decided by the order of the input, so the same graph always gets the same drawing.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

_SWEEPS: Final = 12
_WAYPOINT: Final = "\x00"  # begins the key of a place where a long edge passes a column; no key of a node has it


@dataclass(slots=True)
class Layout:
    """The column and row of each node, and the nodes and waypoints each edge runs through; rows are whole numbers."""

    columns: int = 0
    rows: int = 0
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    routes: list[tuple[str, ...]] = field(default_factory=list)


def layout(nodes: Mapping[str, int], edges: Sequence[tuple[str, str]]) -> Layout:
    """Lay out nodes, given with their columns, and edges that lead from a column to a later one."""
    columns: list[dict[str, None]] = [{} for _ in range(max(nodes.values(), default=-1) + 1)]
    for key, column in nodes.items():
        columns[column][key] = None
    routes = [_route(nodes, columns, start, end) for start, end in edges]
    before, after = _neighbours(routes)
    ordered = [sorted(keys, key=lambda key: key not in before and key not in after) for keys in columns]
    for sweep in range(_SWEEPS):
        if sweep % 2:
            _order(ordered[::-1], after)
        else:
            _order(ordered, before)
    places = _places(ordered, before, after)
    return Layout(len(columns), 1 + max((row for _, row in places.values()), default=-1), places, routes)


def is_waypoint(key: str) -> bool:
    """Whether the key is a bend of a long edge and no node."""
    return key.startswith(_WAYPOINT)


def _route(nodes: Mapping[str, int], columns: list[dict[str, None]], start: str, end: str) -> tuple[str, ...]:
    """The edge as steps from column to column, with a waypoint in each column that it passes.

    Long edges to one end share their waypoints, so that they run as one line as soon as they meet.
    """
    route = [start]
    for column in range(nodes[start] + 1, nodes[end]):
        waypoint = f"{_WAYPOINT}{column}:{end}"
        columns[column][waypoint] = None
        route.append(waypoint)
    return (*route, end)


def _neighbours(routes: Sequence[tuple[str, ...]]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for route in routes:
        for start, end in itertools.pairwise(route):
            before.setdefault(end, []).append(start)
            after.setdefault(start, []).append(end)
    return before, after


def _order(columns: Sequence[list[str]], neighbours: Mapping[str, list[str]]) -> None:
    """Sort each column after the first by where its neighbours in the one before stand on average."""
    for previous, column in itertools.pairwise(columns):
        position = {key: number for number, key in enumerate(previous)}
        current = {key: number for number, key in enumerate(column)}
        column.sort(key=lambda key: (_mean(neighbours.get(key, ()), position, current[key]), current[key]))


def _mean(keys: Sequence[str], position: Mapping[str, int], otherwise: float) -> float:
    known = [position[key] for key in keys if key in position]
    return sum(known) / len(known) if known else otherwise


def _places(
    columns: Sequence[list[str]], before: Mapping[str, list[str]], after: Mapping[str, list[str]]
) -> dict[str, tuple[int, int]]:
    """Rows: the fullest column stands close, the others near their neighbours in it, never two in one row."""
    if not columns:
        return {}
    fullest = max(range(len(columns)), key=lambda number: (len(columns[number]), -number))
    rows = {key: number for number, key in enumerate(columns[fullest])}
    for number in range(fullest + 1, len(columns)):
        _settle(columns[number], before, rows, len(columns[fullest]))
    for number in range(fullest - 1, -1, -1):
        _settle(columns[number], after, rows, len(columns[fullest]))
    return {key: (number, rows[key]) for number, column in enumerate(columns) for key in column}


def _settle(column: Sequence[str], neighbours: Mapping[str, list[str]], rows: dict[str, int], room: int) -> None:
    """Give each node a row near its neighbours, in the order of the column, no row twice (pooled adjacent violators).

    A pool is a run of nodes that stand close: the sum of the rows they wish for, each less its place in the column,
    and how many they are. A pool that would stand below the next one is joined with it.
    """
    pools: list[tuple[float, int]] = []
    last = 0.0
    for number, key in enumerate(column):
        known = [rows[other] for other in neighbours.get(key, ()) if other in rows]
        last = sum(known) / len(known) - number if known else last
        pools.append((last, 1))
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            total, count = pools.pop()
            pools[-1] = (pools[-1][0] + total, pools[-1][1] + count)
    starts = [round(total / count) for total, count in pools for _ in range(count)]
    for number, key in enumerate(column):
        rows[key] = min(max(starts[number], 0), room - len(column)) + number
