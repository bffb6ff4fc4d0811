"""What callers read: a title and a sentence, in Chinese and in English, for every code.

Each module holds one table, code → (Chinese title, Chinese sentence, English title, English
sentence). A sentence may name parameters of its error in braces; a parameter that an error does
not carry is left blank. Faults of roster rows keep their sentences in ``domain.imports.faults``,
because the import report needs them too. A test finds every code raised in the tree and demands
its sentence here.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from api.messages import (
    access,
    accounts,
    agencies,
    break_glass,
    campaigns,
    cases,
    contracts,
    exports,
    fields,
    graphql,
    notifications,
    people,
    policy,
    protocol,
    statistics,
    surveys,
    transfers,
    venues,
)
from api.messages.labels import worded
from domain.imports.faults import FILE_SENTENCES, SENTENCES
from domain.language import Language


class Message(NamedTuple):
    """What one code says."""

    title_zh: str
    zh: str
    title_en: str
    en: str

    def title(self, language: Language) -> str:
        """Return the short name of the problem; it never varies."""
        return self.title_en if language == "en" else self.title_zh

    def sentence(self, language: Language, parameters: Mapping[str, object]) -> str:
        """Return the sentence with its parameters."""
        said = {name: worded(value, language) for name, value in parameters.items()}
        return (self.en if language == "en" else self.zh).format_map(_Known(said))


class _Known(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return ""


_CONTEXTS: Final = (
    access,
    accounts,
    agencies,
    break_glass,
    campaigns,
    cases,
    contracts,
    exports,
    fields,
    graphql,
    notifications,
    people,
    policy,
    protocol,
    statistics,
    surveys,
    transfers,
    venues,
)  # fmt: skip
_TABLES: Final = tuple(one.MESSAGES for one in _CONTEXTS)
_ROSTER: Final = {
    code: ("登记表有误", chinese, "The roster has a fault", english)
    for code, (chinese, english) in (SENTENCES | FILE_SENTENCES).items()
}
MESSAGES: Final[dict[str, Message]] = {
    code: Message(*texts) for table in (_ROSTER, *_TABLES) for code, texts in table.items()
}

__all__ = ["MESSAGES", "Language", "Message"]
