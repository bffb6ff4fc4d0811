"""Read models of places and code lists."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.scopes import Everybody
from domain.view import between, current, eq, many, one, prefix, view


@view("region", plural="regions", permission="regions:read", scope=Everybody(), key="code", versioned=False)
class Region:
    """A division (行政区划): GB/T 2260 and the NBS codes; ended, never deleted."""

    code: str
    name: str
    path: str
    level: int
    parent_code: str | None
    pinyin: str
    initials: str
    valid_from: date
    valid_to: date | None
    successor_code: str | None
    source: str
    parent: Region = one("parent_code", to="code")
    successor: Region = one("successor_code", to="code")
    children: list[Region] = many("parent_code", on="code", order="code")
    predecessors: list[Region] = many("successor_code", on="code", order="code")
    aliases: list[RegionAlias] = many("region_code", on="code", order="id")
    __filters__ = (
        eq("name", "path", "level", "parent_code", "successor_code"),
        prefix("name", "pinyin", "initials", "code"),
        between("valid_from"),
        current("current", "valid_to"),
    )
    __orders__ = ("code", "name", "pinyin", "initials", "path")


@view("region_alias", plural="region_aliases", permission="regions:read", scope=Everybody(), versioned=False)
class RegionAlias:
    """Another name that papers use for a division."""

    id: UUID
    region_code: str
    name: str
    region: Region = one("region_code", to="code")
    __filters__ = (eq("name", "region_code"), prefix("name"))
    __orders__ = ("id",)


@view("code_list", plural="codes", permission="codes:read", scope=Everybody(), versioned=False)
class CodeList:
    """A published list of codes and the standard it follows."""

    id: str
    name_zh: str
    name_en: str
    standard: str
    items: list[CodeItem] = many("list_id", order="code")
    __embeds__ = ("items",)
    __orders__ = ("id",)


@view("code_item", permission="codes:read", scope=Everybody(), key="code", versioned=False)
class CodeItem:
    """One code with its labels."""

    code: str
    list_id: str
    label_zh: str
    label_en: str
    position: int
    __orders__ = ("code",)
