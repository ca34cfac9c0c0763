"""Theme files: the product's themes are complete and readable, and a broken file of the user does no harm."""

from pathlib import Path

import pytest
from textual.color import Color

from console.tui.themes.files import VARIABLES, load_themes, own_folder

OWN = load_themes([own_folder()])


def test_the_product_has_at_least_four_themes_and_no_broken_one() -> None:
    assert {"night", "day", "contrast", "colour-blind"} <= set(OWN.loaded)
    assert OWN.failed == {}


@pytest.mark.parametrize("name", sorted(OWN.loaded))
def test_states_are_readable_on_their_background(name: str) -> None:
    """WCAG 2.2 contrast: 4.5:1 for text, 7:1 in the high-contrast theme."""
    theme = OWN.loaded[name]
    least = 7.0 if name == "contrast" else 4.5
    assert theme.background is not None
    assert theme.surface is not None
    for variable in VARIABLES:
        if variable.startswith("state-"):
            for ground in (theme.background, theme.surface):
                assert contrast(theme.variables[variable], ground) >= least, variable
    for banner in ("critical", "warning", "replay"):
        text, ground = theme.variables[f"banner-{banner}-text"], theme.variables[f"banner-{banner}"]
        assert contrast(text, ground) >= 4.5, banner


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [channel / 255 for channel in Color.parse(colour).rgb]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


GOOD = 'name = "mine"\n[colors]\nprimary = "#ffffff"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD.replace("#ffffff", "no such colour"), "is not a valid colour"),
        (GOOD.replace("primary", "primari"), "unknown names: primari"),
        (GOOD + '[variables]\nstate-x = "#fff"\n', "unknown names: state-x"),
        ('name = "mine"\n', "must set primary"),
        (GOOD + "extra = 1\n", "unknown"),
        ("dark = 3\n" + GOOD, "true or false"),
        ("[colors", "not TOML"),
    ],
)
def test_a_broken_theme_is_listed_with_the_reason(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "bad.toml").write_text(text, encoding="utf-8")
    (tmp_path / "good.toml").write_text(GOOD, encoding="utf-8")
    found = load_themes([tmp_path])
    assert set(found.loaded) == {"mine"}
    assert words in found.failed[tmp_path / "bad.toml"]


def test_a_users_theme_replaces_the_products_and_has_all_colours(tmp_path: Path) -> None:
    (tmp_path / "night.toml").write_text(GOOD.replace("mine", "night"), encoding="utf-8")
    found = load_themes([own_folder(), tmp_path]).loaded["night"]
    assert found.primary == "#ffffff"
    assert set(found.variables) == set(VARIABLES)
