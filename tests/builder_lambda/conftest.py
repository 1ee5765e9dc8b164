"""Tests over many real wheels take minutes: they run where they are asked for, with ``-m wide``."""

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "wide" in str(config.getoption("-m")):
        return
    wide = [item for item in items if item.get_closest_marker("wide")]
    config.hook.pytest_deselected(items=wide)
    items[:] = [item for item in items if item not in wide]
