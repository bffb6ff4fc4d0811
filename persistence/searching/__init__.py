"""Search for people: what a question's words mean (``questions``), the statement (``statement``), keys (``keys``)."""
