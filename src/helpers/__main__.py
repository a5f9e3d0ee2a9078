"""The command line: `python -m helpers VERB`.

Data go to files or stdout, one line a step to stderr. Exit code 0: done; 1: done
with failures, or with conflicts when asked to fail on them; 2: wrong use or input.
"""

import argparse
import gc
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from helpers.project import UserError

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.verb_function(options))
    except UserError as error:
        say(f"error: {error}")
        return 2
    except KeyboardInterrupt:
        say("stopped")
        return 1


def say(message: str) -> None:
    """One line to stderr: stdout is for data."""
    print(message, file=sys.stderr)


def _run(options: argparse.Namespace) -> int:
    from helpers import labels, places
    from helpers.runs import bulk, jobs, reports

    names = _names(options)
    numbers = options.notebook.split(",") if options.notebook else None
    stages = jobs.plan(names, numbers, options.language)
    for place in map(places.find, names if not options.all else ()):
        if other := places.namesake(place):
            say(
                labels.text(
                    "say.namesake", "en", place=place.name("en"), code=place.code, unit=other.code
                )
            )
    if options.explain:
        found = list(bulk.explain(stages, say, options.force))
        for job, reasons in found:
            if reasons:
                print(f"{job.name}: {'; '.join(reasons)}")
        say(reports.would_run(found))
        return 0
    outcomes = bulk.run(
        stages, options.jobs, options.force, options.timeout, say, scheduler=options.scheduler
    )
    return int(any(outcome.state == "failed" for outcome in outcomes))


def _verify(options: argparse.Namespace) -> int:
    from helpers import labels
    from helpers.runs import both_ways, jobs

    if options.runs is None:
        return _verify_release(options)
    if options.runs != "all" and not options.runs.isdecimal():
        raise UserError(f"--runs {options.runs!r}: a number of notebooks or `all` was expected")
    names = _names(options)
    numbers = options.notebook.split(",") if options.notebook else list(jobs.OF_A_PLACE)
    every = [job for stage in jobs.plan(names, numbers, options.language) for job in stage]
    count = None if options.runs == "all" else int(options.runs)
    found = both_ways.verify(both_ways.sample(every, count), options.jobs, say)
    for row in found.itertuples(index=False):
        print(f"{row.job}, {row.between}: {row.file}: {row.kind}: {row.difference}")
    say(labels.counted(len(found), "difference"))
    return int(bool(len(found)))


def _verify_release(options: argparse.Namespace) -> int:
    from helpers import labels, project
    from helpers.pack import crate
    from helpers.runs import releases

    if (project.root() / crate.METADATA).exists():
        if changed := crate.changed(project.root()):
            raise UserError("\n".join(changed))
        say("every file of the pack is as it was packed")
    if options.write:
        for path in releases.write(options.jobs, say):
            say(f"written: {project.below_root(path)}")
        return 0
    found = releases.verify(options.jobs, say)
    if options.output:
        project.write_table(found, Path(options.output))
    if len(found):
        for row in releases.summary(found).itertuples(index=False):
            print(f"{row.file}: {row.kind}, {row.differences}", row.largest, row.where, sep="  ")
    only_bytes = bool(len(found)) and set(found["kind"]) == {"bytes"}
    home = releases.at_home(releases.read())
    if only_bytes and not home:
        say("all numbers agree; bytes may differ with another Python or system than the release's")
    say(labels.counted(len(found), "difference") + " from the release")
    return int(bool(len(found)) and (home or not only_bytes))


def _trace(options: argparse.Namespace) -> int:
    from helpers import project, trace

    step = trace.follow(options.target)
    print(trace.text(step))
    if options.output:
        with project.whole(Path(options.output)) as aside:
            aside.write_text(trace.page(step, options.target), encoding="utf-8")
    return 0


def _pack(options: argparse.Namespace) -> int:
    from helpers import pack, project

    out = Path(options.output) if options.output else project.root() / "build" / "giam-ngheo.zip"
    pack.write(out.resolve(), options.jobs, say)
    return 0


def _names(options: argparse.Namespace) -> list[str]:
    """The places asked for, by --province or --all with --units; the seed provinces otherwise."""
    from helpers import places
    from helpers.runs import jobs

    if options.units and not options.all:
        raise UserError("--units goes with --all")
    if options.all:
        return [*(place.code for place in places.provinces(options.units or "63")), "VN"]
    return options.province.split(",") if options.province else list(jobs.SEEDS)


def _site(options: argparse.Namespace) -> int:
    from helpers import site

    wrong = site.build(Path(options.output).resolve(), options.jobs, options.as_is, say)
    for line in wrong:
        say(line)
    return int(bool(wrong))


def _read(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from helpers import bulletins

    gc.freeze()  # what the libraries hold stays; looking through it again and again costs time
    paths = bulletins.meant(options.files)
    bulletins.refuse_overwriting(paths, Path(options.output))
    troubled = 0
    with tqdm(total=len(paths), unit="bulletin", disable=None, leave=False) as bar:

        def told(found: Iterator[bulletins.Bulletin]) -> Iterator[bulletins.Bulletin]:
            nonlocal troubled
            for bulletin in found:
                troubled += bool(bulletin.problems)
                for problem in bulletin.problems:
                    bar.write(problem, file=sys.stderr)
                yield bulletin
                bar.update()

        found = told(bulletins.stream(paths, options.place, options.period))
        written = bulletins.write(found, Path(options.output))
    say(
        f"{written.figures} figures, {written.links} links and {written.numerals} other numerals "
        f"in {written.bulletins} bulletin{'s' * (written.bulletins != 1)}; "
        f"written to {options.output} and beside it"
    )
    return int(bool(troubled))


def _reconcile(options: argparse.Namespace) -> int:
    import pandas as pd

    from helpers import labels, ledger, project, reconcile, rules, weights
    from helpers.reconcile import exports

    folder, table = Path(options.output), Path(options.ledger)
    if not options.output or (folder.exists() and not folder.is_dir()):
        raise UserError(
            f"{options.output!r} is no folder: give one for the tables and the report with -o."
        )
    if not options.ledger or table.is_dir():
        raise UserError(f"{options.ledger!r} is no ledger: give a CSV file as `read` writes it.")
    links = Path(options.links) if options.links else table.with_suffix(".links.csv")
    sources = ledger.load_sources()
    cleaned = ledger.clean(ledger.load([table]), sources)
    pairs = ledger.load_links([links]) if links.exists() or options.links else ledger.no_links()
    pairs, broken = ledger.check_links(pairs, cleaned.figures, cleaned.quarantine)
    set_aside = pd.concat([cleaned.quarantine, broken], ignore_index=True)
    book = rules.read(Path(options.rules)) if options.rules else None
    weighing = weights.read(Path(options.weights)) if options.weights else None
    result = reconcile.run(cleaned.figures, pairs, book, weighing)
    reconcile.write(result, folder)
    project.write_table(set_aside, folder / "quarantine.csv")
    with project.whole(folder / "report.html") as aside:
        aside.write_text(reconcile.report(result, set_aside, sources), encoding="utf-8")
    exports.write(result, folder, set_aside, sources)
    own = [rule for rule in result.idle if rule not in rules.table()]
    if own:
        say(f"no place and date prints all indicators of the rule {', '.join(own)}")
    say(
        f"{len(result.figures)} figures, {len(set_aside)} rows in quarantine, "
        f"{labels.counted(len(result.conflicts), 'conflict')}; written to {folder}"
    )
    return int(bool(options.fail_on_conflict and len(result.conflicts)))


def _forecast(options: argparse.Namespace) -> int:
    import pandas as pd

    from helpers import project, trends

    standards = [options.standard] if options.standard else list(trends.STANDARDS)
    frames = [trends.forecast(s, horizon=options.horizon, seed=options.seed) for s in standards]
    project.write_table(pd.concat(frames, ignore_index=True), Path(options.output))
    say(f"forecasts of {', '.join(standards)} written to {options.output}")
    return 0


def _backtest(options: argparse.Namespace) -> int:
    from helpers import backtest, trends

    standards = [options.standard] if options.standard else list(trends.STANDARDS)
    backtest.write(backtest.run(standards), Path(options.output))
    say(f"forecasts.csv and scores.csv written to {options.output}")
    return 0


def _import(options: argparse.Namespace) -> int:
    from helpers import ledger, project

    table = ledger.import_table(
        Path(options.table),
        source_id=options.source,
        period=options.period,
        standard=options.standard,
        indicators=options.indicator or None,
        units=options.units,
    )
    project.write_table(table, Path(options.output))
    say(f"{len(table)} figures written to {options.output}")
    return 0


def _at_least_one(text: str) -> int:
    """A whole number above zero, for argparse."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: a whole number from 1 on was expected")
    return int(text)


def _add_jobs(verb: argparse.ArgumentParser) -> None:
    """Which notebooks, for which places, in which language, how many at a time."""
    which = verb.add_mutually_exclusive_group()
    which.add_argument("--province", metavar="X,…", help="names or codes, e.g. 45 or quang-tri")
    which.add_argument("--all", action="store_true", help="all provinces, and the country")
    verb.add_argument(
        "--units",
        choices=("63", "34"),
        help="with --all: provinces before 2025-07-01 (63, the default) or since",
    )
    verb.add_argument("--notebook", metavar="N,…", help="numbers of notebooks, e.g. 3,4")
    verb.add_argument("--jobs", type=_at_least_one, default=2, help="notebooks at a time (2)")
    verb.add_argument("--language", choices=("vi", "en"), default="en", help="of the charts (en)")


def _add_verify(verbs: Verbs) -> None:
    verify = verbs.add_parser("verify", help="compute again and compare; exit code 1 if it differs")
    verify.add_argument(
        "--runs",
        nargs="?",
        const="6",
        metavar="N|all",
        help="N notebooks drawn by chance (6), or all, with stock and with fast kernels, and "
        "against figures/manifest.csv; without --notebook those of a place. Without --runs "
        "everything is computed again and compared with the numbers of the release",
    )
    verify.add_argument("-o", "--output", metavar="F.csv", help="without --runs: every difference")
    verify.add_argument(
        "--write", action="store_true", help="without --runs: make what is computed the release"
    )
    _add_jobs(verify)
    verify.set_defaults(verb_function=_verify)


def _add_trace(verbs: Verbs) -> None:
    trace = verbs.add_parser("trace", help="from a number or figure back to what was printed")
    trace.add_argument(
        "target",
        metavar="NUMBER-OR-FIGURE",
        help="a figure or conflict (d087-07), a row of a processed table and its column "
        "(trends:45:gso-md-2022:fall_pp_per_year), a chart or one row of its data (45/3-path:7), "
        "or a number as printed (7,71%%)",
    )
    trace.add_argument("-o", "--output", metavar="F.html", help="write it as a page, too")
    trace.set_defaults(verb_function=_trace)


def _add_pack(verbs: Verbs) -> None:
    pack = verbs.add_parser("pack", help="one zip for a journal: code, data, results (RO-Crate)")
    pack.add_argument("-o", "--output", metavar="F.zip", help="default: build/giam-ngheo.zip")
    pack.add_argument("--jobs", type=_at_least_one, default=2, help="notebooks at a time (2)")
    pack.set_defaults(verb_function=_pack)


def _add_run(verbs: Verbs) -> None:
    run = verbs.add_parser("run", help="execute the notebooks; skips what is unchanged")
    _add_jobs(run)
    run.add_argument("--force", action="store_true", help="run what is unchanged, too")
    run.add_argument(
        "--explain", action="store_true", help="say what would run and why; run nothing"
    )
    run.add_argument(
        "--timeout", type=_at_least_one, default=600, metavar="S", help="for one cell (600)"
    )
    run.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        default="",
        help="of Dask, e.g. tcp://host:8786: its workers execute notebooks 3 and above, one a "
        "thread of theirs; --jobs is for what runs here",
    )
    run.set_defaults(verb_function=_run)


def _add_site(verbs: Verbs) -> None:
    site = verbs.add_parser("site", help="pages of all places, offline, in both languages")
    site.add_argument("-o", "--output", metavar="DIR", default="_site")
    site.add_argument("--as-is", action="store_true", help="run no notebook; gaps are told")
    site.add_argument("--jobs", type=_at_least_one, default=2, help="notebooks at a time (2)")
    site.set_defaults(verb_function=_site)


def _add_read(verbs: Verbs) -> None:
    read = verbs.add_parser("read", help="find the printed figures of bulletins: a ledger")
    read.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help=".txt, .html, .docx, .pdf, .xlsx or .csv; or a folder of them",
    )
    read.add_argument("-o", "--output", metavar="X.csv", required=True)
    read.add_argument("--place", help="province of the office; wins over what the text tells")
    read.add_argument("--period", help="of the report as a whole; wins over what the text tells")
    read.set_defaults(verb_function=_read)


def _add_reconcile(verbs: Verbs) -> None:
    reconcile = verbs.add_parser("reconcile", help="find and explain conflicts in a ledger")
    reconcile.add_argument("ledger", metavar="X.csv")
    reconcile.add_argument("--links", metavar="X.links.csv", help="default: beside the ledger")
    reconcile.add_argument(
        "--rules",
        metavar="F",
        help="in the form of src/helpers/rules.csv: fewer rules, other words, rules of your own",
    )
    reconcile.add_argument(
        "--weights", metavar="F", help="in the form of src/helpers/weights.csv: whom to trust more"
    )
    reconcile.add_argument("-o", "--output", metavar="DIR", required=True)
    reconcile.add_argument("--fail-on-conflict", action="store_true", help="exit code 1 if any")
    reconcile.set_defaults(verb_function=_reconcile)


def _add_forecast(verbs: Verbs) -> None:
    forecast = verbs.add_parser("forecast", help="forecast every place from the last year on")
    forecast.add_argument("--standard", help="default: each standard of the official panels")
    forecast.add_argument("--horizon", type=int, default=3, help="years ahead (3)")
    forecast.add_argument("--seed", type=int, default=1)
    forecast.add_argument("-o", "--output", metavar="F.csv", required=True)
    forecast.set_defaults(verb_function=_forecast)


def _add_backtest(verbs: Verbs) -> None:
    backtest = verbs.add_parser("backtest", help="forecast past years and score the models")
    backtest.add_argument("--standard", help="default: each standard of the official panels")
    backtest.add_argument("-o", "--output", metavar="DIR", required=True)
    backtest.set_defaults(verb_function=_backtest)


def _add_import(verbs: Verbs) -> None:
    imported = verbs.add_parser("import", help="a province × indicator table to a ledger")
    imported.add_argument("table", metavar="TABLE.xlsx|.csv")
    imported.add_argument("--source", required=True, help="a short id of your own for the source")
    imported.add_argument("--period", required=True, help="e.g. 2023 or 2022-12")
    imported.add_argument("--standard", default="", help="e.g. 2022-2025; empty: not known")
    imported.add_argument("--indicator", help="of all columns, where these are years")
    imported.add_argument("--units", choices=("63", "34"), default="63", help="what the rows are")
    imported.add_argument("-o", "--output", metavar="X.csv", required=True)
    imported.set_defaults(verb_function=_import)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m helpers", description=__doc__.split("\n")[0])
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    others = (_add_read, _add_reconcile, _add_forecast, _add_backtest, _add_import)
    for add in (_add_run, _add_verify, _add_trace, _add_pack, _add_site, *others):
        add(verbs)
    return parser


if __name__ == "__main__":
    sys.exit(main())
