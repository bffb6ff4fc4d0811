"""Named expressions and conditions that views refer to.

``{t}`` is the row's alias, ``{language}`` the language of the request, ``{personal}`` whether the caller
sees personal fields of such rows in full.
"""

from domain.campaigns.model import VillageState
from domain.cases.acts import NOBODY_WAITS
from persistence.reading.notices import NOTICE
from persistence.reading.sentences import CHANGED, KIND, REVEALED, SENTENCE

_LATE = "(coalesce({t}.submitted_on, current_date) > {t}.due_on)"
# Of people on the ledger with a profile that the campaign's forms are for; the bits are those of ``Remit``.
_FIGURES = (
    "(CASE WHEN {t}.figures <> '{{}}'::jsonb THEN {t}.figures ELSE (SELECT jsonb_build_object('known', count(*), "
    "'surveyed', count(*) FILTER (WHERE f.done), "
    "'women', count(*) FILTER (WHERE f.done AND f.own & 1 <> 0), "
    "'children', count(*) FILTER (WHERE f.done AND f.own & 2 <> 0), "
    "'elders', count(*) FILTER (WHERE f.done AND f.own & 4 <> 0), "
    "'households_known', count(DISTINCT p.household_id), "
    "'households_surveyed', count(DISTINCT p.household_id) FILTER (WHERE f.done)) "
    "FROM campaign c, person p, LATERAL (SELECT coalesce(p.surveyed_on >= c.opens_on, false) AS done, "
    "p.remit & (('woman' = ANY (c.forms))::int + 2 * ('child' = ANY (c.forms))::int "
    "+ 4 * ('elder' = ANY (c.forms))::int) AS own) f "
    "WHERE c.id = {t}.campaign_id AND p.region_code = {t}.region_code "
    "AND p.deregistered_on IS NULL AND p.situation <> 'dead' AND f.own <> 0) END)"
)
_PROGRESS = (
    "(SELECT jsonb_build_object('villages', count(*), "
    + ", ".join(f"'{state}', count(*) FILTER (WHERE v.state = '{state}')" for state in VillageState)
    + f", 'late', count(*) FILTER (WHERE {_LATE.format(t='v')})) "
    + "FROM campaign_village v WHERE v.campaign_id = {t}.id)"
)

EXPRESSIONS = {
    "attachment_scanned": (
        "EXISTS (SELECT FROM attachment_content f WHERE f.digest = {t}.digest AND f.scanned IS NOT NULL)"
    ),
    "case_open": "({t}.due_at IS NOT NULL)",
    # Opaque to the planner, which would else sort all late ones to find the first twenty; what is open stands
    # before ``domain.cases.acts.NOBODY_WAITS`` in the order of work, so a list of them ends there.
    "case_overdue": f"(coalesce({{t}}.due_at < now(), false) AND {{t}}.work_order < {NOBODY_WAITS})",
    "case_step_may_reopen": (
        "({t}.satisfaction = 'unsatisfied' AND EXISTS (SELECT 1 FROM care_case c WHERE c.id = {t}.case_id "
        "AND c.state IN ('replied', 'closed'))) IS TRUE"
    ),
    "campaign_progress": _PROGRESS,
    "campaign_village_figures": _FIGURES,
    "campaign_village_late": _LATE,
    "rule_set_region": "nullif(region_text({t}.region_code), '0')",
    "event_changed": CHANGED,
    "event_kind": KIND,
    "event_revealed": REVEALED,
    "event_sentence": SENTENCE,
    "notice_sentence": NOTICE,
    "operation_progress": (
        "jsonb_build_object('done', {t}.done, 'total', {t}.total, "
        "'rate', (CASE WHEN {t}.started_at IS NOT NULL THEN {t}.done / greatest(extract(epoch FROM "
        "coalesce({t}.finished_at, clock_timestamp()) - {t}.started_at), 0.001) END)::int, "
        "'eta', (CASE WHEN {t}.finished_at IS NULL AND {t}.done > 0 AND {t}.total IS NOT NULL THEN "
        "extract(epoch FROM clock_timestamp() - {t}.started_at) * ({t}.total - {t}.done) / {t}.done END)::int)"
    ),
}

CONDITIONS = {
    "current": "{t}.valid_to IS NULL",
}

NAME_MASK = "left({c}, 1) || repeat('*', greatest(length({c}) - 1, 1))"  # domain.people.masks.mask_name
