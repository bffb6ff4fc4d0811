"""The running service over the demo county."""

from tests.api.fixtures import county, service, start

__all__ = ["county", "service", "start"]
