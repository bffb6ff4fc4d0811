"""Duplicates in the database: part of a transaction (``part``), what a merge changed (``journal``), jobs (``jobs``)."""
