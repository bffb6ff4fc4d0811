"""Small rosters written for one test each, as CSV."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date

from stdnum.cn import ric

VILLAGE = "湖北省荆州市石首市东升镇童子岗村委会"
VILLAGE_CODE = 421081106201
OTHER_TOWNSHIP = "湖北省荆州市石首市大垸镇大公湖村委会"


def number(born: str, sequence: int, division: str = "421081") -> str:
    """Return a valid identity number; an odd sequence is a man's."""
    front = f"{division}{born.replace('-', '')}{sequence:03d}"
    return front + ric.calc_check_digit(front + "0")


CHILD = {
    "姓名": "张小明", "性别": "男", "出生日期": "2015-03-04", "公民身份证号码": number("2015-03-04", 11),
    "现居住地": VILLAGE,
    "父亲姓名": "张建国", "父亲公民身份证号码": number("1988-05-06", 21), "父亲联系电话": "13812341234",
    "父亲务工地点": "广东省深圳市", "父亲外出时间": "2024-02-20", "母亲姓名": "李秀英",
    "母亲公民身份证号码": number("1989-07-08", 22), "母亲务工地点": "浙江省宁波市", "母亲外出时间": "2023-09-01",
    "父母双方同时外出": "是", "有无委托其他监护人": "是", "受委托监护人姓名": "王桂香",
    "受委托监护人公民身份证号码": number("1960-01-02", 32), "与被监护人关系": "祖父母", "监护类型": "监护情况较好",
}  # fmt: skip
WOMAN = {
    "姓名": "李秀英", "性别": "女", "出生日期": "1989-07-08", "公民身份证号码": number("1989-07-08", 22),
    "现居住地": VILLAGE,
    "联系电话": "13900001111", "丈夫姓名": "张建国", "丈夫公民身份证号码": number("1988-05-06", 21),
    "丈夫外出地点": "广东省深圳市", "丈夫外出时间": "2024-02-20", "外出原因": "务工", "照料儿童数": "1",
}  # fmt: skip
ELDER = {
    "姓名": "王桂香", "性别": "女", "出生日期": "1950-01-02", "公民身份证号码": number("1950-01-02", 42),
    "现居住地": VILLAGE,
    "居住状况": "独居", "自理能力": "半自理", "子女一姓名": "张建国", "子女一性别": "男",
    "子女一公民身份证号码": number("1978-05-06", 51), "子女一外出地点": "广东省深圳市", "子女一外出时间": "2024-02-20",
    "紧急联系人及电话": "刘二 13700001111",
}  # fmt: skip


def paper(rows: Sequence[Mapping[str, str]], *, encoding: str = "utf-8") -> bytes:
    """Return a roster with the columns of its rows."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def day(text: str) -> date:
    return date.fromisoformat(text)
