"""The headings and labels of the census forms, as JSON."""

from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from domain.imports.vocabulary import Vocabulary

FORMS = ("child", "woman", "elder")


@cache
def vocabulary() -> Vocabulary:
    """Return the words of all forms."""

    def load(name: str) -> dict[str, Any]:
        data: dict[str, Any] = orjson.loads(files(__name__).joinpath(f"{name}.json").read_bytes())
        return data

    return Vocabulary.from_data(load("common"), [load(one) for one in FORMS])


__all__ = ["FORMS", "vocabulary"]
