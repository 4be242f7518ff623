"""Floor 1: files whose content is somewhere else or locked up: Git LFS pointers and encrypted files, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aimsctl.diagnostics import Rule
from aimsctl.source import rules
from aimsctl.source.document import Value
from aimsctl.source.problems import Problem

_STARTS: Final[dict[bytes, tuple[Rule, str]]] = {
    b"version https://git-lfs.github.com/spec/": (rules.LFS_POINTER, "a Git LFS pointer, not the content"),
    b"\0GITCRYPT\0": (rules.ENCRYPTED, "encrypted with git-crypt"),
    b"$ANSIBLE_VAULT;": (rules.ENCRYPTED, "encrypted with Ansible Vault"),
    b"age-encryption.org/": (rules.ENCRYPTED, "encrypted with age"),
    b"-----BEGIN AGE ENCRYPTED FILE": (rules.ENCRYPTED, "encrypted with age"),
    b"-----BEGIN PGP MESSAGE": (rules.ENCRYPTED, "encrypted with PGP"),
}
_ANY: Final = tuple(_STARTS)


def sealed(content: bytes) -> tuple[Problem, str] | None:
    """The problem, and a few words for it, if the bytes are not the content that the file is about."""
    if not content.startswith(_ANY):
        return None
    return _problem(*next(found for start, found in _STARTS.items() if content.startswith(start)))


def sealed_by_sops(data: Mapping[str, Value]) -> tuple[Problem, str] | None:
    """The same for a file whose values sops has encrypted one by one; it is valid YAML."""
    seal = data.get("sops")
    if isinstance(seal, dict) and "mac" in seal:
        return _problem(rules.ENCRYPTED, "encrypted with sops")
    return None


def _problem(rule: Rule, what: str) -> tuple[Problem, str]:
    return Problem(rule, 0, 0, f"The file is {what}; it was not checked.", rule.fix), what
