"""What is measured. Each suite makes its workspaces, runs aimsctl beside its peers, and returns rows."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import workspaces
from benchmarks.documents import documents
from benchmarks.evidence import signatures_alone
from benchmarks.exchange import exchange
from benchmarks.history import history
from benchmarks.measure import ENVIRONMENT, Program, Sample, compare
from benchmarks.programs import AIMSCTL, AS_OF, CHECK_JSONSCHEMA, HERE, ROOT, Scale
from benchmarks.table import Row

SIGNING = "cryptography.hazmat.primitives.asymmetric.ed25519, cryptography.hazmat.primitives.serialization"


def validate(root: Path, *options: str, code: int = 0) -> Program:
    """Our command on a workspace."""
    return Program((AIMSCTL, "validate", *AS_OF, *options), root, code)


def schemas(folder: Path) -> Path:
    """The self-contained schemas that all programs check with."""
    subprocess.run([AIMSCTL, "schema", "--all", str(folder)], check=True, stdout=subprocess.DEVNULL)
    return folder


def check_jsonschema(root: Path, folder: Path, files: dict[str, list[Path]]) -> Program:
    """check-jsonschema on the same files, one run a kind with the schema of the kind: its quickest way."""
    for kind, paths in files.items():
        (root / f"{kind}.list").write_text("\n".join(path.relative_to(root).as_posix() for path in paths))
    check = f'"{CHECK_JSONSCHEMA}" --schemafile "{folder}/$kind.schema.json" $(cat $kind.list)'
    script = f"for kind in {' '.join(files)}; do {check} || exit 1; done"
    return Program(("sh", "-c", script), root)


def throughput(scale: Scale, folder: Path) -> Iterator[Row]:
    """Many artefacts in one process, against a peer that does less and against the floor."""
    root = folder / "many"
    bundles = schemas(folder / "schemas")
    files = workspaces.write(root, scale.artefacts)
    floor = Program((sys.executable, str(HERE / "floor.py"), str(bundles), str(root)), root)
    programs = {"ours": validate(root), "peer": check_jsonschema(root, bundles, files), "floor": floor}
    taken = compare(programs, scale.slow_rounds, warm_up=False)
    work = f"`validate`, {scale.artefacts:,} artefacts of 1.2 kB"
    ours = per_second(taken["ours"], scale.artefacts)
    peer, least = (per_second(taken[name], scale.artefacts) for name in ("peer", "floor"))
    ratio = taken["peer"].seconds / taken["ours"].seconds
    yield Row(work, ours, f"check-jsonschema: {peer}", ratio, " times as many", "at least", 10)
    ratio = taken["ours"].seconds / taken["floor"].seconds
    yield Row("the same", ours, f"only read, parse and check: {least}", ratio, " times its time", "at most", 2.5)
    yield Row("the same", f"{taken['ours'].megabytes:.0f} MB", "", taken["ours"].megabytes, " MB", "at most", 400)


def per_second(sample: Sample, artefacts: int) -> str:
    """Artefacts a second."""
    return f"{artefacts / sample.seconds:,.0f} a second"


def milliseconds(sample: Sample) -> str:
    """The median in milliseconds."""
    return f"{sample.seconds * 1000:.0f} ms"


def cold(scale: Scale, folder: Path) -> Iterator[Row]:
    """What a hook and an editor wait for: one file; and on the worked example `gap`, and the report as a page."""
    root = folder / "one"
    path = workspaces.write_one(root)
    bare = Path(shutil.copytree(ROOT / "policies", folder / "bare" / "policies")).parent
    shutil.copy(ROOT / "aimsctl.yaml", bare)
    schema = schemas(folder / "schemas") / "training.schema.json"
    programs = {
        "ours": validate(root),
        "peer": Program((CHECK_JSONSCHEMA, "--schemafile", str(schema), str(path)), root),
        "empty": Program((sys.executable, str(HERE / "empty.py")), root),
        "gap": Program((AIMSCTL, "gap", *AS_OF, "--fail-on", "never"), bare),
        "report": Program((AIMSCTL, "report", *AS_OF, "--out", str(folder / "report.html")), bare),
        "shown": Program((AIMSCTL, "gap", *AS_OF, "--fail-on", "never"), ROOT),
    }
    taken = compare(programs, scale.quick_rounds)
    ours = taken["ours"]
    for name, beside, budget in (("peer", "check-jsonschema", 0.7), ("empty", "an empty Typer program", 2.2)):
        other = taken[name]
        ratio = ours.seconds / other.seconds
        work = "`validate`, one file, cold" if name == "peer" else "the same"
        yield Row(work, milliseconds(ours), f"{beside}: {milliseconds(other)}", ratio, " times", "at most", budget)
    gap, ratio = taken["gap"], taken["gap"].seconds / ours.seconds
    beside = f"`validate` of one file: {milliseconds(ours)}"
    work = "`gap` on the worked example without its ledgers, cold"
    yield Row(work, milliseconds(gap), beside, ratio, " times", "at most", 2)
    count, alone = signatures_alone(ROOT / "evidence")
    added = taken["shown"].seconds - gap.seconds
    beside, ratio = f"Ed25519 alone: {alone * 1000:.0f} ms", added / alone
    work = f"what its {count:,} receipts add to `gap`"
    yield Row(work, f"{added * 1000:.0f} ms", beside, ratio, " times", "at most", 1.5)
    report, ratio = taken["report"], taken["report"].seconds / gap.seconds
    beside = f"`gap`: {milliseconds(gap)}"
    yield Row("`report` on the same, cold", milliseconds(report), beside, ratio, " times", "at most", 3)


def L_01_many_artefacts(scale: Scale, folder: Path) -> Iterator[Row]:  # noqa: N802 - the threat's own name
    """Time and memory grow with the number of artefacts and not faster; also when they are items of one register."""
    programs = {}
    for count in scale.growth:
        workspaces.write(folder / str(count), count)
        programs[str(count)] = validate(folder / str(count))
    workspaces.write_register(folder / "register", scale.register)
    programs["register"] = validate(folder / "register")
    taken = compare(programs, scale.slow_rounds, warm_up=False)
    first, last = scale.growth[0], scale.growth[-1]
    each = {count: taken[str(count)].seconds / count * 1e6 for count in scale.growth}
    ours = ", ".join(f"{count // 1000 or count / 1000}k: {each[count]:.0f} µs" for count in scale.growth)
    ratio = each[last] / each[first]
    yield Row("`validate`, for each artefact", ours, "linear", ratio, " times from first to last", "at most", 1.2)
    memory = taken[str(last)].megabytes
    yield Row(
        f"`validate`, {last:,} artefacts", f"{memory:.0f} MB", "", memory * 1024 / last, " kB each", "at most", 40
    )
    seconds = taken["register"].seconds
    yield Row(f"`validate`, a register of {scale.register:,}", f"{seconds:.2f} s", "", seconds, " s", "at most", 10)


def L_03_many_findings(scale: Scale, folder: Path) -> Iterator[Row]:  # noqa: N802 - the threat's own name
    """A flood of findings: all of them in JSON, the first ones on the terminal, no quadratic sorting or joining."""
    faults = 10
    workspaces.write(folder, scale.findings // faults, faults=faults)
    told = subprocess.run(
        [AIMSCTL, "validate", *AS_OF, "--format", "json"], cwd=folder, capture_output=True, check=False
    ).stdout
    found = len(json.loads(told)["diagnostics"])
    if found != scale.findings:
        raise RuntimeError(f"{found} findings in JSON, {scale.findings} in the files")
    programs = {shape: validate(folder, "--format", shape, code=1) for shape in ("json", "text", "sarif")}
    taken = compare(programs, scale.slow_rounds, warm_up=False)
    ours = ", ".join(f"{shape} {sample.seconds:.1f} s" for shape, sample in taken.items())
    slowest = max(sample.seconds for sample in taken.values())
    yield Row(f"`validate` with {scale.findings:,} findings", ours, "", slowest, " s", "at most", 60)


def recording(scale: Scale, folder: Path) -> Iterator[Row]:
    """Receipts: many in one process, against signing and encoding alone and against a peer; and one in a process."""
    counts = {"ours": scale.receipts, "floor": scale.receipts, "lines": scale.receipts, "glacis": scale.receipts // 50}
    taken: dict[str, list[float]] = {way: [] for way in counts}
    for turn in range(scale.slow_rounds + 1):
        for way, count in counts.items():
            command = (sys.executable, str(HERE / "receipts.py"), way, str(folder / f"{way}-{turn}"), str(count))
            told = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT, env=ENVIRONMENT).stdout
            taken[way].append(float(told) / count)
    each = {way: statistics.median(times) for way, times in taken.items()}
    ours, least = (f"{1 / each[way]:,.0f} a second" for way in ("ours", "floor"))
    work = "receipts through the Recorder"
    ratio = each["ours"] / each["floor"]
    yield Row(work, ours, f"only sign and encode: {least}", ratio, " times its time", "at most", 1.5)
    peer, ratio = f"glacis: {1 / each['glacis']:,.0f} a second", each["glacis"] / each["ours"]
    yield Row("the same", ours, peer, ratio, " times as many", "at least", 50)
    lines, ratio = f"{1 / each['lines']:,.0f} a second", each["lines"] / each["floor"]
    yield Row(
        "`evidence record --stdin`", lines, f"only sign and encode: {least}", ratio, " times its time", "at most", 3
    )
    root = folder / "lines-0"
    options = (
        "--control CTL-08 --system S --executor guardrail --executor-id x:y --output o --result passed --key key.pem"
    )
    programs = {
        "ours": Program((AIMSCTL, "evidence", "record", *options.split()), root),
        "bare": Program((sys.executable, "-c", f"import {SIGNING}"), root),
    }
    once = compare(programs, scale.quick_rounds)
    ratio = once["ours"].seconds / once["bare"].seconds
    beside = f"Python that imports `cryptography` to read a key: {milliseconds(once['bare'])}"
    yield Row("`evidence record`, once", milliseconds(once["ours"]), beside, ratio, " times", "at most", 2)


def ledger(scale: Scale, folder: Path) -> Iterator[Row]:
    """Receipts appended, sealed and verified."""
    from benchmarks.evidence import evidence  # noqa: PLC0415 - loads cryptography, which the other suites do without

    yield from evidence(scale.receipts, scale.entries, folder)


SUITES: dict[str, Callable[[Scale, Path], Iterator[Row]]] = {
    "cold": cold,
    "throughput": throughput,
    "recording": recording,
    "L-01": L_01_many_artefacts,
    "L-03": L_03_many_findings,
    "ledger": ledger,
    "documents": documents,
    "history": history,
    "exchange": exchange,
}
