"""The user's own names of countries and places."""

from __future__ import annotations

from collections.abc import Mapping

from sojourn.series.codes import refuse
from sojourn.series.store import Store
from sojourn.series.store.lock import writing
from sojourn.series.store.names import NAMES, name_problem, write_names

__all__ = ["add_name", "own_names"]


def own_names(*, store: Store | None = None) -> Mapping[str, str]:
    """Return your own names of countries and places, each with its code or path.

    Parameters
    ----------
    store : Store, optional
        Where to look; the user's own store without it.

    Returns
    -------
    mapping of str to str
        Name to code or path.

    Raises
    ------
    DataError
        D707 with each row of ``names.csv`` that is wrong.
    """
    return (store or Store()).own_names()


def add_name(name: str, code: str, *, store: Store | None = None) -> None:
    """Add a name of your own for a country, a nationality or a place.

    It is known when files are imported and questions are put to the store. Names are kept in ``names.csv`` in the
    folder of the store, which may be edited by hand too.

    Parameters
    ----------
    name : str
        As it is written in your tables; case, accents and punctuation do not matter.
    code : str
        The ISO 3166 alpha-3 code of a country, or one of your own that begins with X; or the path of a place, such
        as ``southwest/san-diego-sector``.
    store : Store, optional
        Where to keep it; the user's own store without it.

    Raises
    ------
    DataError
        D707 for a name that has another code already and a code that is none, D501 and D502 for the store.

    Examples
    --------
    >>> sj.data.add_name("Chinese mainland", "CHN")
    """
    store = store or Store()
    wrong, close = name_problem(name, code)
    if wrong:
        raise refuse("D707", name, wrong, found=code, nearest=close)
    try:
        store.folder.mkdir(parents=True, exist_ok=True)
        with writing(store.folder):
            held = store.own_names()
            if held.get(name, code) != code:
                remedy = f"change it by hand: {store.folder / NAMES}"
                raise refuse("D707", name, "has another code", found=code, allowed=held[name], remedy=remedy)
            write_names(store.folder / NAMES, {**held, name: code})
    except OSError as err:
        raise refuse("D502", str(store.folder), f"the store cannot be written: {err}") from err
