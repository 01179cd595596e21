"""Official series on the command line: list, show, plot, import, export, verify, releases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

import sojourn as sj
from sojourn.app import own
from sojourn.app.own import options

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Official series: import, list, show.")
app.add_typer(own.names, name="names")
_console = Console()


def _series(incomplete: str) -> list[tuple[str, str]]:
    """Complete the name of a series."""
    return [(m.name, m.title) for m in sj.data.find_series() if m.name.startswith(incomplete)]


def _codes(incomplete: str) -> list[tuple[str, str]]:
    """Complete the code of a country."""
    known = sj.data.nationalities()
    return [(code, name) for code, name in known.items() if code.startswith(incomplete.upper())]


def _named(ctx: typer.Context) -> str | None:
    """Return the series named on a line that is being typed; unfinished options leave it among the rest."""
    known = sj.data.Store().measures()
    return ctx.params.get("name") or next((word for word in ctx.args if word in known), None)


def _words(dimension: str) -> Any:
    """Return a completion for values of a dimension: those of the series named on the line."""

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        name = _named(ctx)
        return [w for w in sj.data.values(name, dimension) if w.startswith(incomplete)] if name else []

    return complete


def _releases(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of a release."""
    name = _named(ctx)
    held = list(sj.data.releases(name)["release"]) if name else []
    return [r for r in (*held, "latest", "each") if r.startswith(incomplete)]


Name = Annotated[str, typer.Argument(help="Name of the series.", autocompletion=_series)]
Nationality = Annotated[
    list[str] | None, typer.Option(help="ISO code or name; repeat for several.", autocompletion=_codes)
]
Country = Annotated[list[str] | None, typer.Option(help="Country that counted.", autocompletion=_codes)]
PlaceName = Annotated[
    list[str] | None, typer.Option(help="Border, sector, field office.", autocompletion=_words("place"))
]
Family = Annotated[list[str] | None, typer.Option(help="Family status.", autocompletion=_words("family"))]
Component = Annotated[
    list[str] | None, typer.Option(help="Part of the publisher.", autocompletion=_words("component"))
]
Category = Annotated[
    list[str] | None, typer.Option(help="Outcome, authority, class.", autocompletion=_words("category"))
]
Start = Annotated[str | None, typer.Option(help="First day, month or year: 2023-01-15, 2023-01, 2023, FY2023.")]
End = Annotated[str | None, typer.Option(help="Last day, month or year, to its end.")]
Period = Annotated[str | None, typer.Option(help="month, quarter, calendar-year or fiscal-year.")]
Release = Annotated[str, typer.Option(help="latest, each, or a release.", autocompletion=_releases)]
By = Annotated[list[str] | None, typer.Option(help="Dimension to keep apart; repeat for several.")]
Over = Annotated[list[str] | None, typer.Option(help="Dimension to add up on purpose; repeat for several.")]
Aggregate = Annotated[str, typer.Option(help="sum, mean or last over time.")]
Breakdown = Annotated[
    list[str] | None, typer.Option(help="Split to use where several are published; repeat for each dimension.")
]


@app.command("list")
def list_(
    words: Annotated[list[str] | None, typer.Argument(help="Words to search for.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Also series without figures here.")] = False,
) -> None:
    """List the series, searched by words."""
    shown = sj.data.catalogue(" ".join(words or []), every=every)
    if not len(shown):
        _console.print("No series match; sojourn data list --all shows those without figures.")
        return
    for row in shown.to_dict("records"):
        span = f"{row['first']} to {row['last']}" if row["last"] else "no figures here"
        _console.print(f"[bold]{row['series']}[/bold]  {row['unit']}, {span}", highlight=False)
        text = ". ".join(part for part in (row["title"], row["scope"], row["gaps"]) if part)
        _console.print(Padding(f"{text}.", (0, 0, 0, 4)), highlight=False)
    _console.print(f"{len(shown)} series. More of one: sojourn data show NAME, sojourn data releases NAME.")


@app.command()
def show(
    name: Name,
    nationality: Nationality = None,
    place: PlaceName = None,
    country: Country = None,
    family: Family = None,
    component: Component = None,
    category: Category = None,
    start: Start = None,
    end: End = None,
    period: Period = None,
    release: Release = "latest",
    by: By = None,
    over: Over = None,
    aggregate: Aggregate = "sum",
    breakdown: Breakdown = None,
    last: Annotated[int, typer.Option(help="Rows to show from the end; 0 for all.")] = 24,
) -> None:
    """Show a series as a small table, with its unit, source and notes."""
    frame = sj.series(
        name,
        nationality=nationality,
        place=place,
        country=country,
        family=family,
        component=component,
        category=category,
        start=start,
        end=end,
        period=period,
        release=release,
        by=by or (),
        over=over or (),
        aggregate=aggregate,  # type: ignore[arg-type]
        breakdown=breakdown,
    )
    _table(frame, last)


def _table(frame: Any, last: int) -> None:
    """Print a series: the dimensions kept, the figures, and the remarks that belong to them."""
    said = frame.attrs
    plain = {"start", "end", "value", "unit", "rounding", "parts", "suppression", "confidence", "release"}
    kept = [c for c in frame.columns if c not in plain]
    several = frame["release"].nunique() > 1
    table = Table("from", "to", *kept, title=said["title"], title_justify="left")
    table.add_column(said["unit"], justify="right")
    table.add_column("")
    if several:
        table.add_column("release")
    part = frame.tail(last) if last else frame
    for row in part.to_dict("records"):
        notes = [w for w in (row["suppression"], f"confidence {row['confidence']}") if w not in _PLAIN]
        if row["rounding"] > 1:
            notes.append(f"rounded to {row['rounding']}")
        value = "" if row["value"] != row["value"] else f"{row['value']:,.10g}"
        cells = [f"{row['start']:%Y-%m-%d}", f"{row['end']:%Y-%m-%d}", *(str(row[k]) for k in kept), value]
        table.add_row(*cells, ", ".join(notes), *([row["release"]] if several else []))
    _console.print(table)
    if len(part) < len(frame):
        _console.print(f"{len(frame) - len(part)} earlier rows: --last 0 shows all.")
    _console.print(f"Scope: {said['scope']}.", highlight=False)
    for remark in said["remarks"]:
        _console.print(f"Note: {remark}.", highlight=False)
    _console.print(f"Unit: {said['unit']}. Source: {said['source']}.", highlight=False)
    _console.print(
        f"Licence: {said['licence']}.{' Note: ' + said['note'] if said['note'] else ''}", highlight=False
    )


_PLAIN = ("none", "confidence high")


@app.command()
def plot(
    name: Name,
    nationality: Nationality = None,
    place: PlaceName = None,
    country: Country = None,
    family: Family = None,
    component: Component = None,
    category: Category = None,
    start: Start = None,
    end: End = None,
    period: Period = None,
    release: Release = "latest",
    by: By = None,
    over: Over = None,
    aggregate: Aggregate = "sum",
    breakdown: Breakdown = None,
    out: Annotated[Path | None, typer.Option(help="File .svg, .png or .html instead of the terminal.")] = None,
) -> None:
    """Draw a series in the terminal, or to a file."""
    frame = sj.series(
        name,
        nationality=nationality,
        place=place,
        country=country,
        family=family,
        component=component,
        category=category,
        start=start,
        end=end,
        period=period,
        release=release,
        by=by or (),
        over=over or (),
        aggregate=aggregate,  # type: ignore[arg-type]
        breakdown=breakdown,
    )
    if out is not None:
        sj.data.draw_file(frame, out)
        _console.print(f"Written to {out}.")
        return
    print(sj.data.draw(frame, width=min(_console.width, 120)))


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="Files of publishers, or of your own.")],
    as_: options.Name = None,
    spec: options.Spec = None,
    value: options.Value = None,
    date: options.Date = None,
    end: options.EndColumn = None,
    columns: options.Columns = None,
    nationality: options.Nationality = None,
    country: options.Country = None,
    place: options.Place = None,
    family: options.Family = None,
    component: options.Component = None,
    category: options.Category = None,
    unit: options.Unit = None,
    period: options.Period = None,
    publisher: options.Publisher = None,
    title: options.Title = None,
    definition: options.Definition = None,
    licence: options.Licence = None,
    source: options.Source = None,
    adds: options.Adds = None,
    format_: options.Format = None,
    decimal: options.Decimal = None,
    thousands: options.Thousands = None,
    missing: options.Missing = None,
    ignore: options.Ignore = None,
    rounding: options.Rounding = None,
    confidence: options.Confidence = None,
    encoding: options.Encoding = None,
    separator: options.Separator = None,
    sheet: options.Sheet = None,
    header_row: options.HeaderRow = None,
    preview: options.Preview = False,
    release: Annotated[str | None, typer.Option(help="Name of the vintage, where the file does not say.")] = None,
    replace: Annotated[bool, typer.Option(help="Replace the same release.")] = False,
) -> None:
    """Import publishers' files, or a table of your own with --as; a file with a problem is not imported at all."""
    given = {
        k.removesuffix("_"): v for k, v in locals().items() if k not in ("files", "spec", "preview", "replace")
    }
    given = {k: v for k, v in given.items() if v not in (None, [])}
    for file in files:
        if own.is_own(file, given, spec):
            own.import_own(file, spec, given, preview=preview, replace=replace)
        else:
            _import_published(file, release, replace)


def _import_published(file: Path, release: str | None, replace: bool) -> None:
    """Import a publisher's file and say what became of it."""
    done = sj.data.Store().import_file(file, release=release, replace=replace)
    _console.print(f"[bold]{done.file}[/bold] read as {done.importer}")
    own.print_receipt(done)
    for check in done.checks:
        _console.print(f"  holds: {check.name} ({check.found:,.10g})")


@app.command()
def remove(
    name: Name,
    release: Annotated[str | None, typer.Option(help="Only this release.", autocompletion=_releases)] = None,
) -> None:
    """Remove figures from your store; those that ship with Sojourn stay."""
    for entry in sj.data.Store().remove(name, release):
        _console.print(f"removed {entry.measure}, release {entry.release}: {entry.rows:,} figures", highlight=False)


@app.command()
def export(
    name: Name,
    out: Annotated[Path, typer.Argument(help="File .csv, .csv.gz or .parquet.")],
    release: Release = "latest",
) -> None:
    """Write the figures of a series to a file that spreadsheets open safely."""
    count = sj.data.export(name, out, release=release)
    _console.print(f"{count:,} figures written to {out}.")


@app.command()
def verify(
    words: Annotated[list[str] | None, typer.Argument(help="Only checks with these words.")] = None,
) -> None:
    """Check the figures against totals that their publishers printed elsewhere."""
    done = sj.data.verify(" ".join(words or []))
    table = Table("check", "series", "")
    table.add_column("expected", justify="right")
    table.add_column("found", justify="right")
    for one in done:
        found = one.problem or f"{one.found:,.10g}"
        mark = "holds" if one.holds else "[bold red]fails[/bold red]"
        what = f"{one.check}\n[dim]{one.scope}[/dim]" if one.scope else one.check
        table.add_row(what, one.series, mark, f"{one.expected:,.10g}", found)
    _console.print(table)
    failed = sum(not one.holds for one in done)
    _console.print(f"{len(done) - failed} of {len(done)} checks hold.")
    if failed:
        raise typer.Exit(1)


@app.command()
def releases(
    name: Annotated[str | None, typer.Argument(help="Name of the series.", autocompletion=_series)] = None,
    old: Annotated[str | None, typer.Option(autocompletion=_releases)] = None,
    new: Annotated[str | None, typer.Option(autocompletion=_releases)] = None,
) -> None:
    """List releases; for one series with several, what the newer one revised, and by how much."""
    held = sj.data.releases(name)
    table = Table()
    for heading in held.columns:
        table.add_column(heading, overflow="fold")
    for row in held.itertuples(index=False):
        table.add_row(*map(str, row))
    _console.print(table)
    if name is None or len(held) < 2:
        return
    change = sj.data.revised(name, old, new)
    _console.print(
        f"Release {change.new} against {change.old}: {len(change.figures):,} of {change.compared:,} figures differ."
    )
    yearly = Table(*change.by_year.columns)
    for row in change.by_year.itertuples(index=False):
        yearly.add_row(*(f"{v:,.10g}" if i else str(v) for i, v in enumerate(row)))
    _console.print(yearly)
