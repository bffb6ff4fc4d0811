"""The headings and labels of the census forms, as JSON."""

import csv
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from domain.imports.vocabulary import Vocabulary

FORMS = ("child", "woman", "elder")
STANDARDS = {"education": "education", "relation": "kinship", "marital_status": "marital_status"}
"""The list of labels, and the published code list that it is of."""


@cache
def vocabulary() -> Vocabulary:
    """Return the words of all forms."""

    def load(name: str) -> dict[str, Any]:
        data: dict[str, Any] = orjson.loads(files(__name__).joinpath(f"{name}.json").read_bytes())
        return data

    common = load("common")
    for listed, standard in STANDARDS.items():
        _complete(common["labels"][listed], standard)
    return Vocabulary.from_data(common, [load(one) for one in FORMS])


def _complete(labels: dict[str, list[str]], standard: str) -> None:
    """Add what a standard calls its codes, where the forms have no such word; a code left without any is its own.

    A form has one word for a level (初中), the ledger may know it to the digit (71, 初中毕业): an export says it
    so, and the import reads it back.
    """
    taken = {label for words in labels.values() for label in words}
    text = files("persistence.data").joinpath("codes", f"{standard}.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        code, label = row["code"], row["label_zh"]
        if label not in taken:
            labels.setdefault(code, []).append(label)
        elif code not in labels:
            labels[code] = [code]


__all__ = ["FORMS", "vocabulary"]
