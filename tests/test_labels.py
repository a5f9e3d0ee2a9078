"""Labels: texts in both languages, numbers and periods as each language writes them."""

import math
import re
import string
import unicodedata
from pathlib import Path

import pandas as pd
import pytest

from helpers import labels, project
from helpers.project import UserError

HERE = Path(__file__).parent


def table() -> pd.DataFrame:
    return project.read_table(project.raw_dir() / "labels.csv", ["key", "en", "vi"])


@pytest.mark.parametrize(
    ("x", "decimals", "en", "vi"),
    [
        (14040, 0, "14,040", "14.040"),
        (7.71, 2, "7.71", "7,71"),
        (1234567.5, 1, "1,234,567.5", "1.234.567,5"),
        (-0.4, 1, "−0.4", "−0,4"),
        (5.205, 2, "5.21", "5,21"),  # halves go up, though 5.205 is a little less in binary
        (9.5 - 4.295, 2, "5.21", "5,21"),
        (0.125, 2, "0.13", "0,13"),
        (-2.5, 0, "−3", "−3"),
        (1e22, 0, "10,000,000,000,000,000,000,000", "10.000.000.000.000.000.000.000"),
        (-0.04, 1, "0.0", "0,0"),
        (0, 0, "0", "0"),
        (math.nan, 1, "–", "–"),
        (-math.inf, 1, "−∞", "−∞"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(
    x: float, decimals: int, en: str, vi: str
) -> None:
    assert labels.number(x, decimals, "en") == en
    assert labels.number(x, decimals, "vi") == vi


@pytest.mark.parametrize(
    ("code", "en", "vi"),
    [
        ("2023", "2023", "2023"),
        ("2022-12", "Dec 2022", "12/2022"),
        ("2024-Q1", "Q1 2024", "quý I/2024"),
        ("2024-Q4", "Q4 2024", "quý IV/2024"),
        ("2021-H1", "H1 2021", "nửa năm I/2021"),
        ("2022-M9", "first 9 months 2022", "9 tháng 2022"),
        ("2021-2025", "2021–2025", "2021–2025"),
        ("", "", ""),
    ],
)
def test_periods_are_put_into_words(code: str, en: str, vi: str) -> None:
    assert labels.period(code, "en") == en
    assert labels.period(code, "vi") == vi


def test_a_text_is_filled_in() -> None:
    said = labels.text("change.fall", "vi", first="8,1%", last="5,9%")
    assert said == "giảm từ 8,1% xuống 5,9%"


def test_an_unknown_key_names_key_and_file() -> None:
    with pytest.raises(UserError, match=r"labels\.csv: no text with the key 'no\.such'"):
        labels.text("no.such", "en")


def test_a_lacking_value_is_named() -> None:
    with pytest.raises(UserError, match="wants 'last'"):
        labels.text("change.fall", "en", first="1%")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UserError, match="Unknown language 'fr'"):
        labels.text("axis.rate", "fr")


def test_a_code_without_a_text_shows_itself() -> None:
    assert labels.name("indicator", "poor_households", "vi") == "hộ nghèo"
    assert labels.name("indicator", "gift_boxes", "vi") == "gift boxes"


def test_a_key_given_twice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    (raw / "labels.csv").write_text("key,en,vi\na,x,y\na,x,y\n", encoding="utf-8")
    monkeypatch.setenv(project.ROOT_VARIABLE, str(tmp_path))
    with pytest.raises(UserError, match="'a' stands twice"):
        labels.text("a", "en")


def test_an_edit_of_the_file_counts_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    monkeypatch.setenv(project.ROOT_VARIABLE, str(tmp_path))
    for said in ("first", "second one"):
        (raw / "labels.csv").write_text(f"key,en,vi\na,{said},y\n", encoding="utf-8")
        assert labels.text("a", "en") == said


def test_every_key_has_both_texts_with_the_same_places() -> None:
    for row in table().itertuples(index=False):
        assert row.en and row.vi, row.key
        fields = [
            {name for _, name, _, _ in string.Formatter().parse(str(text)) if name}
            for text in (row.en, row.vi)
        ]
        assert fields[0] >= fields[1], row.key
        assert unicodedata.is_normalized("NFC", str(row.vi)), row.key


def test_keys_are_sorted() -> None:
    keys = list(table()["key"])
    assert keys == sorted(keys)


def test_every_key_named_in_the_code_has_a_text() -> None:
    keys = set(table()["key"])
    for path in sorted((HERE.parent / "src").rglob("*.py")):
        code = path.read_text(encoding="utf-8")
        named = re.findall(r'labels\.text\(\s*"([a-z0-9_.]+)"', code)
        assert set(named) <= keys, path.name


def test_every_cause_and_rule_has_a_name() -> None:
    keys = set(table()["key"])
    rules = project.read_table(HERE.parent / "src" / "helpers" / "rules.csv", ["id"])
    assert {f"rule.{rule}" for rule in rules["id"]} <= keys
    standards = project.read_table(project.raw_dir() / "standards.csv", ["standard"])["standard"]
    ours = standards[~standards.str.startswith("local:")]
    assert {f"standard.{standard}" for standard in ours} <= keys
