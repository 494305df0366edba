"""On which engines a test runs: on both, but for what comes to no query.

What is decided before a query, by the same code for both engines, is tested on SQLite alone:
slashes, headers, media types, JSON and parameters that are refused as they are written, and the
words and looks of pages. Whatever comes to a query is tested on both.
"""

import pytest

on_sqlite_alone = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
