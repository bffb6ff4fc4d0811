"""What a list of divisions becomes on its way into the table, without a database."""

import lzma
from datetime import date
from pathlib import Path

import pytest

from persistence.loading.regions import SHIPPED, Divisions, lines


@pytest.fixture
def tiny(tmp_path: Path) -> Divisions:
    rows = [
        ("50", "重庆市", "chong qing shi"),
        ("5002", "县", "xian"),
        ("500229", "城口县", "cheng kou xian"),
        ("500229001", "葛城街道", "ge cheng jie dao"),
        ("500229001001", "土城社区居委会", "tu cheng she qu ju wei hui"),
    ]
    file = tmp_path / "tiny.tsv.xz"
    file.write_bytes(lzma.compress("".join("\t".join(row) + "\n" for row in rows).encode()))
    return Divisions(file, date(2026, 1, 1), "test")


def test_a_line_holds_everything_the_table_wants(tiny: Divisions) -> None:
    county, township = [line.rstrip("\n").split("\t") for line in lines(tiny)][2:4]
    assert county[:5] == ["500229", "城口县", "重庆市城口县", "3", "5002"]
    assert county[5:] == ["500229000000", "500230000000", "chengkouxian", "ckx", "2026-01-01", "test"]
    assert township[:5] == ["500229001", "葛城街道", "重庆市城口县葛城街道", "4", "500229"]
    assert township[5:] == ["500229001000", "500229002000", "gechengjiedao", "gcjd", "2026-01-01", "test"]


@pytest.mark.parametrize(
    ("only", "codes"),
    [
        ((), ["50", "5002", "500229", "500229001", "500229001001"]),
        (("42",), ["50", "5002"]),
        (("500229",), ["50", "5002", "500229", "500229001", "500229001001"]),
        (("500229001001",), ["50", "5002", "500229", "500229001", "500229001001"]),
        (("500229002",), ["50", "5002", "500229"]),
    ],
)
def test_a_restricted_load_keeps_what_is_above(tiny: Divisions, only: tuple[str, ...], codes: list[str]) -> None:
    assert [line.split("\t")[0] for line in lines(tiny, only)] == codes


def test_the_shipped_file_stays_small() -> None:
    assert SHIPPED.file.stat().st_size < 8_000_000
