"""An incident runbook: numbered headings, paths, a jump to another path, a loop back."""


def decide(
    *,
    loads_at_first: bool,
    healthy_backend: bool,
    loads_after_restart: bool,
    expired: bool,
    fixed_by_renewal: bool,
    disk_percent: float,
    in_sync: bool,
) -> str:
    """ "false alarm", "close", "network team", "again from 1.3", "fail over" or "administrator"."""
    if loads_at_first:
        return "false alarm"
    if healthy_backend:
        return "close" if expired and fixed_by_renewal else "network team"
    if loads_after_restart:
        return "close"
    if disk_percent > 95:
        return "again from 1.3"
    return "fail over" if in_sync else "administrator"
