"""What a Pairwatch server reports, and what it can be asked to do: everything that the console knows of."""

from console.model.profiles import Can, Fact, MakeProfile

PAIRWATCH = MakeProfile(
    "pairwatch", "Pairwatch", polled=True, facts=frozenset(Fact), can=frozenset(Can), command_language=True
)
