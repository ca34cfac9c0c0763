"""The facts that a Pairwatch server reports, and its actions: all that the console has."""

from console.model.profiles import Can, Fact, MakeProfile

PAIRWATCH = MakeProfile(
    "pairwatch", "Pairwatch", polled=True, facts=frozenset(Fact), can=frozenset(Can), command_language=True
)
