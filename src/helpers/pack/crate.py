"""The metadata of a pack: an RO-Crate of the Process Run profile, and its check without network."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from helpers import project

METADATA = "ro-crate-metadata.json"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
KINDS = {
    ".csv": "text/csv", ".json": "application/json", ".ipynb": "application/x-ipynb+json",
    ".py": "text/x-python", ".md": "text/markdown", ".txt": "text/plain", ".png": "image/png",
    ".svg": "image/svg+xml", ".zip": "application/zip", ".yml": "application/yaml",
    ".toml": "application/toml", ".cff": "application/yaml", ".lock": "text/plain",
    ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".xlsx":
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
LICENCES = {
    "code": ("https://spdx.org/licenses/MIT", "MIT License"),
    "data": ("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0"),
}
ROOT_NEEDS = ("name", "description", "datePublished", "license", "conformsTo", "hasPart", "author")
ACTION_NEEDS = ("name", "instrument", "object", "result")
BASE = "https://pack.invalid/"  # what names in a pack are relative to while they are looked at
Entity = dict[str, Any]


def write(root: Path) -> Path:
    """Write the metadata of all files below a folder; the same bytes for the same files.

    Actions bear no time: when a notebook ran is no property of what it shows.
    """
    from rocrate.model.contextentity import ContextEntity
    from rocrate.rocrate import ROCrate

    about = citation(root)
    made = ROCrate()
    made.name, made.description = about["title"], _abstract(root)
    made.datePublished = about["date-released"]
    made.root_dataset["version"] = about["version"]
    made.root_dataset["keywords"] = about["keywords"]
    about_profile = {"@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}
    profile = ContextEntity(made, PROFILE, about_profile)
    made.root_dataset.append_to("conformsTo", made.add(profile))
    author = {"@type": "Organization", "name": about["authors"]}
    made.root_dataset["author"] = made.add(ContextEntity(made, "#maintainers", author))
    licences = {
        key: made.add(ContextEntity(made, url, {"@type": "CreativeWork", "name": name}))
        for key, (url, name) in LICENCES.items()
    }
    made.root_dataset["license"] = list(licences.values())
    for file in files(root):
        name = file.relative_to(root).as_posix()
        licence = licences["data" if name.startswith(("data/", "figures/")) else "code"]
        made.add_file(file, name, properties=described(file, name) | {"license": licence})
    for entity in (*_software(root), *_actions(root)):
        made.add(ContextEntity(made, entity.pop("@id"), entity))
    graph = made.metadata.generate()
    graph["@graph"].sort(key=lambda entity: (entity["@id"] != METADATA, entity["@id"] != "./",
                                             entity["@id"]))  # fmt: skip
    path = root / METADATA
    path.write_text(json.dumps(graph, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
    return path


def files(root: Path) -> list[Path]:
    """Every file of a pack but the metadata, in order."""
    return sorted(f for f in root.rglob("*") if f.is_file() and f != root / METADATA)


def described(file: Path, name: str) -> Entity:
    """Name, kind, size and hash of a file."""
    content = file.read_bytes()
    return {
        "name": name,
        "encodingFormat": KINDS.get(file.suffix, "text/plain"),
        "contentSize": str(len(content)),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def citation(root: Path) -> dict[str, Any]:
    """Title, version, date and authors as CITATION.cff has them."""
    text = (root / "CITATION.cff").read_text(encoding="utf-8")
    found = {key: match[1] for key in ("title", "version", "date-released")
             if (match := re.search(rf'(?m)^{key}: "?(.+?)"?$', text))}  # fmt: skip
    authors = re.findall(r'(?m)^  - name: "(.+)"$', text)
    keywords = re.findall(r"(?m)^  - ([^:\n]+)$", text)
    return found | {"authors": ", ".join(authors), "keywords": keywords}


def _abstract(root: Path) -> str:
    """The first paragraph of the README, on one line, without marks."""
    paragraphs = (root / "README.md").read_text(encoding="utf-8").split("\n\n")
    return re.sub(r"[*`]", "", " ".join(paragraphs[1].split()))


def _software(root: Path) -> Iterator[Entity]:
    """What computes: each notebook, papermill that runs them, and the helpers that they call."""
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    for package in ("papermill", "pandas", "statsmodels", "matplotlib"):
        match = re.search(rf"(?m)^{package}==([\w.]+)", lock)
        yield {"@id": f"https://pypi.org/project/{package}/", "@type": "SoftwareApplication",
               "name": package, "softwareVersion": match[1] if match else "",
               "url": f"https://pypi.org/project/{package}/"}  # fmt: skip


def _actions(root: Path) -> Iterator[Entity]:
    """One action an executed notebook: the notebook is the instrument, figures the results."""
    raw = [{"@id": file.relative_to(root).as_posix()}
           for file in sorted((root / "data" / "raw").glob("*.csv"))]  # fmt: skip
    tables = [{"@id": file.relative_to(root).as_posix()}
              for file in sorted((root / "data" / "processed").glob("*.csv"))]  # fmt: skip
    for executed in sorted((root / "build" / "notebooks").glob("*/*.ipynb")):
        place, number = executed.parent.name, executed.name.split("-", 1)[0]
        drawn = sorted((root / "figures" / place).glob(f"{number}-*.*"))
        results = [executed, *drawn]
        first = number in ("1", "2")  # these write the tables that the others read
        yield {
            "@id": f"#{place}-{executed.stem}",
            "@type": "CreateAction",
            "name": f"{executed.stem} for {place}",
            "instrument": {"@id": f"notebooks/{executed.name}"},
            "object": [{"@id": "requirements.lock"}, *raw, *([] if first else tables)],
            "result": [{"@id": file.relative_to(root).as_posix()} for file in results],
            "agent": {"@id": "#maintainers"},
            "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
        }


def problems(root: Path) -> list[str]:
    """What is wrong with the metadata of a folder, one line each; needs no network.

    The metadata are expanded against the context that rocrate ships; every property and type must
    be known to it, every file listed with its size and hash, every reference meet an entity, and
    root and actions have what RO-Crate and the profile require.
    """
    data = _read(root / METADATA)
    if isinstance(data, str):
        return [data]
    entities = {entity["@id"]: entity for entity in data["@graph"]}
    wrong = [*changed(root), *_unlisted(root, entities), *_unknown_terms(data)]
    known = {*entities, "http://schema.org/CompletedActionStatus"}
    wrong += [
        f"{entity['@id']}: {target} is no entity here"
        for entity in entities.values()
        for target in _references(entity)
        if target not in known and not target.startswith("https://w3id.org/")
    ]
    actions = [name for name, its in entities.items() if its["@type"] == "CreateAction"]
    for name, needs in [("./", ROOT_NEEDS), *((action, ACTION_NEEDS) for action in actions)]:
        entity = entities.get(name, {})
        wrong += [f"{name} lacks {need}" for need in needs if not entity.get(need)]
    if PROFILE not in _references({"conformsTo": entities.get("./", {}).get("conformsTo")}):
        wrong.append(f"./ does not say that it conforms to {PROFILE}")
    return wrong


def changed(root: Path) -> list[str]:
    """Files of a pack that are gone, or not of the size and hash that its metadata say."""
    data = _read(root / METADATA)
    if isinstance(data, str):
        return [data]
    wrong = []
    for entity in data["@graph"]:
        if entity["@type"] != "File" or entity["@id"] == METADATA:
            continue
        file = root / entity["@id"]
        if not file.is_file():
            wrong.append(f"{entity['@id']} is missing from the pack")
        elif described(file, "")["sha256"] != entity["sha256"]:
            wrong.append(
                f"{entity['@id']} was changed since it was packed: take it from the pack again"
            )
    return wrong


def _read(path: Path) -> dict[str, Any] | str:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        [(entity["@id"], entity["@type"]) for entity in data["@graph"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        return f"{path.name} cannot be read ({error}): take it from the pack again"
    return dict(data)


def _unlisted(root: Path, entities: dict[str, Entity]) -> list[str]:
    names = (file.relative_to(root).as_posix() for file in files(root))
    return [f"{name} is not listed" for name in names if name not in entities]


def _references(entity: Entity) -> Iterator[str]:
    for value in entity.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict) and set(one) == {"@id"}:
                yield one["@id"]


def _unknown_terms(data: dict[str, Any]) -> list[str]:
    """Properties and types that expanding drops, as the shipped context does not know them."""
    from importlib.resources import files as packaged

    from pyld import jsonld

    shipped = json.loads((packaged("rocrate") / "data" / "ro-crate.jsonld").read_text("utf-8"))
    if data["@context"] != shipped["@id"]:
        return [f"@context is {data['@context']!r}, not {shipped['@id']!r}"]

    def load(url: str, _options: Any = None) -> dict[str, Any]:
        if url != shipped["@id"]:
            raise project.UserError(f"the metadata want {url}, which is not at hand")
        return {"contextUrl": None, "documentUrl": url, "document": shipped}

    expanded = jsonld.expand(data, {"documentLoader": load, "base": BASE})
    count = {entity["@id"]: len(entity) for entity in expanded}
    wrong = []
    for entity in data["@graph"]:
        name = entity["@id"]
        if count.get(urljoin(BASE, name)) != len(entity):
            lost = sorted(set(entity) - {"@id", "@type"} - set(shipped["@context"]))
            wrong.append(f"{name}: unknown to the context: {', '.join(lost) or 'something'}")
    return wrong
