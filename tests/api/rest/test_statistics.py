"""The statistics over both transports: true counts for whoever may see the people, published figures for the rest."""

import io

import pytest
from python_calamine import CalamineWorkbook

from tests.api.running import Service, graphql_problem, is_problem


async def test_a_county_counts_its_people_and_both_transports_say_so(service: Service) -> None:
    caller = await service.caller("civil_affairs_county")
    true = await service.owner.fetchval(
        "SELECT count(*) FROM person p JOIN child_profile c ON c.person_id = p.id AND c.valid_to IS NULL "
        "WHERE p.county = 421081 AND p.situation <> 'dead' AND p.deregistered_on IS NULL"
    )
    answer = (await caller.get("/v1/statistics", params={"population": "child", "group_by": "region,sex"})).json()
    assert (answer["region"], answer["region_name"], answer["exact"]) == ("421081", "石首市", True)
    assert answer["total"] == true == sum(cell["n"] for cell in answer["cells"]) > 100
    assert {len(cell["keys"][0]) for cell in answer["cells"]} == {9}
    document = '{ statistics(population: "child", groupBy: ["region", "sex"]) { total cells { keys n } } }'
    twin = (await caller.graphql(document)).json()["data"]["statistics"]
    assert twin == {"total": true, "cells": [{"keys": one["keys"], "n": one["n"]} for one in answer["cells"]]}


async def test_the_summary_table_tells_what_does_not_add_up(service: Service) -> None:
    caller = await service.caller("civil_affairs_county")
    table = (await caller.get("/v1/statistics/summary")).json()
    left = (await caller.get("/v1/statistics", params={"population": "child", "left_behind": "true"})).json()["total"]
    assert table["rows"][0]["total"] == left == sum(row["total"] for row in table["rows"][1:])
    assert table["holds"] is (table["checks"] == [])
    book = await caller.get("/v1/statistics/summary.xlsx")
    assert book.headers["content-type"].startswith("application/vnd.openxmlformats")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_name("统计表").to_python()
    assert rows[0][0] == "农村留守儿童统计表"
    assert rows[2][:3] == ["区划代码", "区域", "合计"]
    assert rows[3][3:9] == ["0-5", "6-13", "14-15", "0-5 男", "0-5 女", "6-13 男"]
    assert rows[4][:3] == ["421081", "石首市", left]
    assert any("核对未通过" in str(cell) for cell in rows[1]) is not table["holds"]
    twin = (await caller.graphql("{ statisticsSummary { holds rows { region total } } }")).json()["data"]
    assert twin["statisticsSummary"]["rows"] == [{"region": r["region"], "total": r["total"]} for r in table["rows"]]


async def test_everybody_reads_what_is_published_and_nothing_else(service: Service) -> None:
    path = "/v1/public/statistics"
    asked = {"population": "child", "left_behind": "true", "group_by": "carer", "region": "42"}
    answer = await service.http.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    assert "ratelimit-remaining" in answer.headers
    found = answer.json()
    assert (found["exact"], found["suppressed_below"], found["rounded_to"]) == (False, 5, 5)
    assert found["notes"] == ["published_monthly", "small_counts_hidden", "rounded", "county_and_above"]
    assert found["as_of"][8:] in {"28", "29", "30", "31"}
    assert found["total"] > 0
    assert all(cell["hidden"] is (cell["n"] is None) for cell in found["cells"])
    assert all(cell["n"] % 5 == 0 for cell in found["cells"] if cell["n"] is not None)
    for name in ("province_statistician", "ngo_partner", "police_county"):
        caller = await service.caller(name)
        assert (await caller.get("/v1/statistics", params=asked)).json() == found
    for more, code in (
        ({"region": "421081100"}, "statistics.county_and_above"),
        ({"group_by": "carer,rating"}, "statistics.not_published"),
        ({"sex": "1"}, "statistics.not_published"),
        ({"group_by": "month"}, "statistics.not_published"),
        ({"left_behind": "false"}, "statistics.left_behind_needed"),
    ):
        problem = is_problem(await service.http.get(path, params=asked | more), 422, "input.invalid")
        assert code in {one["code"] for one in problem["errors"]}
    is_problem(await service.http.get(path, params={"nonsense": "1"}), 400, "parameter.unknown")


@pytest.mark.parametrize("name", ["province_statistician", "ngo_partner", "police_county"])
async def test_the_summary_is_for_those_who_see_the_people(service: Service, name: str) -> None:
    caller = await service.caller(name)
    is_problem(await caller.get("/v1/statistics/summary"), 403, "access.forbidden")
    is_problem(await caller.get("/v1/statistics/summary.xlsx"), 403, "access.forbidden")
    graphql_problem(await caller.graphql("{ statisticsSummary { holds } }"), 403, "access.forbidden")


async def test_a_federation_counts_women_and_children_only(service: Service) -> None:
    caller = await service.caller("womens_federation_county")
    answer = (await caller.get("/v1/statistics", params={"group_by": "population"})).json()
    assert {cell["keys"][0] for cell in answer["cells"]} == {"woman", "child"}
    is_problem(
        await caller.get("/v1/statistics", params={"population": "elder"}), 403, "statistics.population_outside_remit"
    )
    for beyond in ("421022", "4210", "42"):  # beside, and above: a part would pass for the whole
        is_problem(await caller.get("/v1/statistics", params={"region": beyond}), 403, "region.outside_scope")
