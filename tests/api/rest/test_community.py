"""What the demo county's residents, agencies and statisticians see of venues, activities, surveys and reports."""

from tests.api.running import Service


async def test_a_resident_sees_what_is_announced_where_she_lives(service: Service) -> None:
    resident, office = await service.caller("resident"), await service.caller("civil_affairs_county")
    neighbour = await service.caller("neighbour_county")
    seen = await resident.everything("/v1/activities")
    assert {one["region"] for one in seen} == {"421081", "421081104", "421081104209"}
    assert "planned" not in {one["state"] for one in seen}
    assert {one["state"] for one in await office.everything("/v1/activities")} == {"planned", "open", "held"}
    assert await neighbour.everything("/v1/activities") == await neighbour.everything("/v1/venues") == []
    own = await resident.everything("/v1/sign_ups", fields="person_id,activity.title")
    me = await service.owner.fetchval("SELECT person_id FROM client WHERE client_id = 'demo-resident'")
    known = await service.owner.fetchval("SELECT count(*) FROM sign_up WHERE person_id = $1", me)
    assert [one["person_id"] for one in own] == [str(me)] * known
    police = await (await service.caller("police_county")).graphql(
        "{ activities { nodes { state signUps { totalCount } } } }"
    )
    nodes = police.json()["data"]["activities"]["nodes"]
    assert {one["state"] for one in nodes} == {"open", "held"}
    assert {one["signUps"]["totalCount"] for one in nodes} == {0}


async def test_who_sees_no_person_reads_no_small_count(service: Service) -> None:
    office, statistician = await service.caller("civil_affairs_county"), await service.caller("province_statistician")
    stored = {
        str(row["id"]): (row["people"], row["people_safe"])
        for row in await service.owner.fetch("SELECT id, people, people_safe FROM survey_tally")
    }
    full = {one["id"]: one["people"] for one in await office.everything("/v1/survey_tallies")}
    safe = {one["id"]: one["people"] for one in await statistician.everything("/v1/survey_tallies")}
    assert full == {key: people for key, (people, _) in stored.items()}
    assert safe == {key: people_safe for key, (_, people_safe) in stored.items()}
    assert not {1, 2, 3, 4} & {*safe.values()}
    by_graphql = await statistician.graphql("{ surveyTallies(first: 100) { nodes { id people } } }")
    for one in by_graphql.json()["data"]["surveyTallies"]["nodes"]:
        assert one["people"] == safe[one["id"]]
    resident = await service.caller("resident")
    assert (await resident.get("/v1/survey_tallies")).status_code == 403


async def test_answers_are_read_by_whose_eyes_they_are_for(service: Service) -> None:
    office, ngo = await service.caller("civil_affairs_county"), await service.caller("ngo_partner")
    answers = await office.everything("/v1/survey_answers")
    known = await service.owner.fetchval("SELECT count(*) FROM survey_answer")
    assert len(answers) == known > 0
    reply = next(one for one in answers[0]["replies"]["items"] if one["question"] == "mood")
    assert (reply["field_class"], len(reply["as_health"]), reply["as_confidential"]) == ("health", 1, None)
    assert "as_confidential" in reply["withheld"]
    opened = await service.owner.fetch(
        "SELECT a.person_id FROM person_access a JOIN client c ON c.agency_id = a.grantee_id "
        "WHERE c.client_id = 'demo-ngo-partner' AND a.ended_at IS NULL"
    )
    theirs = {str(one["person_id"]) for one in opened}
    assert {one["id"] for one in await ngo.everything("/v1/survey_answers")} == {
        one["id"] for one in answers if one["person_id"] in theirs
    }


async def test_reports_are_the_agencies_of_the_region(service: Service) -> None:
    for name in ("civil_affairs_county", "village_worker", "police_county", "ngo_partner", "province_statistician"):
        (report,) = await (await service.caller(name)).everything("/v1/research_reports")
        assert [one["outcome"] is None for one in report["findings"]["items"]] == [False, True]
    for name in ("neighbour_county", "resident", "auditor"):
        answer = await (await service.caller(name)).get("/v1/research_reports")
        assert answer.status_code == 403 or answer.json()["items"] == []
