"""`aimsctl render`: the documents an auditor asks for, as Markdown, HTML, PDF, Word and Excel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aimsctl.cli.checked import Check, differing
from aimsctl.cli.options import AllowedSigners, AsOf, OpenpgpKeyring, PolicyFrom, Rev
from aimsctl.cli.progress import reading
from aimsctl.cli.rendered import Asked, Folder, State, produced, recorded, state_of
from aimsctl.cli.session import Place, Session, place
from aimsctl.documents.rendering import FORMATS
from aimsctl.documents.sources import overrides
from aimsctl.errors import FINDINGS, OK, UsageError
from aimsctl.output.clean import one_line
from aimsctl.source.files import WorkTree
from aimsctl.workspace.workspace import load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FOLDER = Path("rendered")


def render(
    context: typer.Context,
    documents: Annotated[list[str] | None, typer.Argument(help="Documents by id; `--list` names them.")] = None,
    formats: Annotated[
        list[str] | None, typer.Option("--format", metavar="NAME[,NAME]", help="md, html, pdf, docx, xlsx; else html.")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write to.")] = FOLDER,
    only: Annotated[
        list[str] | None, typer.Option("--id", metavar="ID", help="Only these artefacts and what concerns them.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every document, linked, with an index page.")] = False,
    listing: Annotated[bool, typer.Option("--list", help="List the documents.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; end with 1 if files differ from what the artefacts say.")
    ] = False,
    draft: Annotated[bool, typer.Option("--draft", help="Render in spite of errors, marked as a draft.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that were changed by hand.")] = False,
    templates: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A folder of templates that replace the shipped ones.")
    ] = None,
    allowed_signers: AllowedSigners = None,
    openpgp_keyring: OpenpgpKeyring = None,
    rev: Rev = None,
    as_of: AsOf = None,
    policy_from: PolicyFrom = None,
) -> int:
    """Render the documents an auditor asks for from the artefacts, each with its control block."""
    session: Session = context.obj
    if listing:
        return _list()
    if not documents and not everything:
        raise UsageError("no document is named", hint="name some, or --all; `aimsctl render --list` names them")
    asked = Asked(
        tuple(documents or ()),
        _named(formats or ["html"]),
        tuple(only or ()),
        draft,
        everything,
        allowed_signers,
        openpgp_keyring,
    )
    here = place(session, policy_from, rev)
    with reading(session) as tell:
        workspace = load(here.tree, here.config, policy=here.policy, tell=tell)
    replaced = _replaced(session, here, templates)
    folder = Folder(out, here.root)
    now = state_of(session, here, workspace, as_of, asked)
    if check:
        states = recorded(folder, now, as_of)
        lines = differing(Check(session, here, workspace, asked, replaced, policy_from), folder, states)
        for line in lines:
            typer.echo(one_line(line))
        return session.leave(FINDINGS if lines else OK)
    _write(folder, now, produced(session, workspace, here, asked, now, replaced), force=force, quiet=session.quiet)
    return OK


def _named(formats: Sequence[str]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for text in formats for name in text.split(",")))
    for name in names:
        if name not in FORMATS:
            raise UsageError(f"there is no format {name!r} of documents", hint=f"one of {', '.join(FORMATS)}")
    return names


def _list() -> int:
    from aimsctl.documents.registry import DEFINITIONS  # noqa: PLC0415 - only here

    wide = max(len(one.id) for one in DEFINITIONS)
    for one in DEFINITIONS:
        each = f", one for each {one.kind.replace('-', ' ')}" if one.form == "each" else ""
        typer.echo(f"{one.id:<{wide}}  {one.name}{each}{' (xlsx too)' if one.sheets else ''}")
    return OK


def _replaced(session: Session, here: Place, templates: Path | None) -> Mapping[str, str]:
    """Templates that replace shipped ones: from a folder named here, else from the configuration of --policy-from."""
    if templates is not None:
        if not templates.is_dir():
            raise UsageError(f"there is no folder {templates}", hint="--templates names a folder of templates")
        return overrides(WorkTree(templates.resolve()), ".")
    if here.config.templates is None:
        return {}
    if here.policy is None:
        if not session.quiet:
            said = "`templates` in aimsctl.yaml counts only with --policy-from; shipped templates are used"
            typer.echo(said, err=True)
        return {}
    return overrides(here.policy, here.config.templates)


def _write(folder: Folder, state: State, files: Mapping[str, bytes], *, force: bool, quiet: bool) -> None:
    if not force:
        folder.refuse_changed(files)
    for name, content in files.items():
        folder.write(name, content)
        if not quiet:
            typer.echo(one_line(str(folder.path / name)))
    folder.remember(state, files)
