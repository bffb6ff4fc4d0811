"""Notices."""

MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "notification.acknowledged": (
        "已经签收", "这条消息已经有人签收。",
        "Acknowledged already", "Somebody has acknowledged this notice already.",
    ),
}  # fmt: skip
