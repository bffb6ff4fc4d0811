"""Masked forms of personal fields, stored beside the encrypted ones and shown in lists."""

import re

MOBILE_DIGITS = 11
_DIVISIONS = re.compile(r".*(?:[省市州县旗镇乡村]|自治区|(?<!小)区|街道)")
_WORDS = re.compile(r"[0-9]{5,}|[^\W0-9]+")


def mask_name(name: str) -> str:
    """张三丰 → 张**."""
    return name[:1] + "*" * max(len(name) - 1, 1)


def mask_identity_number(number: str) -> str:
    """230102196001011234 → 2301**********1234."""
    return number[:4] + "*" * (len(number) - 8) + number[-4:]


def mask_phone(phone: str) -> str:
    """13812341234 → 138****1234; shorter numbers keep their last two digits."""
    if len(phone) >= MOBILE_DIGITS:
        return phone[:3] + "*" * (len(phone) - 7) + phone[-4:]
    return "*" * max(len(phone) - 2, 1) + phone[-2:]


def mask_address(address: str, division: str = "") -> str:
    """Keep the division's path and hide what identifies the house: 桃花山镇二组15号 → 桃花山镇***.

    Where the division is not given, what ends in the name of one is kept, and nothing else.
    """
    if division and address.startswith(division):
        return division + "***"
    found = _DIVISIONS.match(address)
    return (found[0] if found else "") + "***"


def mask_contact(contact: str) -> str:
    """Mask a name with a number beside it: 张三 13812341234 → 张* 138****1234."""
    return _WORDS.sub(lambda found: mask_phone(found[0]) if found[0].isdigit() else mask_name(found[0]), contact)
