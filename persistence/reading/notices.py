"""The sentence of a notice as SQL: one expression over its row, in the language of the request."""

from typing import Any, Final

import orjson

from domain.notifications.sentences import SENTENCES
from persistence.reading.sql import literal

_FRAME: Final = {
    "urgent": ("【紧急】", "URGENT: "),
    "colon": ("：", ": "),
    "due": ("，期限", ", due "),
    "time": ('YYYY"年"FMMM"月"FMDD"日" HH24:MI', "YYYY-MM-DD HH24:MI"),
}


def _words(language: int) -> str:
    """Return the words of a language (0 Chinese, 1 English) as a JSON constant, braces doubled for ``format``."""
    words: dict[str, Any] = {name: texts[language] for name, texts in _FRAME.items()}
    words["kinds"] = {kind.value: texts[language] for kind, texts in SENTENCES.items()}
    text = literal(orjson.dumps(words, option=orjson.OPT_SORT_KEYS).decode()).removesuffix("::text")
    return (text + "::jsonb").replace("{", "{{").replace("}", "}}")


NOTICE: Final = (
    "(SELECT concat(CASE WHEN {t}.urgent THEN w.d->>'urgent' END, "
    "(SELECT r.name || (w.d->>'colon') FROM region r WHERE r.code = region_text({t}.region_code)), "
    "w.d->'kinds'->>{t}.kind, "
    "(w.d->>'due') || to_char({t}.due_at AT TIME ZONE 'Asia/Shanghai', w.d->>'time')) "
    f"FROM (SELECT CASE WHEN {{language}} = 'en' THEN {_words(1)} ELSE {_words(0)} END AS d) w)"
)

__all__ = ["NOTICE"]
