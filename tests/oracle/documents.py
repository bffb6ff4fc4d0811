"""Documents that use cases make, as the tests' providers give them and the oracle expects them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.access import Access
from domain.errors import NotFound
from tests.oracle.ids import PEOPLE

BITS = {
    1: "woman",
    2: "child",
    4: "elder",
    16: "woman_household",
    32: "child_household",
    64: "elder_household",
    128: "anyone",
}
SIGHTS = {0: "none", 1: "masked", 2: "full"}
CLASSES = ("personal", "contact", "identity", "health", "hardship", "confidential")


def me(access: Access) -> dict[str, Any]:
    """Return who is asking."""
    people = access.grants.get("people:read")
    return {
        "sub": access.sub,
        "client_id": access.client_id,
        "roles": list(access.roles),
        "permissions": sorted(access.grants),
        "region": access.region,
        "remit": [name for bit, name in BITS.items() if access.remit & bit],
        "person_id": access.person_id and str(access.person_id),
        "staff_id": access.staff_id and str(access.staff_id),
        "agency": access.agency_id
        and {
            "id": str(access.agency_id),
            "type": access.agency_type,
            "name": access.agency_name,
            "region": access.region,
        },
        "clearance": {one: SIGHTS[getattr(people.clearance, one) if people else 0] for one in CLASSES},
    }


def determination(person_id: str, as_of: str | None) -> dict[str, Any] | None:
    """Return the explanation for one person; there is none of anybody else."""
    if person_id != str(PEOPLE["resident"]):
        return None
    reasons = [{"code": "woman.husband_away", "message": '丈夫"外出"\n半年'}, {"code": "x", "message": ""}]
    unknown: dict[str, Any] = {
        "population": "elder",
        "status": "not_left_behind",
        "since": None,
        "flags": [],
        "reasons": [],
    }
    return {
        "person_id": person_id,
        "as_of": as_of or "2026-01-01",
        "rule_set": {"id": person_id, "source": "民发〔2019〕86号", "parameters": None},
        "results": [
            {
                "population": "woman",
                "status": "left_behind",
                "since": "2025-01-01",
                "flags": ["alone"],
                "next_review_on": None,
                "reasons": reasons,
            },
            unknown,
        ],
    }


def proof(event_id: str) -> dict[str, Any] | None:
    """Return the proof of one event; there is none of any other."""
    if event_id != str(PEOPLE["resident"]):
        return None
    return {
        "event_id": event_id,
        "digest": "00ff",
        "position": 7,
        "index": 1,
        "path": ["ab", "cd"],
        "seal": {
            "batch": 2, "first": 6, "count": 3, "root": "aa", "previous": "bb",
            "sealed_at": "2026-01-01T00:00:00.000000+00:00", "kid": event_id, "public_key": "+/=", "signature": "==",
            "statement": '{"batch":2}',
        },
    }  # fmt: skip


async def prove(access: Access, asked: Mapping[str, object]) -> object:
    """Provide the proof as the use case would."""
    access.grant("events:read")
    found = proof(str(asked["id"]))
    if found is None:
        raise NotFound
    return found


async def determine(access: Access, asked: Mapping[str, object]) -> object:
    """Provide the explanation as the use case would: whoever is not there is not found."""
    access.grant("people:read")
    as_of = asked.get("as_of")
    found = determination(str(asked["person_id"]), as_of.isoformat() if isinstance(as_of, date) else None)
    if found is None:
        raise NotFound
    return found


def statistics(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return an answer about the figures that shows what was asked: one cell hidden, one not."""
    cell = {"keys": ["421081", '"'], "region_name": "石首市", "n": 12, "hidden": False}
    return {
        "region": given.get("region"),
        "region_name": None,
        "as_of": "2026-10-31",
        "group_by": list(given.get("groupBy") or ()),
        "exact": False,
        "suppressed_below": 5,
        "rounded_to": 5,
        "notes": ["rounded"],
        "total": None,
        "cells": [cell, {"keys": [], "region_name": None, "n": None, "hidden": True}],
    }


def statistics_summary(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a summary table of one row whose check does not hold."""
    count = {"block": "carer", "category": "nobody", "n": 1}
    return {
        "region": given.get("region"),
        "region_name": "石首市",
        "as_of": "2026-10-31",
        "holds": False,
        "rows": [{"region": None, "region_name": None, "total": 2, "counts": [count]}],
        "checks": [{"region": "421081", "check": "total=carer", "expected": 2, "found": 1}],
    }


async def count(access: Access, asked: Mapping[str, object]) -> object:
    """Provide the answer about the figures as the service would."""
    access.grant("statistics:read")
    return statistics({"region": asked.get("region"), "groupBy": asked.get("group_by")})


async def sum_up(access: Access, asked: Mapping[str, object]) -> object:
    """Provide the summary table as the service would."""
    access.grant("statistics:summary")
    return statistics_summary(asked)


def routing(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return an answer of the matrix that shows what was asked: one unit with a department, one measure passed."""
    measure = {
        "id": str(PEOPLE["resident"]), "code": "2.3", "title": "“维权”", "document_id": str(PEOPLE["resident"]),
        "document_code": "a-1", "document_title": '"文件"', "document_number": None, "status": "draft", "level": 3,
    }  # fmt: skip
    unit = {
        "agency_id": str(PEOPLE["resident"]), "agency_name": "某妇联", "agency_type": "womens_federation",
        "department_id": None, "department_name": None,
    }  # fmt: skip
    return {
        "category": given["category"],
        "audience": given.get("audience") or "woman",
        "region": given.get("region") or "421081",
        "on": given.get("on") or "2026-01-01",
        "basis": "default",
        "mode": None,
        "measure": None,
        "receiver": unit | {"department_id": str(PEOPLE["resident"]), "department_name": "权益部"},
        "co": [unit],
        "informed": [],
        "missing": ["sports"],
        "laws": ["《民法典》第三十一条"],
        "why": [{"code": "default_table", "message": "按全国默认分工"}],
        "passed": [{"code": "draft", "message": "", "measure": measure}],
        "sentence": '由"某妇联"办理。\n',
    }


def desk() -> dict[str, Any]:
    """Return a desk on which each count is another."""
    names = ("open", "waiting", "due_soon", "overdue", "urgent")
    groups = {group: dict(zip(names, range(at, at + 5), strict=True)) for group, at in
              (("mine", 10), ("department", 20), ("agency", 30))}  # fmt: skip
    return {"as_of": "2026-01-02T03:04:05+08:00", "referrals": 1, "notices": 2, **groups}


async def wait(access: Access, asked: Mapping[str, object]) -> object:
    """Provide the desk as the use case would."""
    del asked
    access.grant("case_work:read")
    return desk()


async def answer_for(access: Access, asked: Mapping[str, object]) -> object:
    """Provide the matrix's answer as the use case would."""
    access.grant("policy:read")
    on = asked.get("on")
    return routing({**asked, "on": on.isoformat() if isinstance(on, date) else None})
