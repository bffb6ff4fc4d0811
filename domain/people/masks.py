"""Masked forms of personal fields, stored beside the encrypted ones and shown in lists."""

MOBILE_DIGITS = 11


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
    """Keep the division's path and hide what identifies the house."""
    kept = division if division and address.startswith(division) else address[:6]
    return kept + "***"
