"""Research reports and what was done about their findings."""

from typing import Any, Final

from domain.access import Access
from domain.errors import Conflict, Fault, Forbidden, InvalidInput
from domain.surveys.commands import AddFinding, ConcludeFinding, CreateReport, Finding, PublishReport, UpdateReport
from domain.surveys.model import REPORT_STATES, ReportAct, ReportState
from domain.unit_of_work import Row, Saved, UnitOfWork, Work
from domain.venues.use_cases.hosting import check_host, division, event, required, save, saved, within_reach

WRITE: Final = "research_reports:write"
CONCLUDE: Final = "research_findings:write"


async def create_report(access: Access, uow: UnitOfWork, command: CreateReport) -> Saved:
    """Draft a research report, with findings or without."""
    async with uow.begin(access, WRITE) as work:
        region = await division(work, command.region)
        if command.survey_id is not None and not await work.find("survey", where={"id": command.survey_id}, lock=False):
            raise InvalidInput(Fault("/survey_id", "survey.unknown"))
        values = command.given("region", "findings") | {
            "region_code": region, "agency_id": access.agency_id, "state": ReportState.DRAFT,
        }  # fmt: skip
        row = await work.insert("research_report", values)
        for at, one in enumerate(command.findings):
            await _add(work, row, one, f"/findings/{at}")
        await work.append(event("research_report.created", row, findings=len(command.findings)))
        return await work.commit(saved("research_report", row))


async def update_report(access: Access, uow: UnitOfWork, command: UpdateReport) -> Saved:
    """Change a draft's title or summary."""
    async with uow.begin(access, WRITE) as work:
        row, _ = await _report(work, command, ReportAct.UPDATE, command.version)
        given = command.given("report_id", "version")
        required(given, "title", "summary")
        changes = work.differing("research_report", row, given)
        if changes:
            row = await save(work, "research_report", row, changes, "updated")
        return await work.commit(saved("research_report", row))


async def add_finding(access: Access, uow: UnitOfWork, command: AddFinding) -> Saved:
    """Add a finding to a draft."""
    async with uow.begin(access, WRITE) as work:
        report, _ = await _report(work, command, ReportAct.ADD_FINDING)
        row = await _add(work, report, command, "")
        await work.append(event("research_finding.created", row, report_id=report["id"]))
        return await work.commit(saved("research_finding", row))


async def publish_report(access: Access, uow: UnitOfWork, command: PublishReport) -> Saved:
    """Publish a report to the agencies of its region, its findings with it."""
    async with uow.begin(access, WRITE) as work:
        row, state = await _report(work, command, ReportAct.PUBLISH, command.version)
        findings = await work.find("research_finding", where={"report_id": row["id"]})
        if not findings:
            raise Conflict("research_report.no_finding")
        for one in findings:
            await work.update("research_finding", one, {"published_on": work.today})
        row = await save(work, "research_report", row, {"state": state, "published_on": work.today}, "published")
        return await work.commit(saved("research_report", row))


async def conclude_finding(access: Access, uow: UnitOfWork, command: ConcludeFinding) -> Saved:
    """Record what was done about a finding: by the agency responsible, or by the one that reported."""
    async with uow.begin(access, CONCLUDE) as work:
        row = await work.load("research_finding", command.finding_id, version=command.version)
        report = await work.load("research_report", row["report_id"], lock=False)
        if access.agency_id not in {row["agency_id"], report["agency_id"]}:
            raise Forbidden("research_finding.not_responsible")
        REPORT_STATES.after(ReportState(report["state"]), ReportAct.CONCLUDE_FINDING)
        if row["done_on"] is not None:
            raise Conflict("research_finding.concluded")
        changes = {"done_on": command.done_on, "outcome": command.outcome}
        row = await save(work, "research_finding", row, changes, "concluded")
        return await work.commit(saved("research_finding", row))


async def _report(
    work: Work, command: UpdateReport | AddFinding | PublishReport, act: ReportAct, version: int | None = None
) -> tuple[Row, ReportState]:
    """Return a report of the caller's region, locked, and its state after an act."""
    row = await work.load("research_report", command.report_id, version=version)
    within_reach(work.access, row["region_code"])
    return row, REPORT_STATES.after(ReportState(row["state"]), act)


async def _add(work: Work, report: Row, finding: Finding, pointer: str) -> Row:
    values: dict[str, Any] = finding.given("report_id") | {
        "report_id": report["id"], "region_code": report["region_code"],
    }  # fmt: skip
    await check_host(work, values, pointer)
    return await work.insert("research_finding", values)
