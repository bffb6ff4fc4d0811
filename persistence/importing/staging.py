"""The staging tables: what the parser hands over, one temporary table per kind of record.

Declared once, for both sides: the parser writes COPY text in this column order, the merge creates
the tables and copies into them. Ids of people and households are the ones they get if they are
new (``persistence.importing.ids``); the merge puts the ledger's id in their place where they are
known. Working columns below the line are the merge's own.
"""

from typing import Final

PERSON_FACTS: Final = (
    ("registered_region_code", "bigint"),
    ("name", "text"),
    ("name_pinyin", "text"),
    ("name_initials", "text"),
    ("sex", "text"),
    ("birth_date", "date"),
    ("ethnicity", "text"),
    ("education", "text"),
    ("marital_status", "text"),
    ("health", "text"),
    ("disability_category", "text"),
    ("disability_grade", "smallint"),
    ("illness", "text"),
    ("hardship", "text[]"),
    ("capable", "boolean"),
    ("situation", "text"),
    ("died_on", "date"),
)
SEALED: Final = (
    ("identity_number_cipher", "bytea"),
    ("identity_number_blind", "bytea"),
    ("identity_number_masked", "text"),
    ("phone_cipher", "bytea"),
    ("phone_blind", "bytea"),
    ("phone_masked", "text"),
    ("phone_tail_blind", "bytea"),
    ("address_cipher", "bytea"),
    ("address_masked", "text"),
)
PROFILES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "child": (
        ("household_registered", "boolean"),
        ("schooling", "text"),
        ("boarding", "boolean"),
        ("both_parents_away", "boolean"),
        ("one_away_other_incapable", "boolean"),
        ("incapable_parent", "text"),
        ("entrusted", "boolean"),
        ("care_class", "text"),
        ("income_sources", "text[]"),
        ("relief", "text[]"),
    ),
    "woman": (
        ("children_in_care", "smallint"),
        ("elders_in_care", "smallint"),
        ("land_contract_registered", "boolean"),
        ("income_band", "text"),
        ("income_sources", "text[]"),
        ("skills", "text"),
        ("training_wanted", "text"),
        ("employment_wanted", "text"),
        ("business_wanted", "text"),
        ("loan_wanted", "boolean"),
        ("screened_on", "date"),
        ("screening_result", "text"),
        ("rights_problems", "text[]"),
        ("activities_wanted", "text"),
        ("counselling_wanted", "boolean"),
        ("husband_away", "boolean"),
        ("husband_away_since", "date"),
        ("husband_away_reason", "text"),
    ),
    "elder": (
        ("living_arrangement", "text"),
        ("self_care", "text"),
        ("dementia", "boolean"),
        ("chronic_diseases", "text[]"),
        ("living_children", "smallint"),
        ("children_away", "smallint"),
        ("pension", "text"),
        ("grandchildren_raised", "smallint"),
        ("emergency_contact_cipher", "bytea"),
        ("emergency_contact_masked", "text"),
        ("key_holder", "text"),
        ("last_seen_on", "date"),
        ("last_seen_by", "text"),
    ),
}
STAGES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "row": (
        ("row_number", "int"),
        ("sheet", "text"),
        ("sheet_row", "int"),
        ("outcome", "text"),  # null: the merge decides
        ("first_row", "int"),
        ("person_id", "uuid"),
        ("subject_blind", "bytea"),
        ("left_behind", "boolean"),
        ("faults", "jsonb"),
        ("repaired", "text[]"),
        ("told", "text"),  # JSON of the facts, for people the ledger knows already
    ),
    "household": (
        ("id", "uuid"),
        ("row_number", "int"),
        ("region_code", "bigint"),
        ("head_id", "uuid"),
        ("address_cipher", "bytea"),
        ("address_masked", "text"),
    ),
    "person": (
        ("id", "uuid"),
        ("row_number", "int"),
        ("subject", "boolean"),
        ("region_code", "bigint"),
        ("household_id", "uuid"),
        ("ties", "boolean"),  # whether her household is the row's: subject, parent, spouse
        ("again", "boolean"),  # named in an earlier chunk; ``stated``: what was said of her there
        ("stated", "int"),
        ("remit", "smallint"),
        ("priority", "smallint"),
        ("parts", "text"),  # what is entered along with a new person, for her event: JSON
        *PERSON_FACTS,
        *SEALED,
    ),
    "kinship": (
        ("row_number", "int"),
        ("person_id", "uuid"),
        ("relative_id", "uuid"),
        ("relation", "text"),
        ("region_code", "bigint"),
    ),
    "guardianship": (
        ("row_number", "int"),
        ("ward_id", "uuid"),
        ("guardian_id", "uuid"),
        ("kind", "text"),
        ("relation", "text"),
        ("capability", "text"),
        ("region_code", "bigint"),
    ),
    "absence": (
        ("row_number", "int"),
        ("person_id", "uuid"),
        ("since", "date"),
        ("reason", "text"),
        ("destination", "text"),
        ("destination_code", "bigint"),
        ("contact_frequency", "text"),
        ("region_code", "bigint"),
        ("stated", "boolean"),
    ),
    "status": (
        ("row_number", "int"),
        ("person_id", "uuid"),
        ("population", "text"),
        ("status", "text"),
        ("flags", "text[]"),
        ("reasons", "text[]"),
        ("since", "date"),
        ("next_review_on", "date"),
        ("rule_set_id", "uuid"),
        ("region_code", "bigint"),
    ),
    **{
        f"{form}_profile": (
            ("id", "uuid"),
            ("row_number", "int"),
            ("person_id", "uuid"),
            ("region_code", "bigint"),
            *columns,
        )
        for form, columns in PROFILES.items()
    },
}
# What the merge works out. ``act`` is what is to be done: insert, update, replace, none; ``target``
# the id of the record written; ``newer`` whether this survey is not older than what is known.
_ACT: Final = "act text DEFAULT 'insert', newer boolean DEFAULT true, changed text[] DEFAULT '{}'"
WORKING: Final = {
    "row": "known boolean DEFAULT false, here boolean DEFAULT false",
    "household": "act text DEFAULT 'insert', provisional uuid",
    # A division is not leak-proof: done here, so that row-level security lets the index answer.
    "person": f"known boolean DEFAULT false, provisional uuid, {_ACT}, "
    "county bigint GENERATED ALWAYS AS (region_code / 1000000) STORED",
    "kinship": "act text DEFAULT 'insert', target uuid DEFAULT uuidv7()",
    "status": f"target uuid DEFAULT uuidv7(), before text, before_id uuid, {_ACT}",
    **dict.fromkeys(("guardianship", "absence"), f"target uuid DEFAULT uuidv7(), {_ACT}"),
    **{f"{form}_profile": _ACT for form in PROFILES},
}


def columns(table: str) -> list[str]:
    """Return the names of a staging table's columns in the order the parser writes them."""
    return [name for name, _ in STAGES[table]]


def stages_of(form: str) -> list[str]:
    """Return the staging tables a form fills."""
    return ["row", "household", "person", "kinship", "guardianship", "absence", "status", f"{form}_profile"]


def create_tables() -> str:
    """Return the DDL of all staging tables; they empty themselves at the end of each transaction."""
    tables = [
        f"CREATE TEMP TABLE IF NOT EXISTS stage_{table} "
        f"({', '.join(f'{name} {kind}' for name, kind in listed)}, {WORKING[table]}) ON COMMIT DELETE ROWS"
        for table, listed in STAGES.items()
    ]
    known = (
        "CREATE TEMP TABLE IF NOT EXISTS stage_known (provisional uuid, id uuid, hidden boolean DEFAULT false, "
        "several boolean DEFAULT false) ON COMMIT DELETE ROWS"
    )
    return ";\n".join([*tables, known])


__all__ = ["PERSON_FACTS", "PROFILES", "SEALED", "STAGES", "columns", "create_tables", "stages_of"]
