"""Operations, agencies, rules: the work around the ledger."""

MESSAGES: dict[str, tuple[str, str, str, str]] = {}
