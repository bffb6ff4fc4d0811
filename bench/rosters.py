"""Synthetic child and woman rosters of any size, for benches: shares as the surveys found them.

``python bench/rosters.py child 100000 /tmp/child.xlsx`` (or ``.csv``). People are invented; the
shares follow the census (docs of the forms): about 70% both parents away, 95% of the entrusted
are grandparents, one in six rows has a sibling in the file.
"""

import csv
import random
import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from stdnum.cn import ric

from domain.imports.model import RosterForm
from persistence.data.forms import vocabulary

SURNAMES = "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂香文辉力健玲红梅建国志海云"
CITIES = (
    "广东省深圳市",
    "广东省东莞市",
    "浙江省宁波市",
    "浙江省温州市",
    "福建省泉州市",
    "江苏省苏州市",
    "上海市",
    "北京市",
    "湖北省武汉市",
)
SURVEYED = date(2026, 11, 1)


class Maker:
    """Makes people with valid, all different identity numbers of one county."""

    def __init__(self, county: str, villages: Sequence[str], seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.county, self.villages = county, villages
        self._sequence: dict[tuple[date, int], int] = {}

    def name(self) -> str:
        """Return a name of two or three characters."""
        return self.random.choice(SURNAMES) + "".join(self.random.choices(GIVEN, k=self.random.choice((1, 2, 2))))

    def born(self, youngest: int, oldest: int) -> date:
        """Return a birth date by age in years."""
        return SURVEYED - timedelta(days=self.random.randrange(youngest * 365 + 1, oldest * 365))

    def number(self, born: date, sex: int) -> str:
        """Return a valid number; the division part moves on when a birthday's 499 sequences are used up."""
        used = self._sequence[born, sex] = self._sequence.get((born, sex), -1) + 1
        division, sequence = int(self.county) + used // 499, used % 499 * 2 + sex % 2
        front = f"{division:06d}{born:%Y%m%d}{sequence:03d}"
        return front + ric.calc_check_digit(front + "0")

    def phone(self) -> str:
        """Return a mobile number."""
        return self.random.choice(("138", "139", "150", "187", "199")) + f"{self.random.randrange(10**8):08d}"

    def gone(self) -> date:
        """Return the first day of an absence."""
        return SURVEYED - timedelta(days=self.random.randrange(60, 1800))


def child_rows(maker: Maker, count: int) -> Iterator[list[object]]:
    """Yield rows of the child form."""
    chance, family = maker.random, None
    for serial in range(1, count + 1):
        if family is None or chance.random() > 0.17:
            father, mother = maker.born(24, 45), maker.born(23, 44)
            family = (
                maker.name(), maker.number(father, 1), maker.phone(),
                maker.name(), maker.number(mother, 2), maker.phone(), chance.choice(maker.villages),
            )  # fmt: skip
            both = chance.random() < 0.7
            away = (
                chance.choice(CITIES),
                maker.gone(),
                chance.choice(CITIES) if both else "",
                maker.gone() if both else "",
            )
            elder, sex = maker.born(48, 75), chance.choice((1, 2))
            carer = (maker.name(), maker.phone(), maker.number(elder, sex), chance.choice(("祖父母", "外祖父母")))
        born, sex = maker.born(0, 16), chance.choice((1, 2))
        incapable = not both and chance.random() < 0.7
        yield [
            serial, maker.name(), "男" if sex == 1 else "女", chance.choice(("汉族",) * 15 + ("土家族",)), born,
            maker.number(born, sex), "是", family[6], family[6],
            chance.choice(("健康",) * 30 + ("残疾", "患病")), "", "",
            chance.choice("是否"), chance.choice(("小学", "小学", "初中", "幼儿园", "未入园")),
            family[0], family[1], family[2], away[0], away[1], family[3], family[4], family[5],
            away[2], away[3], "是" if both else "否",
            "是" if incapable else "否", "母亲" if incapable else "", "是" if both else "否",
            *(carer if both else ("", "", "", "")),
            "父或母无监护能力" if incapable else "监护情况较好" if chance.random() < 0.6 else "监护情况一般",
            "、".join(chance.sample(("打工收入", "种养殖业", "政府救助", "亲朋接济"), chance.choice((1, 1, 2)))),
            chance.choice(("", "", "", "享受低保", "临时救助")),
        ]  # fmt: skip


def woman_rows(maker: Maker, count: int) -> Iterator[list[object]]:
    """Yield rows of the woman form."""
    chance = maker.random
    for serial in range(1, count + 1):
        born, his = maker.born(20, 59), maker.born(22, 60)
        village = chance.choice(maker.villages)
        yield [
            serial, maker.name(), "女", "汉族", born, maker.number(born, 2), village, village, maker.phone(),
            chance.choice(("初中",) * 6 + ("小学", "小学", "高中", "大专")),
            chance.choice(("健康",) * 8 + ("慢性病", "残疾")),
            maker.name(), maker.number(his, 1), maker.phone(), chance.choice(CITIES), maker.gone(),
            chance.choice(("务工",) * 9 + ("经商",)), chance.randrange(4), chance.randrange(3),
            chance.choice(("",) * 8 + ("低保", "建档立卡")), maker.gone() if chance.random() < 0.4 else "",
            chance.choice(("", "家政", "电商", "手工艺")), chance.choice(("", "是", "否")), chance.choice("是否"),
        ]  # fmt: skip


ROWS = {"child": child_rows, "woman": woman_rows}


def header(form: str) -> list[str]:
    """Return the printed headings, as the sample rosters have them."""
    return ["序号", *(column.header for column in vocabulary().forms[RosterForm(form)].columns)]


def write(form: str, count: int, path: Path, maker: Maker) -> None:
    """Write a roster as XLSX (constant memory) or, by the file's ending, CSV."""
    rows = ROWS[form](maker, count)
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header(form))
            writer.writerows(rows)
        return
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("花名册")
        sheet.write_row(0, 0, header(form))
        for index, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(index, column, value, day)
                elif value != "":
                    sheet.write(index, column, value)


def main() -> None:
    form, count, path = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    villages = [
        f"湖北省荆州市石首市东升镇{name}" for name in ("童子岗村委会", "新堤口村委会", "蒋家冲村委会", "范兴垸村委会")
    ]
    write(form, count, path, Maker("421081", villages))


if __name__ == "__main__":
    main()
