"""The five policy documents as data, compared with their own words (``tests/data/documents``: excerpts)."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from domain.agencies.model import AgencyType

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "persistence" / "data" / "policies"
MEASURES = {
    "000-guangyuan-2012": [3, 1],
    "001-harbin-2014": [4, 3, 4, 3, 3],
    "002-guangxi-2020": [7, 3],
    "003-shishou": [6],
    "004-jilin-2020-draft": [5, 15, 4],
}


def document(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


def words(name: str) -> str:
    """Return the document's own words, without white space and in one width of commas."""
    text = (ROOT / "tests" / "data" / "documents" / f"{name[:3]}.txt").read_text(encoding="utf-8")
    return plain(text)


def plain(text: str) -> str:
    return "".join(text.split()).replace(",", "，").replace("(", "（").replace(")", "）")


def test_all_five_are_there() -> None:
    assert sorted(file.stem for file in FOLDER.glob("*.yaml")) == sorted(MEASURES)


@pytest.mark.parametrize("name", MEASURES)
def test_counts_titles_and_departments_are_the_documents(name: str) -> None:
    found, said = document(name), words(name)
    assert [len(section["measures"]) for section in found["sections"]] == MEASURES[name]
    for section in found["sections"]:
        for one in [section, *section["measures"]]:
            assert plain(one["title"]) in said, one["title"]
            units = one.get("responsibility", {}).get("units", [])
            assert [unit["type"] for unit in units if unit["type"] not in {*AgencyType}] == []
            if not name.startswith("000"):  # a notice to women's federations: it names them as its readers
                assert [unit["name"] for unit in units if plain(unit["name"]) not in said] == []


def test_a_draft_is_marked_so_and_names_a_lead_where_its_words_do() -> None:
    draft = document("004-jilin-2020-draft")
    assert (draft["status"], draft["valid_from"]) == ("draft", None)
    said = words("004-jilin-2020-draft")
    for section in draft["sections"]:
        for one in section["measures"]:
            leads = [unit["name"] for unit in one["responsibility"]["units"] if unit.get("role") == "lead"]
            assert all(f"{lead}牵头" in said for lead in leads)
            assert (one["responsibility"]["mode"] == "lead") == (len(leads) == 1)
    assert said.count("牵头，") == sum(
        one["responsibility"]["mode"] == "lead" for section in draft["sections"] for one in section["measures"]
    )
