"""The health checks of hypothesis that only ask for speed: a generated document takes its time."""

from hypothesis import HealthCheck

UNHURRIED = (
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.large_base_example,
)
