"""A roster of the demo's pilot township comes back without news, whichever way its people were entered."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from domain.imports.model import ImportMode, RosterForm
from persistence.crypto import FieldCipher
from persistence.demo.directory import PILOT_TOWNSHIP
from persistence.demo.load import load_demo
from persistence.engine import connect
from persistence.loading.regions import load_regions
from tests.conftest import copied, dropped
from tests.integration.exports.test_round_trip import Exports
from tests.integration.imports.conftest import Imports

AS_OF = date(2026, 11, 1)
# What only a form derives, or words otherwise: a caller who entered these people one by one left it out.
ENTERED_OTHERWISE = """
DELETE FROM person_access a USING guardianship g WHERE a.via_id = g.id AND g.kind = 'parent';
DELETE FROM guardianship WHERE kind = 'parent';
UPDATE person SET capable = NULL WHERE capable = false;
UPDATE woman_profile SET husband_away = NULL, husband_away_since = NULL, husband_away_reason = NULL;
UPDATE child_profile SET income_sources = '{打工收入}', relief = '{低保}';
UPDATE absence SET destination_code = 421002000000 WHERE destination LIKE '湖北省%';
"""


async def hashed(secret: str) -> str:
    return f"hash of {secret}"


@pytest.fixture(scope="session")
async def demo_template(postgres: str, template: str, cipher: FieldCipher) -> str:
    """A migrated database with the demo county; returns its name."""
    dsn = await copied(postgres, template)
    connection = await connect(dsn)
    await load_regions(connection, only=("421081", "421022"))
    await load_demo(connection, cipher, hashed, as_of=AS_OF)
    await connection.close()
    return dsn.partition("@/")[2].partition("?")[0]


@pytest.fixture
async def database(postgres: str, demo_template: str) -> AsyncIterator[str]:
    dsn = await copied(postgres, demo_template)
    yield dsn
    await dropped(postgres, dsn)


@pytest.fixture
def exports(imports: Imports) -> Exports:
    return Exports(imports)


async def assert_no_news(imports: Imports, exports: Exports, form: str, *, reveal: bool) -> None:
    """Export the township, check the roster as an import would take it."""
    content = await exports.roster(form, region=PILOT_TOWNSHIP, reveal=reveal)
    people = await imports.owner.fetchval(
        f"SELECT count(*) FROM {form}_profile WHERE valid_to IS NULL AND region_code / 1000 = $1", int(PILOT_TOWNSHIP)
    )

    operation = await imports.run(content, form=RosterForm(form), mode=ImportMode.VALIDATE, as_of=AS_OF)

    rows = await imports.owner.fetch("SELECT * FROM import_row WHERE operation_id = $1", operation["id"])
    assert people > 50
    assert [row["outcome"] for row in rows] == ["unchanged"] * people
    codes = {one["code"] for row in rows for one in row["faults"]}
    assert codes - {"death.date_unknown"} == (set() if reveal else {"value.masked"})


@pytest.mark.parametrize("reveal", [True, False], ids=["in full", "masked"])
@pytest.mark.parametrize("form", ["child", "woman", "elder"])
async def test_a_township_of_the_demo_comes_back_unchanged(
    imports: Imports, exports: Exports, form: str, reveal: bool
) -> None:
    await assert_no_news(imports, exports, form, reveal=reveal)


@pytest.mark.parametrize("reveal", [True, False], ids=["in full", "masked"])
@pytest.mark.parametrize("form", ["child", "woman"])
async def test_what_a_form_derives_from_the_ledger_is_no_news_to_it(
    imports: Imports, exports: Exports, form: str, reveal: bool
) -> None:
    await imports.owner.execute(ENTERED_OTHERWISE)
    await assert_no_news(imports, exports, form, reveal=reveal)


async def test_a_guardianship_that_ended_is_not_begun_anew(imports: Imports, exports: Exports) -> None:
    content = await exports.roster("child", region=PILOT_TOWNSHIP, reveal=True)
    await imports.owner.execute(
        "UPDATE guardianship SET valid_to = $1, end_reason = 'other' WHERE kind = 'parent'", AS_OF
    )
    before = await imports.owner.fetchval("SELECT count(*) FROM guardianship")
    await imports.run(content, form=RosterForm.CHILD, as_of=AS_OF)
    assert await imports.owner.fetchval("SELECT count(*) FROM guardianship") == before
