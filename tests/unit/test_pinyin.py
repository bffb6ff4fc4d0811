import subprocess
import sys
import time

import pytest

from domain.pinyin import name_keys


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("张伟", "zhangwei", "zw"),
        ("单雄信", "shanxiongxin", "sxx"),
        ("仇英", "qiuying", "qy"),
        ("曾国藩", "zengguofan", "zgf"),
        ("解晓东", "xiexiaodong", "xxd"),
        ("区永熙", "ouyongxi", "oyx"),
        ("查良镛", "zhaliangyong", "zly"),
        ("沈石", "shenshi", "ss"),
        ("覃长秀", "qinchangxiu", "qcx"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("尉健行", "weijianxing", "wjx"),
        ("万俟卨", "moqixie", "mqx"),
        ("万小平", "wanxiaoping", "wxp"),
        ("长孙无忌", "zhangsunwuji", "zswj"),
        ("单于夫", "chanyufu", "cyf"),
        ("欧阳娜娜", "ouyangnana", "oynn"),
        ("吕绿", "lvlv", "ll"),
        ("阿依古丽·买买提", "ayigulimaimaiti", "ayglmmt"),
        ("Zhang Wei", "zhangwei", "zw"),
        ("Ｚ伟", "zwei", "zw"),
        ("李\ue170", "li", "l"),
        ("鄂尔多", "eerduo", "eed"),
        ("", "", ""),
        ("？！", "", ""),
    ],
)
def test_keys(name: str, pinyin: str, initials: str) -> None:
    assert name_keys(name) == (pinyin, initials)


def test_bulk_is_fast() -> None:
    name_keys("张伟")
    names = ["张建国", "王秀英", "曾小红", "欧阳春兰"] * 25_000
    start = time.process_time()
    for name in names:
        name_keys(name)
    assert time.process_time() - start < 5, "half a second was measured"


def test_the_phrase_dictionary_stays_out_of_memory() -> None:
    script = "import sys; from domain.pinyin import name_keys; name_keys('张伟'); print('pypinyin' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
