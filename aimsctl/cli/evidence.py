"""`aimsctl evidence`: the commands about receipts and the ledger."""

from __future__ import annotations

import typer

from aimsctl.cli.evidence_import import import_
from aimsctl.cli.evidence_record import record
from aimsctl.cli.evidence_run import run

evidence = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
evidence.command("record")(record)
evidence.command("run")(run)
evidence.command("import")(import_)
