"""The world of the oracle."""

from tests.oracle.fixtures import service

__all__ = ["service"]
