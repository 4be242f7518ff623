"""How things hang together as a graph: risk, treatment, control, statement of applicability, evidence, AI system.

Around an artefact outside this chain, its links one step in both directions. Nodes and edges are plain values in a
fixed order; drawing them is for others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from aimsctl.assessment.ageing import evidence
from aimsctl.assessment.computed.registry import listed, rows
from aimsctl.assessment.dossier import named
from aimsctl.assessment.responsible import title_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aimsctl.assessment.facts import Facts
    from aimsctl.assessment.gap import GapReport
    from aimsctl.assessment.items import Item
    from aimsctl.workspace.artefacts import Artefact

Record = dict[str, Any]
LAYERS: Final = ("risk", "treatment", "control", "applicability", "evidence", "system")
_AROUND: Final = ("linking", "artefact", "linked")
_GOOD: Final = ("conforms", "opportunity", "not_applicable")


@dataclass(slots=True)
class _Graph:
    layers: tuple[str, ...]
    nodes: dict[str, Record] = field(default_factory=dict)
    edges: dict[tuple[str, str], None] = field(default_factory=dict)

    def node(self, key: str, layer: str, label: tuple[str, str], state: str = "", *, good: bool = True) -> None:
        """Add a node once: its id and title, the layer it stands in, and a word for its state."""
        own = {"key": key, "layer": layer, "id": label[0], "title": label[1], "state": state, "good": good}
        self.nodes.setdefault(key, own)

    def edge(self, start: str, end: str) -> None:
        """Join two nodes once; an end that is no node joins nothing."""
        if start in self.nodes and end in self.nodes:
            self.edges[start, end] = None

    def record(self, as_of: str, around: str) -> Record:
        """Nodes and edges in order, with the lanes of each row of the statement of applicability as one node."""
        nodes = {_shown(key): {**node, "key": _shown(key)} for key, node in self.nodes.items()}
        order = {key: number for number, key in enumerate(nodes)}
        pairs = {(_shown(start), _shown(end)) for start, end in self.edges}
        edges = sorted(pairs, key=lambda pair: (order[pair[0]], order[pair[1]]))
        return {
            "as_of": as_of,
            "around": around,
            "layers": list(self.layers),
            "nodes": list(nodes.values()),
            "edges": [{"from": start, "to": end} for start, end in edges],
        }


def _shown(key: str) -> str:
    """The key of a node without its lane."""
    return key.partition("@")[0] if key.startswith("applicability:") else key


def chain(report: GapReport, identifier: str = "") -> Record:
    """The whole chain, or the part that runs through one artefact, control of Annex A or AI system.

    Raises UsageError for an id that nothing has.
    """
    facts = report.facts
    graph = _whole(report)
    if not identifier:
        return graph.record(report.as_of.isoformat(), "")
    start = [key for key in graph.nodes if identifier.casefold() in _names(key)]
    if not start:
        return _links(facts, named(facts.workspace, identifier)).record(report.as_of.isoformat(), identifier)
    return _through(graph, start).record(report.as_of.isoformat(), identifier)


def _names(key: str) -> tuple[str, ...]:
    """The ids that a node answers to: its own, and of evidence the control's."""
    layer, _, rest = _shown(key).partition(":")
    return (rest.casefold(),) if layer != "evidence" else (rest.partition("/")[0].casefold(),)


def _whole(report: GapReport) -> _Graph:
    facts, graph = report.facts, _Graph(LAYERS)
    risks = [risk for risk in facts.standing("risk") if risk.get("treatment")]
    controls = facts.standing("control")
    for risk in risks:
        _risk(graph, risk)
    for control in controls:
        graph.node(f"control:{control.id}", "control", (control.id, str(control.get("title"))), _word(control))
    fulfils = {control.id: _fulfils(facts, control) for control in controls}
    _rows(graph, report, fulfils)
    _evidence(graph, report, fulfils)
    for risk in risks:
        _treated_by(graph, facts, risk, fulfils)
    return graph


def _risk(graph: _Graph, risk: Item) -> None:
    level = risk.get("residual_level") or risk.get("level")
    graph.node(f"risk:{risk.id}", "risk", (risk.id, str(risk.get("title"))), str(level or "not rated"))
    actions = rows(risk, "actions")
    waiting = risk.get("actions_open") is True
    state = "actions open" if waiting else "actions done" if actions else "no actions"
    graph.node(
        f"treatment:{risk.id}",
        "treatment",
        (f"{risk.get('treatment')} {risk.id}", _first(actions)),
        state,
        good=not waiting,
    )
    graph.edge(f"risk:{risk.id}", f"treatment:{risk.id}")


def _first(actions: list[dict[str, object]]) -> str:
    what = [str(row.get("what") or "") for row in actions]
    return what[0] + (f" (and {len(what) - 1} more)" if len(what) > 1 else "") if what else ""


def _word(control: Item) -> str:
    effect = control.get("effect")
    return str(effect).replace("_", " ") if effect else "effect not checked"


def _fulfils(facts: Facts, control: Item) -> list[str]:
    """The rows of the statement of applicability that a control stands behind; its own row among them."""
    named = [str(name) for name in listed(control.data.get("fulfils"))]
    return [name for name in dict.fromkeys((*named, control.id)) if name in facts.soa_rows]


def _rows(graph: _Graph, report: GapReport, fulfils: Mapping[str, list[str]]) -> None:
    """A row has one lane for each control behind it, so that no control leads to the evidence of another."""
    for name, row in report.facts.soa_rows.items():
        known = name in report.facts.catalogue
        grade = report.get(name).grade if known else ""
        title = report.facts.catalogue.get(name).title if known else title_of(report.facts, name)
        state = "excluded" if row.data.get("applicable") is False else grade.replace("_", " ")
        behind = [control for control, names in fulfils.items() if name in names]
        for lane in ("", *behind):
            good = grade in _GOOD or not known
            graph.node(f"applicability:{name}@{lane}", "applicability", (name, title), state, good=good)
            graph.edge(f"control:{lane}", f"applicability:{name}@{lane}")


def _evidence(graph: _Graph, report: GapReport, fulfils: Mapping[str, list[str]]) -> None:
    """The rows of evidence that controls owe, joined to what they show and to the systems they are about."""
    systems = {str(one.get("title")): one for one in report.facts.standing("ai-system")}
    for one in systems.values():
        state = "high risk" if one.get("high_risk") is True else str(one.get("legal_class") or "").replace("_", " ")
        graph.node(f"system:{one.id}", "system", (one.id, str(one.get("title"))), state)
    owed: dict[str, list[Record]] = {}
    for row in evidence(report)["rows"]:
        owed.setdefault(f"evidence:{row['control']}/{row['evidence']}", []).append(row)
    for key, found in owed.items():
        states = dict.fromkeys(row["state"] for row in found)
        label = (f"{found[0]['control']} {found[0]['evidence']}", found[0]["title"])
        graph.node(key, "evidence", label, ", ".join(states), good=set(states) == {"fresh"})
        for name in fulfils.get(found[0]["control"], ()):
            for lane in ("", found[0]["control"]):
                graph.edge(f"applicability:{name}@{lane}", key)
        for row in found:
            about = systems.get(row["system"])
            for system in systems.values() if about is None else (about,):
                if about is not None or system.get("in_scope") is True:
                    graph.edge(key, f"system:{system.id}")


def _treated_by(graph: _Graph, facts: Facts, risk: Item, fulfils: Mapping[str, list[str]]) -> None:
    """A treatment leads to the controls it names; to a row of the statement where no control stands between."""
    start = f"treatment:{risk.id}"
    wanted = [str(name) for name in listed(risk.data.get("controls"))]
    reached = {name for control in wanted for name in fulfils.get(control, ())}
    for name in wanted:
        graph.edge(start, f"control:{name}")
        if name in facts.soa_rows and name not in reached:
            graph.edge(start, f"applicability:{name}@")


def _through(graph: _Graph, start: Iterable[str]) -> _Graph:
    """The part of the graph that leads to the start or away from it."""
    kept = set(start)
    for forward in (True, False):
        kept |= _reached(graph, start, forward=forward)
    part = _Graph(graph.layers)
    part.nodes = {key: node for key, node in graph.nodes.items() if key in kept}
    part.edges = {pair: None for pair in graph.edges if pair[0] in kept and pair[1] in kept}
    return part


def _reached(graph: _Graph, start: Iterable[str], *, forward: bool) -> set[str]:
    steps: dict[str, list[str]] = {}
    for first, second in graph.edges:
        steps.setdefault(first if forward else second, []).append(second if forward else first)
    found, waiting = set(start), list(start)
    while waiting:
        for key in steps.get(waiting.pop(), ()):
            if key not in found:
                found.add(key)
                waiting.append(key)
    return found


def _links(facts: Facts, artefact: Artefact) -> _Graph:
    """An artefact with what it links to and what links to it."""
    graph, workspace = _Graph(_AROUND), facts.workspace
    middle = f"artefact:{artefact.id}"
    for link in workspace.links_to(artefact.id):
        graph.node(f"linking:{link.source.id}", "linking", (link.source.id, link.source.title), link.source.kind)
    graph.node(middle, "artefact", (artefact.id, artefact.title), artefact.kind)
    for link in workspace.links_to(artefact.id):
        graph.edge(f"linking:{link.source.id}", middle)
    for link in workspace.links_from(artefact):
        found = workspace.by_id.get(link.target)
        known = link.target in facts.catalogue
        title = found.title if found is not None else facts.catalogue.get(link.target).title if known else ""
        state = found.kind if found is not None else "requirement" if known else "missing"
        good = found is not None or known
        graph.node(f"linked:{link.target}", "linked", (link.target, title), state, good=good)
        graph.edge(middle, f"linked:{link.target}")
    return graph
