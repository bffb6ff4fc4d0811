"""Policy documents, their measures, and which unit a matter belongs to."""
