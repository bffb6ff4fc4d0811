"""The words of the forms: headings, group headings, labels, footers. Data, not code.

The tables are shipped as JSON (``persistence/data/forms``); this is the shape they are used in.
A field is named ``part`` for the subject (``birth_date``, ``schooling``) and ``person.part`` for
a relative (``father.phone``).
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from domain.imports.model import RosterForm

_NOISE = re.compile(r"[\s:。.*_]+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


def heading(text: str) -> str:
    """Return a heading as it is compared: NFKC, lower case, without white space and dots."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).lower()


def without_brackets(text: str) -> str:
    """Return a heading without its bracketed hints: 出生日期(年月日) → 出生日期."""
    return _BRACKETS.sub("", text)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a form: its field, its printed heading, the other headings it goes by."""

    field: str
    header: str
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormWords:
    """One form: ``columns`` are printed on its blank, ``accepted`` are understood as well."""

    form: RosterForm
    title: str
    columns: tuple[Column, ...]
    accepted: tuple[Column, ...]


@dataclass(frozen=True)
class Vocabulary:
    """All forms and the words they share."""

    forms: Mapping[RosterForm, FormWords]
    people: Mapping[str, Sequence[str]]
    person_parts: Mapping[str, Sequence[str]]
    suffixes: tuple[str, ...]
    footers: tuple[str, ...]
    ignored: frozenset[str]
    none: frozenset[str]
    yes: frozenset[str]
    no: frozenset[str]
    labels: Mapping[str, Mapping[str, str]]  # list → label → code

    def __post_init__(self) -> None:
        # The same few labels stand in column after column.
        object.__setattr__(self, "code", lru_cache(maxsize=4096)(self.code))
        object.__setattr__(self, "yes_or_no", lru_cache(maxsize=256)(self.yes_or_no))

    @classmethod
    def from_data(cls, common: Mapping[str, Any], forms: Sequence[Mapping[str, Any]]) -> "Vocabulary":
        """Build it from the shipped tables (``common.json`` and one file per form)."""
        return cls(
            forms={RosterForm(one["form"]): _form(one, common["accepted"]) for one in forms},
            people=common["people"],
            person_parts=common["parts"],
            suffixes=tuple(common["suffixes"]),
            footers=tuple(heading(one) for one in common["footers"]),
            ignored=frozenset(heading(one) for one in common["ignored"]),
            none=frozenset(common["none"]),
            yes=frozenset(common["yes"]),
            no=frozenset(common["no"]),
            labels={
                name: {_label(label): code for code, labels in codes.items() for label in labels}
                for name, codes in common["labels"].items()
            },
        )

    def code(self, listed: str, written: str) -> str | None:
        """Return the code of a written label, or None where the list does not know it."""
        labels = self.labels[listed]
        label = _label(written)
        return labels.get(label) or labels.get(label.removesuffix("族")) or labels.get(without_brackets(label))

    def yes_or_no(self, written: str) -> bool | None:
        """Return what a yes/no cell says, None where it says neither."""
        label = _label(written)
        return True if label in self.yes else False if label in self.no else None

    @cached_property
    def fields(self) -> Mapping[RosterForm, Mapping[str, str]]:
        """Heading → field, for each form."""
        return {form: self._fields(words) for form, words in self.forms.items()}

    @cached_property
    def groups(self) -> Mapping[str, str]:
        """Group heading (the upper line of a two-line header) → person; ``subject`` for the person herself."""
        return {
            heading(word + suffix): person
            for person, words in self.people.items()
            for word in words
            for suffix in ("", *self.suffixes)
            if word + suffix
        }

    def _fields(self, words: FormWords) -> dict[str, str]:
        found: dict[str, str] = {}
        for column in (*words.columns, *words.accepted):
            for one in self._headings(column):
                found.setdefault(heading(one), column.field)
        for column in (*words.columns, *words.accepted):  # the printed heading wins over anybody's alias
            found[heading(column.header)] = column.field
        return found

    def _headings(self, column: Column) -> list[str]:
        person, dot, part = column.field.rpartition(".")
        names = [column.header, *column.aliases]
        if not dot:
            person, part = "subject", column.field
        if part in self.person_parts and not (person == "subject" and part in {"place", "since", "reason", "relation"}):
            names += [word + end for word in self.people[person] for end in self.person_parts[part]]
            names += [word + "的" + end for word in self.people[person] if word for end in self.person_parts[part]]
        return names


def _form(data: Mapping[str, Any], accepted: Sequence[Mapping[str, Any]]) -> FormWords:
    def columns(listed: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
        return tuple(
            Column(one["field"], one["header"], tuple(one.get("aliases", ())), tuple(one.get("choices", ())))
            for one in listed
        )

    return FormWords(
        RosterForm(data["form"]), data["title"], columns(data["columns"]), columns([*data["accepted"], *accepted])
    )


def _label(written: str) -> str:
    return written.strip().lower() if written.isascii() else unicodedata.normalize("NFKC", written).strip().lower()


__all__ = ["Column", "FormWords", "Vocabulary", "heading", "without_brackets"]
