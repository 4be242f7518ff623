"""Whatever the graph is, its drawing keeps every node in its column, no two in one place, and comes out the same."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from aimsctl.output.layers import is_waypoint, layout

Graph = tuple[dict[str, int], list[tuple[str, str]]]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    columns = draw(st.lists(st.integers(0, 5), max_size=40))
    nodes = {f"n{number}": column for number, column in enumerate(columns)}
    onward = [(start, end) for start in nodes for end in nodes if nodes[start] < nodes[end]]
    edges = draw(st.lists(st.sampled_from(onward), max_size=60, unique=True)) if onward else []
    return nodes, edges


@given(graphs())
def test_every_node_has_a_place_of_its_own_in_its_column(graph: Graph) -> None:
    nodes, edges = graph
    plan = layout(nodes, edges)
    assert {key: plan.places[key][0] for key in nodes} == nodes
    assert len(set(plan.places.values())) == len(plan.places)
    assert all(0 <= row < plan.rows for _, row in plan.places.values())
    assert all(is_waypoint(key) for key in plan.places if key not in nodes)


@given(graphs())
def test_every_edge_runs_from_its_start_to_its_end_column_by_column(graph: Graph) -> None:
    nodes, edges = graph
    plan = layout(nodes, edges)
    assert [(route[0], route[-1]) for route in plan.routes] == edges
    for route in plan.routes:
        assert all(plan.places[end][0] - plan.places[start][0] == 1 for start, end in pairwise(route))


@given(graphs())
def test_the_drawing_is_as_high_as_its_fullest_column(graph: Graph) -> None:
    nodes, edges = graph
    plan = layout(nodes, edges)
    columns = [column for column, _ in plan.places.values()]
    assert plan.rows == max(map(columns.count, columns), default=0)
    assert layout(nodes, edges) == plan
