"""How property tests run: the same examples every time; HYPOTHESIS_PROFILE=deep tries more, mutate shrinks none."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile("quick", derandomize=True, deadline=None, suppress_health_check=_SLOW)
settings.register_profile("deep", settings.get_profile("quick"), derandomize=False, max_examples=5000)
settings.register_profile("mutate", settings.get_profile("quick"), phases=[Phase.explicit, Phase.generate])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(autouse=True, scope="session")
def _what_reports_share_is_never_written_to() -> Iterator[None]:
    from smlint.plan import NOTHING

    yield
    assert NOTHING == {}
