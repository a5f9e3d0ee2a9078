"""The pack: its metadata checked without network, its bytes, and a file that was changed."""

import json
import zipfile
from pathlib import Path

import pytest

from helpers import pack, project
from helpers.pack import crate, replication
from helpers.project import UserError

PROJECT = Path(__file__).parents[1]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder with the few files that metadata are made from, and metadata."""
    for name in ("README.md", "CITATION.cff", "requirements.lock"):
        (tmp_path / name).write_bytes((PROJECT / name).read_bytes())
    for name, text in {
        "notebooks/3-x.ipynb": "{}", "build/notebooks/45/3-x.ipynb": "{}",
        "figures/45/3-y.csv": "a\n1\n", "data/raw/t.csv": "a\n1\n",
        "data/processed/p.csv": "a\n1\n",
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    crate.write(tmp_path)
    return tmp_path


def metadata(root: Path) -> dict[str, dict[str, object]]:
    graph = json.loads((root / crate.METADATA).read_text(encoding="utf-8"))["@graph"]
    return {entity["@id"]: entity for entity in graph}


def test_metadata_are_complete_and_the_same_twice(small: Path) -> None:
    assert crate.problems(small) == []
    first = (small / crate.METADATA).read_bytes()
    crate.write(small)
    assert (small / crate.METADATA).read_bytes() == first


def test_an_action_says_which_notebook_made_what_of_what(small: Path) -> None:
    action = metadata(small)["#45-3-x"]
    assert action["instrument"] == {"@id": "notebooks/3-x.ipynb"}
    assert {"@id": "figures/45/3-y.csv"} in list(action["result"])  # type: ignore[call-overload]
    assert {"@id": "data/raw/t.csv"} in list(action["object"])  # type: ignore[call-overload]


def test_every_file_is_listed_with_its_hash(small: Path) -> None:
    (small / "more.txt").write_text("x", encoding="utf-8")
    assert crate.problems(small) == ["more.txt is not listed"]
    assert all("sha256" in its for its in metadata(small).values() if its["@type"] == "File")


def test_one_changed_byte_is_named(small: Path) -> None:
    (small / "figures/45/3-y.csv").write_text("a\n2\n", encoding="utf-8")
    (said,) = crate.changed(small)
    assert said.startswith("figures/45/3-y.csv was changed since it was packed")
    (small / "data/raw/t.csv").unlink()
    assert "data/raw/t.csv is missing from the pack" in crate.changed(small)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"instrument"', '"instrumnt"', "unknown to the context: instrumnt"),
        ('"datePublished"', '"dateCreated"', "./ lacks datePublished"),
        ('"@id": "notebooks/3-x.ipynb"\n   }', '"@id": "gone"\n   }', "gone is no entity here"),
        ("https://w3id.org/ro/crate/", "https://example.org/", "@context is"),
        (crate.PROFILE, "https://w3id.org/ro/other", "does not say that it conforms"),
    ],
)
def test_metadata_with_an_error_are_told(small: Path, old: str, new: str, said: str) -> None:
    path = small / crate.METADATA
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert any(said in problem for problem in crate.problems(small))


def test_metadata_that_are_no_metadata_are_told(small: Path) -> None:
    (small / crate.METADATA).write_text("[]", encoding="utf-8")
    assert "cannot be read" in crate.problems(small)[0]


@pytest.mark.slow
def test_two_packs_are_the_same_and_hold_what_a_journal_asks_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(project.ROOT_VARIABLE, str(PROJECT))
    one, two = (pack.write(tmp_path / f"{n}.zip", say=lambda _: None) for n in "12")
    assert one.read_bytes() == two.read_bytes()
    assert one.stat().st_size < 60e6
    root = tmp_path / "unpacked"
    with zipfile.ZipFile(one) as packed:
        packed.extractall(root)
    assert crate.problems(root) == []
    for name in ("CITATION.cff", "requirements.lock", "figures/manifest.csv", "LICENSE",
                 "data/raw/sources.csv", "build/notebooks/45/3-province-profile.ipynb",
                 "figures/45/3-path.svg", "src/helpers/__main__.py"):  # fmt: skip
        assert (root / name).is_file(), name
    text = (root / pack.REPLICATION).read_text(encoding="utf-8")
    heads = ("Overview", "Data availability and provenance statements", "Dataset list",
             "Computational requirements", "Description of programs",
             "Instructions to replicators", "List of figures and programs",
             "References")  # fmt: skip
    assert [f"## {head}" for head in heads] == [x for x in text.splitlines() if x[:3] == "## "]
    assert text == replication.text(root)
    traces = (str(PROJECT), str(tmp_path), "verify-")
    for file in root.rglob("*.ipynb"):
        assert not any(each in file.read_text(encoding="utf-8") for each in traces), file


def test_a_pack_without_a_release_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "figures").mkdir()
    monkeypatch.setenv(project.ROOT_VARIABLE, str(tmp_path))
    with pytest.raises(UserError, match=r"released\.zip is missing"):
        pack.write(tmp_path / "p.zip")
    assert not (tmp_path / "p.zip").exists()
