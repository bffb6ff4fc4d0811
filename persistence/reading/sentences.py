"""The sentence of an event as SQL: one expression over its row, in the language of the request.

Words come from ``domain.history.sentences`` as one JSON constant a language; names of agencies and
clients are those of today, a member of staff is her surname with asterisks.
"""

from typing import Any, Final

import orjson

from domain.history.model import READ_TYPES, READ_VERBS
from domain.history.sentences import AGGREGATES, CODES, FIELDS, SPECIAL, VERBS
from persistence.reading.sql import literal

_FRAME: Final = {
    "time": ('YYYY"年"FMMM"月"FMDD"日" HH24:MI', "YYYY-MM-DD HH24:MI"),
    "staff": ("工作人员", "a member of staff"),
    "person": ("居民", "a resident"),
    "client": ("接入系统", "a client system"),
    "system": ("系统", "the system"),
    "something": ("进行了一项操作", "did something"),
    "open": ("（", " ("),
    "close": ("）", ")"),
    "comma": ("、", ", "),
    "semicolon": ("；", "; "),
    "colon": ("：", ": "),
    "changed": ("更改", "changed"),
    "seen": ("查看", "seen"),
}


def _words(language: int) -> str:
    """Return the words of a language (0 Chinese, 1 English) as a JSON constant, braces doubled for ``format``."""
    words: dict[str, Any] = {name: texts[language] for name, texts in _FRAME.items()}
    tables = {"aggregates": AGGREGATES, "verbs": VERBS, "special": SPECIAL, "fields": FIELDS}
    for name, table in tables.items():
        words[name] = {key: texts[language] for key, texts in table.items()}
    words["codes"] = {
        kind: [[member, listed, texts[language]] for member, listed, texts in codes] for kind, codes in CODES.items()
    }
    text = literal(orjson.dumps(words, option=orjson.OPT_SORT_KEYS).decode()).removesuffix("::text")
    return (text + "::jsonb").replace("{", "{{").replace("}", "}}")


_VERB: Final = "split_part({t}.type, '.', 2)"
_IS_READ: Final = (
    f"({_VERB} IN ({', '.join(literal(verb) for verb in sorted(READ_VERBS))}) "
    f"OR {{t}}.type IN ({', '.join(literal(kind) for kind in sorted(READ_TYPES))}))"
)
_LISTED: Final = (
    "CASE WHEN jsonb_typeof({t}.data->'changed') = 'array' THEN {t}.data->'changed' "
    "WHEN jsonb_typeof({t}.data->'fields') = 'array' THEN {t}.data->'fields' ELSE '[]'::jsonb END"
)
_ID: Final = "[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}"
_ACTOR: Final = (
    "CASE split_part({t}.actor, ':', 1) "
    "WHEN 'staff' THEN coalesce((SELECT left(s.name, 1) || repeat('*', greatest(length(s.name) - 1, 1)) FROM staff s "
    f"WHERE s.id = CASE WHEN {{t}}.actor ~ '^staff:{_ID}$' THEN substr({{t}}.actor, 7)::uuid END), w.d->>'staff') "
    "WHEN 'client' THEN coalesce((SELECT c.name FROM client c WHERE c.client_id = substr({t}.actor, 8)), "
    "w.d->>'client') "
    "WHEN 'person' THEN w.d->>'person' ELSE w.d->>'system' END"
)
_ACT: Final = (
    "coalesce(w.d->'special'->>{t}.type, "
    f"replace(w.d->'verbs'->>{_VERB}, '{{{{}}}}', w.d->'aggregates'->>split_part({{t}}.type, '.', 1)), "
    "w.d->>'something')"
)
_FIELDS: Final = (
    f"CASE WHEN {_VERB} = 'updated' OR {_IS_READ} THEN (SELECT "
    f"(w.d->>CASE WHEN {_IS_READ} THEN 'seen' ELSE 'changed' END) || (w.d->>'colon') || "
    "string_agg(w.d->'fields'->>n.name, w.d->>'comma' ORDER BY n.place) "
    f"FROM jsonb_array_elements_text({_LISTED}) WITH ORDINALITY n(name, place) "
    "WHERE w.d->'fields' ? n.name HAVING count(*) > 0) END"
)
_CODES: Final = (
    "CASE WHEN {personal} THEN (SELECT string_agg((m.code->>2) || (w.d->>'colon') || "
    "CASE WHEN {language} = 'en' THEN i.label_en ELSE i.label_zh END, w.d->>'semicolon' ORDER BY m.place) "
    "FROM jsonb_array_elements(w.d->'codes'->{t}.type) WITH ORDINALITY m(code, place) "
    "JOIN code_item i ON i.list_id = m.code->>1 AND i.code = {t}.data->>(m.code->>0)) END"
)

SENTENCE: Final = (
    "(SELECT to_char({t}.at AT TIME ZONE 'Asia/Shanghai', w.d->>'time') "
    "|| coalesce(' ' || (SELECT a.name FROM agency a WHERE a.id = {t}.actor_agency_id), '') "
    f"|| ' ' || {_ACTOR} || ' ' || {_ACT} "
    f"|| coalesce((w.d->>'open') || nullif(concat_ws(w.d->>'semicolon', {_FIELDS}, {_CODES}), '') "
    "|| (w.d->>'close'), '') "
    f"FROM (SELECT CASE WHEN {{language}} = 'en' THEN {_words(1)} ELSE {_words(0)} END AS d) w)"
)
KIND: Final = f"CASE WHEN {_IS_READ} THEN 'read' ELSE 'change' END"
CHANGED: Final = f"CASE WHEN {_IS_READ} THEN '[]'::jsonb ELSE {_LISTED} END"
REVEALED: Final = f"CASE WHEN {_IS_READ} THEN {_LISTED} ELSE '[]'::jsonb END"

__all__ = ["CHANGED", "KIND", "REVEALED", "SENTENCE"]
