"""Named expressions and conditions that views refer to; ``{t}`` is the row's alias."""

EXPRESSIONS = {
    "rule_set_region": "nullif(region_text({t}.region_code), '0')",
    "event_changed": (
        "CASE WHEN jsonb_typeof({t}.data->'changed') = 'array' THEN {t}.data->'changed' ELSE '[]'::jsonb END"
    ),
    "operation_progress": (
        "jsonb_build_object('done', {t}.done, 'total', {t}.total, "
        "'rate', (CASE WHEN {t}.started_at IS NOT NULL THEN {t}.done / greatest(extract(epoch FROM "
        "coalesce({t}.finished_at, clock_timestamp()) - {t}.started_at), 0.001) END)::int, "
        "'eta', (CASE WHEN {t}.finished_at IS NULL AND {t}.done > 0 AND {t}.total IS NOT NULL THEN "
        "extract(epoch FROM clock_timestamp() - {t}.started_at) * ({t}.total - {t}.done) / {t}.done END)::int)"
    ),
}

CONDITIONS = {
    "current": "{t}.valid_to IS NULL",
}

NAME_MASK = "left({c}, 1) || repeat('*', greatest(length({c}) - 1, 1))"  # domain.people.masks.mask_name
