"""Which logs and witnesses a verifier relies on: the text format tlog-policy of C2SP.

log VKEY [URL]            a log, by its verifier key; the key's name is the ledger's
witness NAME VKEY [URL]   a witness
group NAME N|any|all MEMBER...
quorum NAME|none          what must have cosigned
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from aimsctl.evidence.notes import LOG, WITNESS, Verifier, read_verifier
from aimsctl.evidence.problems import KeyRefusedError, MalformedError

NONE: Final = "none"
_LINES_LIMIT: Final = 1000


@dataclass(frozen=True, slots=True)
class Group:
    """So many of these witnesses or groups."""

    needed: int
    members: tuple[str, ...]


@dataclass(slots=True)
class LogPolicy:
    """The logs, the witnesses by name, the groups, and the name of what must have cosigned (`none`: nothing)."""

    logs: list[Verifier] = field(default_factory=list)
    witnesses: dict[str, Verifier] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = ""

    def log(self, origin: str) -> Verifier | None:
        """The log of that name; None if it is not relied on."""
        return next((log for log in self.logs if log.name == origin), None)

    def met_by(self, cosigned: Collection[str]) -> bool:
        """Whether these witnesses are enough."""
        return self.quorum == NONE or self._met(self.quorum, cosigned)

    def _met(self, name: str, cosigned: Collection[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in cosigned
        return sum(self._met(member, cosigned) for member in group.members) >= group.needed


def read_policy(content: bytes, what: str) -> LogPolicy:
    """The policy in these bytes. Raises MalformedError, which names the line."""
    policy = LogPolicy()
    rows = content.decode("utf-8", "replace").splitlines()
    if len(rows) > _LINES_LIMIT:
        raise MalformedError(f"{what} has more than {_LINES_LIMIT} lines")
    for number, row in enumerate(rows, 1):
        words = row.split()
        if not words or words[0].startswith("#"):
            continue
        try:
            _READ[words[0]](policy, *words[1:])
        except (KeyError, TypeError, ValueError, KeyRefusedError) as error:
            reason = error.message if isinstance(error, KeyRefusedError) else "not as tlog-policy has it"
            raise MalformedError(f"{what}, line {number}: {reason}") from error
    if not policy.quorum or not policy.logs:
        raise MalformedError(f"{what} lacks its {'log' if policy.quorum else 'quorum'} line")
    return policy


def write_policy(logs: Collection[Verifier], witnesses: Mapping[str, Verifier], quorum: str) -> str:
    """The text of a policy of these logs and witnesses; `quorum` is `none`, `any` or `all`."""
    rows = [f"log {log.text}" for log in logs]
    rows += [f"witness {name} {one.text}" for name, one in witnesses.items()]
    if quorum != NONE:
        rows.append(f"group witnesses {quorum} {' '.join(witnesses)}")
    return "\n".join([*rows, f"quorum {NONE if quorum == NONE else 'witnesses'}"]) + "\n"


def _log(policy: LogPolicy, key: str, _url: str = "") -> None:
    log = read_verifier(key)
    if log.kind != LOG or policy.log(log.name) is not None:
        raise ValueError
    policy.logs.append(log)


def _witness(policy: LogPolicy, name: str, key: str, _url: str = "") -> None:
    witness = read_verifier(key)
    if witness.kind != WITNESS or _taken(policy, name) or any(witness == one for one in policy.witnesses.values()):
        raise ValueError
    policy.witnesses[name] = witness


def _group(policy: LogPolicy, name: str, number: str, *members: str) -> None:
    """Members are defined above their group, so that no group is in itself; nobody counts twice."""
    needed = {"any": 1, "all": len(members)}.get(number) or int(number)
    known = [*policy.witnesses, *policy.groups]
    if _taken(policy, name) or not 0 < needed <= len(members) or len(set(members)) < len(members):
        raise ValueError
    used = {member for group in policy.groups.values() for member in group.members}
    if any(member not in known or member in used for member in members):
        raise ValueError
    policy.groups[name] = Group(needed, members)


def _quorum(policy: LogPolicy, name: str) -> None:
    if policy.quorum or not (name == NONE or name in policy.witnesses or name in policy.groups):
        raise ValueError
    policy.quorum = name


def _taken(policy: LogPolicy, name: str) -> bool:
    return name in {NONE, "any", "all"} or name in policy.witnesses or name in policy.groups


_READ: Final[Mapping[str, Callable[..., None]]] = {"log": _log, "witness": _witness, "group": _group, "quorum": _quorum}
