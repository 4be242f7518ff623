"""Makes a git repository of the worked example with a history of two years.

    python tools/make_history.py FOLDER

The last commit holds the worked example as it stands, with its ledgers. Before it, documents are drafted, approved and
issued anew, registers grow by their entries' dates, and records come in on their days. Who approves a text commits the
approval and signs it; the keys are made from their owners' ids, are written beside the repository, and prove nothing to
anybody.
Two years of Fernlough Health are as invented as the company. The branch `proposal` is a pull request to look at with
`aimsctl gap --since main`.
Needs git and ssh-keygen; the same checkout gives the same commits.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from aimsctl.source.config import load as load_config
from aimsctl.source.files import WorkTree
from aimsctl.workspace.artefacts import Artefact
from aimsctl.workspace.kinds import kind
from aimsctl.workspace.workspace import Workspace, load

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = dt.date(2024, 11, 1), dt.date(2026, 10, 31)
DRAFTED = dt.timedelta(days=21)
BETWEEN = dt.timedelta(days=150)  # from one version to the next
FILES = ("aimsctl.yaml", ".gitattributes")
WRITERS = ("PER-04", "PER-06", "PER-07", "PER-08")  # who write what nobody in particular writes


@dataclass(frozen=True, order=True)
class Step:
    """One commit: when, by whom, signed or not, what it is called, and the files it writes (None: takes away)."""

    day: dt.date
    order: int
    author: str
    message: str
    signed: bool = field(compare=False, default=False)
    files: Mapping[str, str | bytes | None] = field(compare=False, default_factory=dict)


def day_of(artefact: Artefact) -> dt.date:
    """The day on which an artefact first stood as it stands now, as far as it says; within the two years."""
    known = kind(artefact.kind)
    dated = (known.dated_by if known else None) or "issued"
    for name in ("approval.date", dated, "assessed", "issued", "joined", "in_force_since", "since", "review.last"):
        value = artefact.get(name)
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return min(max(dt.date.fromisoformat(value), BEGIN), END)
    return BEGIN


def person(workspace: Workspace, name: object, default: str) -> str:
    """The person of that id, or who holds the role of that id."""
    found = workspace.by_id.get(name) if isinstance(name, str) else None
    if found is not None and found.kind == "role":
        holder = found.get("holder")
        return holder if isinstance(holder, str) else default
    return found.id if found is not None and found.kind == "person" else default


def writer(workspace: Workspace, artefact: Artefact, approver: str = "") -> str:
    """Who writes an artefact: the owner, or somebody else where the owner approves it."""
    owner = person(workspace, artefact.get("owner"), WRITERS[0])
    return owner if owner != approver else next(one for one in WRITERS if one != approver)


def register_steps(workspace: Workspace, path: str, artefacts: list[Artefact], text: str) -> Iterator[Step]:
    """A register grows by the dates of its items; of several on one day there is one commit."""
    lines = text.splitlines(keepends=True)
    starts = [artefact.document.span(artefact.pointer).line - 1 for artefact in artefacts]
    head, ends = "".join(lines[: starts[0]]), [*starts[1:], len(lines)]
    days = [day_of(artefact) for artefact in artefacts]
    for day in sorted(set(days)):
        kept = ("".join(lines[start:end]) for start, end, since in zip(starts, ends, days, strict=True) if since <= day)
        new = [artefact for artefact, since in zip(artefacts, days, strict=True) if since == day]
        who = writer(workspace, new[0])
        what = new[0].title if len(new) == 1 else f"{len(new)} entries of {Path(path).stem}"
        yield Step(day, 1, who, f"Record {what}", files={path: head + "".join(kept)})


def file_steps(workspace: Workspace, path: str, artefact: Artefact, text: str, beside: str | None) -> Iterator[Step]:
    """A document is drafted, approved, and perhaps issued anew; a record without approval is written on its day."""
    if artefact.kind == "ai-system":
        yield from _system_steps(workspace, path, artefact, text)
        return
    last, approval = day_of(artefact), artefact.get("approval")
    extra = {beside: (ROOT / beside).read_text(encoding="utf-8")} if beside else {}
    if not isinstance(approval, dict):
        yield Step(last, 1, writer(workspace, artefact), f"Record {artefact.title}", files={path: text, **extra})
        return
    approver = person(workspace, approval.get("by"), WRITERS[0])
    author = writer(workspace, artefact, approver)
    versions = _versions(str(artefact.get("version") or "1.0"), last, artefact.get("in_force_since"))
    for number, (version, day) in enumerate(versions):
        whole = text if number == len(versions) - 1 else earlier(text, version, day, number)
        drafted = max(day - DRAFTED, BEGIN) if number == 0 else day - DRAFTED
        said = f"{artefact.title}, version {version}" if "version:" in text else artefact.title
        yield Step(drafted, 2, author, f"Draft {said}", files={path: draft(whole), **(extra if number == 0 else {})})
        yield Step(day, 3, approver, f"Approve {said}", signed=True, files={path: whole})


def _system_steps(workspace: Workspace, path: str, artefact: Artefact, text: str) -> Iterator[Step]:
    """A system is recorded on the day before each version goes live, and with its last review."""
    head, _, rows = text.partition("models:\n")
    models = re.split(r"(?m)^(?=- name: )", rows)[1:]
    released = [re.search(r"(?m)^  released: ([0-9-]+)$", row) for row in models]
    live = [dt.date.fromisoformat(found[1]) if found else BEGIN for found in released]
    days = [min(max(day - dt.timedelta(days=1), BEGIN), END) for day in live]
    for day in sorted({*days, day_of(artefact)}):
        kept = "".join(row for row, since in zip(models, days, strict=True) if since <= day)
        whole = head + (f"models:\n{kept}" if kept else "") if day < day_of(artefact) else text
        yield Step(day, 1, writer(workspace, artefact), f"Record {artefact.title}", files={path: whole})


def _versions(version: str, last: dt.date, in_force: object) -> list[tuple[str, dt.date]]:
    """The versions that led to this one, oldest first, each with the day of its approval; three at most.

    A control that was in force before the first of them has one of that day.
    """
    found = [(version, last)]
    while (before := _before(found[0][0])) and len(found) < 3 and found[0][1] - BETWEEN > BEGIN + DRAFTED:  # noqa: PLR2004
        found.insert(0, (before, found[0][1] - BETWEEN))
    since = dt.date.fromisoformat(in_force) if isinstance(in_force, str) else found[0][1]
    if since < found[0][1]:
        found[0:1] = [(_before(found[0][0]) or found[0][0], since), found[0]]
    return found


def _before(version: str) -> str:
    """The version before that one, by its last number; empty where there was none."""
    whole, _, last = version.rpartition(".")
    return f"{whole}.{int(last) - 1}" if last.isdigit() and int(last) > 0 else ""


def earlier(text: str, version: str, day: dt.date, number: int) -> str:
    """An earlier version of a text: its number and days, and without the last of the things it lists."""
    text = re.sub(r"(?m)^version: .*$", f"version: '{version}'", text)
    text = re.sub(r"(?m)^issued: .*$", f"issued: {day - dt.timedelta(days=7)}", text)
    text = re.sub(r"(?m)^(approval: \{[^}\n]*date: )[0-9-]+", rf"\g<1>{day}", text)
    text = re.sub(r"(?m)^(review: \{[^}\n]*last: )[0-9-]+", rf"\g<1>{day}", text)
    lists = list(re.finditer(r"(?m)^[a-z_]+:\n(?:- [^{\n].*\n(?:  .*\n)*){3,}", text))
    for found in lists[: 2 - number]:
        items = re.findall(r"- .*\n(?:  .*\n)*", found[0])
        if ":" not in items[-1].split("\n")[0].partition(" ")[2][:20]:
            text = text.replace(found[0], found[0].removesuffix(items[-1]), 1)
    return text


def draft(text: str) -> str:
    """The text before its approval."""
    text = re.sub(r"(?m)^(?:#[^\n]*\n)?approval: .*\n(?:  .*\n)*", "", text)
    return re.sub(r"(?m)^status: approved", "status: in_review", text)


def steps(workspace: Workspace) -> list[Step]:
    """All commits in the order of their days."""
    found: list[Step] = []
    for document in workspace.documents:
        own = [artefact for artefact in workspace.artefacts if artefact.document is document]
        text = (ROOT / document.path).read_text(encoding="utf-8")
        if own[0].pointer:
            found += register_steps(workspace, document.path, own, text)
        else:
            found += file_steps(workspace, document.path, own[0], text, workspace.text_path(own[0]))
    return sorted(found)


class Repository:
    """The repository in the making, with the keys beside it."""

    def __init__(self, folder: Path, workspace: Workspace) -> None:
        self.folder = folder
        self.keys = folder.with_name(f"{folder.name}-keys")
        self.workspace = workspace
        self.minute = 0
        self.written: dict[str, str | bytes | None] = {}
        folder.mkdir(parents=True)
        self.keys.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, who: str = "PER-04", day: dt.date = BEGIN) -> str:
        """Runs git as that person on that day, each time a minute later."""
        self.minute = (self.minute + 1) % 480
        at = dt.datetime.combine(day, dt.time(9), dt.UTC) + dt.timedelta(minutes=self.minute)
        named = {"NAME": self.name(who), "EMAIL": f"{who.lower()}@fernlough.example", "DATE": at.isoformat()}
        env = {f"GIT_{role}_{name}": value for role in ("AUTHOR", "COMMITTER") for name, value in named.items()}
        quiet = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env={**os.environ, **env, **quiet}, check=True, capture_output=True
        )
        return done.stdout.decode().strip()

    def name(self, who: str) -> str:
        """What a commit calls the person: the pseudonym of the worked example."""
        return self.workspace.by_id[who].title.partition(",")[0]

    def key(self, who: str) -> Path:
        """The person's key, made from the id: everybody can make it again."""
        path = self.keys / who
        if not path.exists():
            secret = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"test key of {who}".encode()).digest())
            path.touch(mode=0o600)
            path.write_bytes(secret.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
            public = subprocess.run(["ssh-keygen", "-y", "-f", path], check=True, capture_output=True).stdout.decode()
            with (self.keys / "allowed-signers").open("a", encoding="ascii") as file:
                file.write(f'{who} namespaces="git" {public.strip()} test key, do not trust\n')
        return path

    def commit(self, step: Step) -> None:
        """Writes the files of a step and commits them; where nothing changes there is no commit."""
        changed = {path: content for path, content in step.files.items() if self.written.get(path) != content}
        if not changed:
            return
        for path, content in changed.items():
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                target.unlink()
            else:
                target.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.written |= changed
        self.git("add", "-A", "--", *changed)
        sign: tuple[str, ...] = ()
        if step.signed:
            sign = (
                "-c",
                "gpg.format=ssh",
                "-c",
                f"user.signingKey={self.key(step.author)}",
                "-c",
                "commit.gpgSign=true",
            )
        self.git(*sign, "commit", "-q", "-m", step.message, who=step.author, day=step.day)


def proposal(repository: Repository) -> None:
    """A pull request on a branch: a risk is rated anew, an approved text is edited, a waiver is prolonged."""
    repository.git("checkout", "-q", "-b", "proposal")
    edits = {
        "policies/leadership/pol-01.yaml": ("- Anyone, inside or outside, may raise a concern without fear.\n", ""),
        "policies/planning/wvr-01.yaml": ("2027-01-31", "2027-03-31"),
    }
    files: dict[str, str | None] = {}
    for path, (old, new) in edits.items():
        text = (repository.folder / path).read_text(encoding="utf-8")
        if old not in text:
            raise SystemExit(f"{path} no longer holds {old!r}")
        files[path] = text.replace(old, new)
    day = END + dt.timedelta(days=1)
    repository.commit(Step(day, 1, "PER-06", "Shorten the policy and prolong the waiver", files=files))
    repository.git("checkout", "-q", "main")


def main(folder: Path) -> int:
    """Makes the repository; 0 when its last commit is the worked example."""
    tree = WorkTree(ROOT)
    config, _ = load_config(tree)
    workspace = load(tree, config)
    repository = Repository(folder, workspace)
    first = {name: (ROOT / name).read_text(encoding="utf-8") for name in FILES if (ROOT / name).exists()}
    repository.commit(Step(BEGIN, 0, "PER-04", "Begin the AI management system", files=first))
    tagged = False
    for step in steps(workspace):
        if not tagged and step.day >= dt.date(2026, 7, 1):
            repository.git("tag", "-a", "half-year-2026", "-m", "State at the middle of 2026", day=step.day)
            tagged = True
        repository.commit(step)
    left = {path: None for path in _tracked(repository) if not (ROOT / path).exists()}
    rest = {path: (ROOT / path).read_text(encoding="utf-8") for path in _tracked(repository) if path not in left}
    for path in sorted((ROOT / config.policies).rglob("*")):
        if path.is_file():
            rest[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8")
    repository.commit(Step(END, 9, "PER-04", "Corrections of the month", files={**left, **rest}))
    repository.commit(Step(END + dt.timedelta(days=1), 0, "PER-06", "Seal the ledgers", files=below(config.evidence)))
    proposal(repository)
    count = repository.git("rev-list", "--count", "main")
    print(f"{folder}: {count} commits; keys and allowed signers in {repository.keys}")
    return 0


def below(folder: str) -> dict[str, bytes]:
    """The files of the worked example in that folder."""
    paths = sorted(path for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths}


def _tracked(repository: Repository) -> list[str]:
    return repository.git("ls-files").splitlines()


if __name__ == "__main__":
    if len(sys.argv) != 2 or Path(sys.argv[1]).exists():  # noqa: PLR2004 - the script and its folder
        sys.exit(f"usage: python {Path(__file__).name} FOLDER, which must not exist")
    if shutil.which("git") is None or shutil.which("ssh-keygen") is None:
        sys.exit("git and ssh-keygen are needed")
    sys.exit(main(Path(sys.argv[1])))
