"""The table: what was measured against what was promised."""

from typing import Any

PSS_MIB = 160.0
START_SECONDS = 4.0
BARE_TIMES, BARE_PLUS_US = 1.5, 150.0
P99_TIMES = 5.0
HEAD = (
    "| workload | caller | requests/s | goal | p50 ms | p99 ms | server CPU µs | allowed µs | PostgreSQL CPU µs "
    "| bare requests/s | bare CPU µs | bare PostgreSQL µs | share of bare | reached |\n"
    "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n"
)


def markdown(result: dict[str, Any]) -> str:
    """Return the result as Markdown, goals and footprint included."""
    machine = result["machine"]
    said = (
        f"{result['people']:,} people, one API process, {result['connections']} connections, {result['rounds']} rounds "
        f"of {result['seconds']:g} s, medians; {machine['cores']} cores, load {machine['load_before']:.1f} before "
        f"the first round; {result['at']}.\n\n"
    )
    lines = "".join(_line(one) for one in result["workloads"])
    return said + HEAD + lines + "\n" + _footprint(result)


def _line(one: dict[str, Any]) -> str:
    service, bare, goal = one["service"], one["bare"], one["goal"]
    allowed = BARE_TIMES * bare["cpu_us"] + BARE_PLUS_US if bare and goal["against_bare"] else None
    missed = []
    if goal["per_second"] and service["per_second"] < goal["per_second"]:
        missed.append(f"rate −{1 - service['per_second'] / goal['per_second']:.0%}")
    if allowed and service["cpu_us"] > allowed:
        missed.append(f"CPU +{service['cpu_us'] - allowed:.0f} µs")
    if service["p99_ms"] > P99_TIMES * service["p50_ms"]:
        missed.append("p99")
    cells = (
        one["name"],
        one["caller"],
        f"{service['per_second']:,.0f}",
        f"≥ {goal['per_second']:,.0f}" if goal["per_second"] else "",
        f"{service['p50_ms']:.1f}",
        f"{service['p99_ms']:.1f}",
        f"{service['cpu_us']:.0f}",
        f"≤ {allowed:.0f}" if allowed else "",
        f"{service['postgres_us']:.0f}",
        *(
            (f"{bare['per_second']:,.0f}", f"{bare['cpu_us']:.0f}", f"{bare['postgres_us']:.0f}",
             f"{service['per_second'] / bare['per_second']:.0%}")
            if bare else ("", "", "", "")
        ),
        ", ".join(missed) or ("yes" if goal["per_second"] or allowed else "–"),
    )  # fmt: skip
    return f"| {' | '.join(cells)} |\n"


def _footprint(result: dict[str, Any]) -> str:
    memory, start = result["pss_mib"], result["start_seconds"]
    clients = [one["service"]["client_us"] for one in result["workloads"]]
    return (
        "| footprint | measured | goal | reached |\n|---|--:|--:|---|\n"
        f"| PSS of the API process after the run | {memory:.0f} MiB | ≤ {PSS_MIB:.0f} MiB "
        f"| {_yes(memory <= PSS_MIB)} |\n"
        f"| API process to its first 200 | {start:.1f} s | ≤ {START_SECONDS:.0f} s "
        f"| {_yes(start <= START_SECONDS)} |\n\n"
        f"The load generator itself took {min(clients):.0f} to {max(clients):.0f} µs of CPU a request. "
        f"Allowed server CPU: {BARE_TIMES:g} × bare + {BARE_PLUS_US:.0f} µs. p99 may be {P99_TIMES:.0f} × p50.\n"
    )


def _yes(reached: bool) -> str:
    return "yes" if reached else "no"
