"""Properties have no time limit: how long an example takes depends on what else the machine does."""

from hypothesis import settings

settings.register_profile("untimed", parent=settings.default, deadline=None)
settings.load_profile("untimed")
