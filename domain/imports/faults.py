"""What can be wrong with a roster row: codes, and the sentences a township clerk reads.

An *error* rejects its row, a *warning* goes into the report and the row is taken. A fault names
its cell and never repeats what stands in it.
"""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a fault does to its row."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class RowFault:
    """One fault: ``cell`` is an address such as ``F17`` ("" for the whole row), ``column`` its heading."""

    cell: str
    column: str
    code: str
    severity: Severity = Severity.ERROR

    def as_json(self) -> dict[str, str]:
        """Return the fault as ``import_row.faults`` keeps it."""
        return {
            "cell": self.cell,
            "column": self.column,
            "code": self.code,
            "severity": self.severity.value,
            "message": sentence(self.code),
        }


# Each code has its Chinese and its English sentence.
SENTENCES: dict[str, tuple[str, str]] = {
    "absence.since_missing": (
        "写了外出地点，没有写外出时间，暂按调查日期登记，请核实补填",
        "place of absence without its start; taken as of the survey date",
    ),
    "age.outside_form": ("年龄不在本表的调查范围内，请核对", "age is outside what this form is for"),
    "birth_date.future_or_mismatch": (
        "出生日期晚于调查日期，或与身份证号码中的出生日期不一致，请核对后改正",
        "birth date lies after the survey or differs from the identity number",
    ),
    "birth_date.missing": (
        "没有身份证号码时必须填写出生日期",
        "birth date is needed where there is no identity number",
    ),
    "date.unreadable": ("日期看不懂，请按“2013-04-05”的格式填写", "not a date"),
    "death.date_unknown": (
        "注明已去世但没有日期，暂按调查日期登记，请核实补填",
        "death without a date; taken as of the survey date",
    ),
    "identity_number.as_number": (
        "身份证号码被存成了数字，后几位已经丢失。请把这一列设为“文本”格式后重新填写",
        "identity number was typed as a number and has lost its last digits",
    ),
    "identity_number.birth_date": ("身份证号码中的出生日期不存在，请核对", "identity number holds no valid birth date"),
    "identity_number.checksum": (
        "身份证号码的校验位不对，请对照证件核对",
        "check digit of the identity number is wrong",
    ),
    "identity_number.division_unknown": (
        "身份证号码前六位不是已知的行政区划代码，请核对",
        "division part of the identity number is not known",
    ),
    "identity_number.format": (
        "身份证号码应为18位（或旧的15位），请核对",
        "identity number must have 18 or 15 characters",
    ),
    "identity_number.missing": ("没有填写身份证号码，请尽快补填", "identity number is missing"),
    "name.differs": (
        "台账中这个身份证号码登记的是另一个姓名，请核对本行人员的姓名和身份证号码",
        "the ledger has another name under this identity number; check both",
    ),
    "name.missing": ("没有填写姓名", "name is missing"),
    "name.unreadable": ("姓名中有数字或符号，或者太长，请核对", "name holds digits or signs, or is too long"),
    "number.unreadable": ("人数应填写数字", "not a number"),
    "person.ambiguous": (
        "台账中本村有几位同名同出生日期的人，请补填身份证号码",
        "several people of this village share name and birth date",
    ),
    "person.under_review": (
        "该人员正在核查中，暂不能登记，请与上级主管部门联系",
        "this person is under review",
    ),
    "phone.unreadable": ("电话号码不正确，未登记，请核对", "not a telephone number"),
    "region.ambiguous": ("这个地名不止一处，请写明乡镇和村", "several divisions have this name"),
    "region.differs": (
        "台账中登记在另一个村，如已迁居请办理转移",
        "registered in another village; transfer the file if she moved",
    ),
    "region.missing": ("没有填写现居住地", "place of residence is missing"),
    "region.not_village": ("现居住地请写到村（居）", "place of residence must name the village"),
    "region.out_of_scope": ("现居住地不在您单位的管辖范围内", "place of residence is outside your region"),
    "region.unknown": ("查不到这个现居住地，请按行政区划写明乡镇和村", "place of residence is not a known division"),
    "relative.self": ("亲属的身份证号码与本人相同，请核对", "a relative has the subject's own identity number"),
    "row.older": (
        "台账中已有更晚的调查结果，本行只补充空缺内容",
        "a later survey is on the ledger; this row only fills gaps",
    ),
    "sex.mismatch": (
        "性别与身份证号码不一致，已按身份证号码登记",
        "sex differs from the identity number, which was taken",
    ),
    "sex.not_female": ("妇女登记表中只能登记女性，请核对性别和身份证号码", "the woman form is for women"),
    "value.conflict": (
        "本表前面的行对同一人填写了不同内容，以前面的为准",
        "an earlier row of this file says otherwise of the same person; the earlier row counts",
    ),
    "value.masked": (
        "本行有带“*”的证件号码或电话，视为未填，台账中原有的内容不变",
        "numbers shown with asterisks count as blank; what the ledger holds stays",
    ),
    "value.unknown": ("填写的内容不在可选范围内，未登记，请核对", "not one of the known values"),
}

# What is wrong with the file as a whole: the operation fails with one of these as its problem.
FILE_SENTENCES: dict[str, tuple[str, str]] = {
    "export.access_lost": (
        "您已没有查看这些人员的权限，未生成花名册",
        "you may no longer see these people; no roster was made",
    ),
    "export.too_many_attempts": (
        "多次处理均未成功，已停止，请联系管理员",
        "given up after several attempts",
    ),
    "export.too_many_rows": ("人数超过上限，请按乡镇分别导出", "too many people; export by township"),
    "file.encoding": ("文件的文字编码无法识别，请另存为 XLSX 再上传", "the text is neither UTF-8 nor GB18030"),
    "file.encrypted": ("文件设有密码，请取消密码后再上传", "the workbook is protected by a password"),
    "file.form_differs": (
        "表头是另一种登记表的，请核对所选的表种，或选“自动识别”",
        "the header is that of another form; check the form, or leave it to be recognised",
    ),
    "file.form_out_of_remit": (
        "您单位的职责范围不包括这类人员的登记",
        "this population is outside your agency's remit",
    ),
    "file.empty": ("文件是空的，没有任何内容，请核对后重新上传", "the file is empty"),
    "file.form_unrecognised": (
        "没有找到登记表的表头，请使用系统提供的空白表",
        "no header of a known form was found",
    ),
    "file.no_rows": ("表中没有人员", "there is nobody in the file"),
    "file.not_a_table": (
        "文件里是不分列的文字，不是表格，请上传 XLSX、XLS 或 CSV 文件",
        "plain text without columns, not a table; upload XLSX, XLS or CSV",
    ),
    "file.too_large": ("文件展开后过大，请分成几个文件上传", "the file expands to more than is allowed"),
    "file.too_many_attempts": ("多次处理均未成功，已停止，请联系管理员", "given up after several attempts"),
    "file.too_many_rows": ("行数超过上限，请分成几个文件上传", "too many rows"),
    "file.unreadable": ("文件打不开，请确认是 XLSX、XLS 或 CSV 文件", "not a readable XLSX, XLS or CSV file"),
}


def sentence(code: str, language: str = "zh") -> str:
    """Return the sentence of a row's or a file's fault."""
    chinese, english = SENTENCES.get(code) or FILE_SENTENCES[code]
    return english if language == "en" else chinese


class BadFile(Exception):
    """The file cannot be imported at all; ``code`` is one of ``FILE_SENTENCES``."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


__all__ = ["FILE_SENTENCES", "SENTENCES", "BadFile", "RowFault", "Severity", "sentence"]
