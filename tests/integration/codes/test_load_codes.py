import asyncpg

from persistence.loading.codes import items, load_codes


async def test_codes_are_loaded_in_both_languages(owner: asyncpg.Connection) -> None:
    assert await load_codes(owner) == len(items())
    row = await owner.fetchrow("SELECT * FROM code_item WHERE list_id = 'ethnicity' AND code = '15'")
    assert dict(row) == {
        "list_id": "ethnicity",
        "code": "15",
        "label_zh": "土家族",
        "label_en": "Tujia",
        "position": 15,
    }
    assert await owner.fetchval("SELECT standard FROM code_list WHERE id = 'ethnicity'") == "GB/T 3304-1991"


async def test_loading_again_repairs_labels_and_doubles_nothing(owner: asyncpg.Connection) -> None:
    await load_codes(owner)
    before = await owner.fetch("SELECT * FROM code_item ORDER BY list_id, code")
    await owner.execute("UPDATE code_item SET label_zh = '?' WHERE list_id = 'sex'")
    await load_codes(owner)
    assert await owner.fetch("SELECT * FROM code_item ORDER BY list_id, code") == before
