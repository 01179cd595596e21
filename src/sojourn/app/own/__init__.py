"""Series and names of the user's own on the command line."""

from __future__ import annotations

from sojourn.app.own.importing import import_own, is_own, print_receipt
from sojourn.app.own.naming import names

__all__ = ["import_own", "is_own", "names", "print_receipt"]
