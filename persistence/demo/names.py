"""Made-up names that sound like their generation and sex."""

from random import Random
from typing import Final

# The commonest surnames of Hubei, per mille.
SURNAMES: Final[dict[str, float]] = {
    "王": 72, "李": 70, "张": 64, "刘": 60, "陈": 58, "杨": 38, "周": 36, "黄": 34, "胡": 27, "吴": 25, "徐": 24,
    "何": 21, "朱": 17, "郑": 15, "邓": 17, "曾": 13, "彭": 15, "袁": 12, "谢": 12, "罗": 14, "程": 12, "肖": 13,
    "熊": 12, "余": 12, "汪": 10, "田": 9, "向": 7, "覃": 6, "龚": 7, "毛": 6, "严": 6, "万": 6, "付": 7, "涂": 4,
    "易": 4, "解": 2, "查": 2, "单": 1, "仇": 1, "欧阳": 2,
}  # fmt: skip

_WOMEN: Final = {
    1950: "秀英 桂兰 玉珍 凤英 腊梅 冬秀 金枝 菊香 春秀 大英 素珍 兰英 银秀 月娥 桂英 翠兰",
    1965: "红梅 小红 爱华 春兰 丽华 艳红 菊芳 冬梅 丽萍 翠华 先菊 家秀 玉芳 小英 四英 元芳 明霞 桂芳",
    1980: "丽 艳 静 娟 燕 芳 婷 小燕 海燕 晓丽 玲 慧 丹 莉 春燕 莎 雪梅 金玲",
    2000: "梦琪 雨涵 欣怡 思琪 诗涵 可欣 梓涵 雅婷 语桐 佳怡 若曦 紫萱 一诺 依依 心怡 沐瑶",
}
_MEN: Final = {
    1950: "大贵 家发 明德 光荣 传福 先才 祖华 昌盛 远志 德胜 国清 永茂 世海 正元 家旺 启明",
    1965: "建国 爱军 卫东 国强 志刚 小平 新华 建军 先红 军 明 忠 建华 永红 华 元平 家军 四海",
    1980: "伟 强 磊 涛 勇 鹏 波 超 小龙 海波 俊 斌 杰 亮 小军 刚 飞 志勇",
    2000: "浩然 子轩 宇航 俊熙 子涵 博文 梓豪 一鸣 天佑 明轩 俊杰 皓轩 宇轩 家豪 逸晨 嘉树",
}


def surname(chance: Random) -> str:
    """Return a surname as common as in Hubei."""
    return chance.choices(list(SURNAMES), list(SURNAMES.values()))[0]


def given(chance: Random, sex: str, born: int) -> str:
    """Return a given name of a sex (GB/T 2261.1) and year of birth."""
    names = _WOMEN if sex == "2" else _MEN
    generation = max((year for year in names if year <= born), default=min(names))
    return chance.choice(names[generation].split())
