from tests.integration.imports.conftest import cipher, county_template, database, imports

__all__ = ["cipher", "county_template", "database", "imports"]
