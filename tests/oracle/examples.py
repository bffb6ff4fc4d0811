"""How many random examples: some in every run, thousands under ``make prove``; always the same ones."""

from hypothesis import HealthCheck, Phase, settings

_BASE = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def few(count: int) -> settings:
    """Return the settings of a test that runs always."""
    return settings(_BASE, max_examples=count)


def many(count: int) -> settings:
    """Return the settings of a test that proves; a failing example is shown as found, for shrinking takes minutes."""
    return settings(_BASE, max_examples=count, phases=[Phase.generate])
