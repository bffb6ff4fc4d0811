"""The running service over the demo county, for every test of the transports."""

from tests.api.fixtures import county, service, start

__all__ = ["county", "service", "start"]
