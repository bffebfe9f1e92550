"""Which statement or workflow a correction is for: the one whose text it names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from parsers.override_file import Overrides, StatementFix, text_digest
from parsers.spec import Diagnostic, Statement

QUOTED = 80
"""Characters of a statement that a message quotes."""


def find(statements: Sequence[Statement], name: str, fix: StatementFix) -> Statement | None:
    """The statement with the correction's text; of several, the one of its name."""
    wanted = fix.sha256 or text_digest(fix.text or "")
    same = [s for s in statements if text_digest(s.text).startswith(wanted)]
    named = [s for s in same if s.id == name]
    return named[0] if named else same[0] if len(same) == 1 else None


def stale(
    statements: Sequence[Statement], name: str, fix: StatementFix, overrides: Overrides
) -> Diagnostic:
    """The finding that a correction's text is gone; it names the closest statement."""
    closest = None
    if fix.text:
        texts = {" ".join(s.text.split()): s for s in statements}
        close = difflib.get_close_matches(" ".join(fix.text.split()), texts, n=1, cutoff=0.5)
        closest = texts[close[0]] if close else None
    if closest is None:
        ids = {s.id: s for s in statements}
        close = difflib.get_close_matches(name, ids, n=1)
        closest = ids[close[0]] if close else None
    where = overrides.place(("statements", name))
    return Diagnostic(
        kind="stale",
        message=f"{where}: the correction of [{name}] is not applied: its text is not there",
        spans=(closest.span,) if closest else (),
        statements=(closest.id,) if closest else (),
        suggestion=f"closest is {_quoted(closest)}; name it instead, or delete the correction"
        if closest
        else "nothing in the document is like it; delete the correction",
    )


def _quoted(statement: Statement) -> str:
    words = " ".join(statement.text.split())
    return f"[{statement.id}] '{words[:QUOTED]}{'…' if len(words) > QUOTED else ''}'"


def workflow_digest(workflow_id: str, statements: Iterable[Statement]) -> str:
    """The digest that a correction of a workflow names: of its statements' words."""
    return text_digest(" ".join(s.text for s in statements if s.workflow == workflow_id))
