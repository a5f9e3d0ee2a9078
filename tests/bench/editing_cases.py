"""What other editing tools say of small records, against what we say.

Run: python tests/bench/editing_cases.py CASES.json
CASES has `cases`: id, op, rules as texts (or `linear`: coef, op, rhs), record, weights, expected,
tolerance, note, and what the tools returned (`observed_…`). Prints one line a case (CSV: id, op,
agrees, ours), then counts by op. `agrees` is yes, no, or differs-in-meaning with the reason. The
exit code is 1 where a case disagrees.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from keyword import iskeyword
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from helpers import edits
from helpers.edits import conditional, slips
from helpers.edits.linear import Rules

YES, NO = "yes", "no"
TOLERANCE = 1e-8
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """One case: what it is about, and how near numbers must come."""

    id: str
    op: str
    rules: Rules
    names: tuple[str, ...]
    record: Floats
    weights: Floats | None
    expected: Mapping[str, Any]
    tolerance: float
    raw: Mapping[str, Any]

    def observed(self) -> list[Mapping[str, Any]]:
        """What tools returned, one mapping a tool."""
        given = self.raw.get("observed_here") or {}
        banff = self.raw.get("observed_banff")
        found = [*given.values(), banff] if isinstance(given, dict) else [banff]
        return [each for each in found if isinstance(each, dict) and "error" not in each]


@dataclass(frozen=True)
class Verdict:
    """Whether we agree, and what we say."""

    agrees: str
    ours: str


def main(path: Path) -> int:
    """Print every case and the counts."""
    cases = json.loads(path.read_text(encoding="utf-8"))
    cases = cases["cases"] if isinstance(cases, dict) else cases
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["id", "op", "agrees", "ours"])
    counts: dict[str, Counter[str]] = {}
    for raw in cases:
        verdict = judge(raw)
        out.writerow([raw.get("id", ""), raw.get("op", ""), verdict.agrees, verdict.ours])
        kind = verdict.agrees.split(":")[0]
        counts.setdefault(raw.get("op", ""), Counter())[kind] += 1
    total: Counter[str] = sum(counts.values(), Counter())
    for op, count in [*counts.items(), ("all", total)]:
        print(f"{op}: " + ", ".join(f"{number} {kind}" for kind, number in count.most_common()))
    return int(total[NO] > 0)


def judge(raw: Mapping[str, Any]) -> Verdict:
    """Our answer to one case, and whether it agrees with what is expected."""
    raw = _plain(raw)
    op = str(raw.get("op", ""))
    judged = JUDGES.get(op)
    if judged is None and op != "localize_mixed":
        return Verdict("differs-in-meaning: nothing here does this", "")
    try:
        if judged is None:
            return _with_words(raw)
        return judged(_case(raw))
    except Exception as error:
        return Verdict(NO, f"{type(error).__name__}: {error}")


def _plain(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The case with names such as `x.1` or `in` written as identifiers, wherever they stand."""
    names = {
        *(raw.get("record") or {}),
        *(n for row in raw.get("linear") or () for n in row["coef"]),
    }
    text = json.dumps(raw)
    for name in sorted(names):
        if not name.isidentifier() or iskeyword(name):
            plain = re.sub(r"\W", "_", name) + "_"
            text = re.sub(rf"(?<![\w.]){re.escape(name)}(?![\w.])", plain, text)
    renamed: Mapping[str, Any] = json.loads(text)
    return renamed


def _case(raw: Mapping[str, Any]) -> Case:
    """A case with its rules as a matrix and its record in the order of the names."""
    record = raw.get("record") or {}
    rules = _rules(raw, tuple(record))
    values = [_number(record.get(name)) for name in rules.names]
    given = raw.get("weights")
    if isinstance(given, list):
        given = dict(zip(record, given, strict=True))
    weights = [_number(given.get(name, 1.0)) for name in rules.names] if given else None
    return Case(
        id=str(raw.get("id", "")),
        op=str(raw["op"]),
        rules=rules,
        names=rules.names,
        record=np.array(values, dtype=np.float64),
        weights=None if weights is None else np.array(weights),
        expected=raw.get("expected") or {},
        tolerance=float(raw.get("tolerance") or TOLERANCE),
        raw=raw,
    )


def _rules(raw: Mapping[str, Any], names: tuple[str, ...]) -> Rules:
    """The rules as texts say them; where they cannot be read, as `linear` does."""
    texts, rows = raw.get("rules") or [], raw.get("linear")
    if not texts or rows is None:
        return edits.parse(texts or _as_texts(rows or []), names)
    try:
        return edits.parse(texts, names)
    except edits.UnreadableRule:
        return edits.parse(_as_texts(rows), names)


def _as_texts(rows: list[Mapping[str, Any]]) -> list[str]:
    return [
        " + ".join(f"({value!r})*{name}" for name, value in row["coef"].items())
        + f" {row['op']} {row['rhs']!r}"
        for row in rows
    ]


def _number(given: object) -> float:
    return np.nan if given is None or given == "NA" else float(str(given).replace("Inf", "inf"))


def _record(case: Case, values: Floats) -> str:
    return " ".join(f"{n}={v:.10g}" for n, v in zip(case.names, values, strict=True))


def _localise(case: Case) -> Verdict:
    found = edits.localise(case.rules, case.record[None], weights=case.weights)
    verdict = _among(case, list(found.sets[0]), float(found.weight[0]))
    missing = {n for n, v in zip(case.names, case.record, strict=True) if np.isnan(v)}
    flagged = set(case.expected.get("flagged") or ())
    if verdict.agrees == NO and flagged & missing:
        expected = {"flagged": sorted(flagged - missing)}
        if _among(replace(case, expected=expected), list(found.sets[0]), 0.0).agrees == YES:
            return _differs("a missing value is free, not doubted", verdict.ours)
    return verdict


def _among(case: Case, found: list[tuple[str, ...]], weight: float) -> Verdict:
    """Whether the set that is expected is among the lightest, and as light."""
    sets = [tuple(sorted(each)) for each in found]
    ours = f"weight {weight:g}: " + " | ".join(" ".join(each) or "none" for each in sets)
    flagged, total = case.expected.get("flagged"), case.expected.get("total_weight")
    if flagged is None and total is None:
        light = [e["weight"] for e in case.observed() if e.get("flagged") is not None]
        if not light:
            return _differs("nothing is expected", ours)
        same = max(abs(each - weight) for each in light) <= TOLERANCE
    else:
        same = total is None or abs(float(total) - weight) <= TOLERANCE * max(1.0, weight)
        same &= flagged is None or tuple(sorted(flagged)) in sets
    return Verdict(YES if same else NO, ours)


def _with_words(raw: Mapping[str, Any]) -> Verdict:
    """Rules about words, which are no matrix."""
    given = raw.get("weights") or {}
    weights = {name: _number(weight) for name, weight in given.items()}
    sets, weight = conditional.doubted(raw["rules"], raw["record"], weights)
    return _among(_case({**raw, "rules": ["0 <= 1"], "record": {}, "linear": None}), sets, weight)


def _differs(reason: str, ours: str) -> Verdict:
    return Verdict(f"differs-in-meaning: {reason}", ours)


def _adjust(case: Case) -> Verdict:
    found = edits.adjust(case.rules, case.record, case.weights)
    if case.expected.get("x") is None:
        return Verdict(NO if found.solved[0] else YES, _record(case, found.values[0]))
    return _compared(case, found.values[0])


def _compared(case: Case, ours: Floats) -> Verdict:
    """Whether every value expected is ours, to the tolerance and relative to its size."""
    wanted = case.expected["x"]
    theirs = np.array([_number(wanted.get(name)) for name in case.names])
    named = np.array([name in wanted for name in case.names])
    near = np.abs(ours - theirs) <= case.tolerance * np.maximum(1.0, np.abs(theirs))
    same = near | (np.isnan(ours) & np.isnan(theirs)) | ~named
    return Verdict(YES if same.all() else NO, _record(case, ours))


def _feasible(case: Case) -> Verdict:
    ours = edits.feasible(case.rules)
    why = "" if ours else " contradict: " + " ".join(edits.contradiction(case.rules))
    return Verdict(YES if ours == case.expected["feasible"] else NO, f"{ours}{why}")


def _ranges(case: Case) -> Verdict:
    low, high = edits.ranges(case.rules)
    ours = {name: (low[n], high[n]) for n, name in enumerate(case.names)}
    same = True
    for name, (bottom, top) in case.expected["ranges"].items():
        ends = (_end(bottom, -np.inf), _end(top, np.inf))
        same &= bool(np.allclose(ours[name], ends, rtol=TOLERANCE, atol=TOLERANCE))
    text = " ".join(f"{name}=[{ends[0]:g} {ends[1]:g}]" for name, ends in ours.items())
    return Verdict(YES if same else NO, text)


def _end(given: object, none: float) -> float:
    return none if given is None else _number(given)


def _impute(case: Case) -> Verdict:
    ours = edits.deduce(case.rules, case.record).values[0]
    verdict = _compared(case, ours)
    if verdict.agrees == YES:
        return verdict
    wanted = {name: v for name, v in case.expected["x"].items() if v is not None}
    if _compared(replace(case, expected={"x": wanted}), ours).agrees == YES:
        return _differs("the rules leave one value only, so it is filled", verdict.ours)
    never = np.zeros(len(case.rules.ids), dtype=np.bool_)
    closed = replace(case.rules, open_low=never, open_high=never)
    if _compared(case, edits.deduce(closed, case.record).values[0]).agrees == YES:
        return _differs("a strict end is no value", verdict.ours)
    return verdict


def _corrected(case: Case, found: slips.Corrected) -> Verdict:
    """A correction that is expected, or that none is, as the tools seen here say."""
    ours = found.values[0]
    if case.expected.get("x") is not None:
        verdict = _compared(case, ours)
        if verdict.agrees == NO and found.tied[0]:
            return _differs("several corrections are as good, so none is made", verdict.ours)
        return verdict
    if case.raw.get("property"):
        return Verdict(YES if _has_property(case, ours) else NO, _record(case, ours))
    still = bool(slips.broken(case.rules, ours[None]).any()) and not found.changed.any()
    return Verdict(YES if still else NO, _record(case, ours) + " unchanged" * still)


def _has_property(case: Case, ours: Floats) -> bool:
    equal = case.rules.low == case.rules.high
    exact = case.rules.matrix[equal] @ ours == case.rules.high[equal]
    return bool(exact.all() and (np.abs(ours - case.record) <= 2).all())


def _typos(case: Case) -> Verdict:
    most = case.raw.get("max_distance") or case.raw.get("maxdist") or 1
    return _corrected(case, slips.correct_typos(case.rules, case.record, int(most)))


def _signs(case: Case) -> Verdict:
    swaps = [(str(one), str(other)) for one, other in case.raw.get("swap") or ()]
    flips = case.raw.get("flip")
    return _corrected(case, slips.correct_signs(case.rules, case.record, swaps, flips))


def _rounding(case: Case) -> Verdict:
    found = slips.correct_rounding(case.rules, case.record)
    verdict = _corrected(case, found)
    if verdict.agrees == NO and found.changed.any() and _has_property(case, found.values[0]):
        return _differs("another correction is as small or smaller", verdict.ours)
    return verdict


def _correction(case: Case) -> Verdict:
    ours = slips.correction(case.rules, case.record)[0]
    text = " ".join(f"{value:g}" for value in ours)
    wanted = np.atleast_1d(np.asarray(case.expected["correction"], dtype=np.float64))
    wanted = np.where(np.isnan(wanted), 0.0, wanted)
    if np.isnan(ours).any() and not np.isnan(case.record).all():
        return _differs("a missing part may be what lacks", text)
    same = ours.shape == wanted.shape and np.allclose(ours, wanted, TOLERANCE, TOLERANCE)
    return Verdict(YES if same else NO, text)


def _eliminate(case: Case) -> Verdict:
    """Implied rules are the same rows up to a positive factor, with the same parents."""
    name = str(case.raw["variable"])
    implied, history = edits.eliminate(case.rules, name)
    wanted = np.atleast_2d(np.asarray(case.expected["A"], dtype=np.float64))
    if wanted.shape[1] == len(case.names):
        wanted = np.delete(wanted, case.names.index(name), axis=1)
    theirs = np.column_stack([wanted, np.asarray(case.expected["b"], dtype=np.float64)])
    ours = np.column_stack([implied.matrix, implied.high])
    equal = implied.low == implied.high
    numbers = [tuple(sorted(int(parent[1:]) - 1 for parent in each)) for each in history]
    parents = case.expected.get("history")
    expected = [None if parents is None else tuple(sorted(each)) for each in parents or theirs]
    same = len(ours) == len(theirs)
    for row, is_equal, number in zip(ours, equal, numbers, strict=True):
        same &= any(
            p in (None, number) and _same_rule(row, other, is_equal)
            for other, p in zip(theirs, expected, strict=True)
        )
    if isinstance(case.expected.get("op"), str):
        same &= bool((implied.open_high == (case.expected["op"] == "<")).all())
    text = "; ".join(
        f"{' '.join(f'{v:g}' for v in row)} from {p}" for row, p in zip(ours, numbers, strict=True)
    )
    return Verdict(YES if same else NO, text)


def _same_rule(one: Floats, other: Floats, equal: bool) -> bool:
    one, other = (row / max(np.abs(row[:-1]).max(initial=0.0), 1e-300) for row in (one, other))
    return bool(np.allclose(one, other) or (equal and np.allclose(one, -other)))


JUDGES: dict[str, Callable[[Case], Verdict]] = {
    "localize": _localise,
    "adjust": _adjust,
    "feasible": _feasible,
    "ranges": _ranges,
    "impute": _impute,
    "correct_typos": _typos,
    "correct_signs": _signs,
    "correct_rounding": _rounding,
    "correction_record": _correction,
    "eliminate": _eliminate,
}

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
