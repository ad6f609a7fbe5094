# SPDX-License-Identifier: Apache-2.0
"""People from a seed and a few words: body, skin, hair, clothes, hat.

A scene may fix any trait; what it leaves open the seed decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from body import Body, Traits
from headwear import Hat, hard_hat
from wardrobe import Paint, Part, garment, hair_part, shoe_part, skin_parts, vest

HATS = {
    "white": (0.90, 0.90, 0.87),
    "yellow": (0.95, 0.73, 0.06),
    "red": (0.75, 0.07, 0.06),
    "blue": (0.08, 0.25, 0.62),
    "orange": (0.93, 0.38, 0.05),
}
CLOTHES = {
    "blue-coverall": ((0.13, 0.22, 0.42), (0.13, 0.22, 0.42)),
    "navy-coverall": ((0.10, 0.13, 0.24), (0.10, 0.13, 0.24)),
    "grey-coverall": ((0.42, 0.43, 0.44), (0.42, 0.43, 0.44)),
    "orange-coverall": ((0.82, 0.33, 0.08), (0.82, 0.33, 0.08)),
    "white-coverall": ((0.86, 0.87, 0.88), (0.86, 0.87, 0.88)),
    "khaki-suit": ((0.52, 0.46, 0.34), (0.36, 0.33, 0.27)),
    "blue-suit": ((0.24, 0.36, 0.55), (0.17, 0.19, 0.24)),
    "grey-suit": ((0.55, 0.57, 0.59), (0.22, 0.24, 0.28)),
    "shirt-and-jeans": ((0.60, 0.25, 0.22), (0.18, 0.25, 0.38)),
}
VESTS = {"yellow": (0.80, 0.90, 0.10), "orange": (0.98, 0.36, 0.06)}
HAIR_COLOURS = {"black": (0.035, 0.03, 0.028), "brown": (0.12, 0.075, 0.045), "grey": (0.42, 0.41, 0.40)}
MEN_HAIR = ("short01", "short02", "short03", "short04")
WOMEN_HAIR = ("bob01", "bob02", "ponytail01", "braid01")


@dataclass
class Person:
    """A dressed body."""

    body: Body
    parts: list[Part]
    hat: Hat | None
    hat_paint: Paint
    garment: str
    headwear_note: str


def make_person(words: dict, seed: int) -> Person:
    """Builds a person from scene words (all optional): sex, age, stature_m, weight, skin, hair, ..."""
    rng = np.random.default_rng(seed)
    male = words.get("sex", "male" if rng.random() < 0.8 else "female") == "male"
    age = float(words.get("age", rng.uniform(0.0, 0.6)))
    race = words.get("race", "asian")
    stature = float(words.get("stature_m", rng.normal(1.73 if male else 1.62, 0.05)))
    traits = Traits(
        male, age, float(rng.uniform(0.4, 0.7)), float(words.get("weight", rng.uniform(0.4, 0.7))), 0.5, race, stature
    )
    body = Body(traits)
    clothes, colours = words.get("clothes", "blue-coverall"), CLOTHES[words.get("clothes", "blue-coverall")]
    suit = garment(body, Paint("cloth", colours[0], second=colours[1], stripes=bool(words.get("stripes", False))), 1.0, seed)
    parts = [*skin_parts(body, skin_name(male, age, race), (0.86, 0.80, 0.77)), suit]
    parts.append(shoe_part(body, "shoes04" if male else "shoes01", Paint("leather", (0.35, 0.33, 0.32))))
    if "vest" in words:
        parts.append(vest(body, suit, Paint("vest", VESTS[words["vest"]])))
    style = words.get("hair", str(rng.choice(MEN_HAIR if male else WOMEN_HAIR)))
    hair = hair_part(body, style, HAIR_COLOURS[words.get("hair_colour", "grey" if age > 0.75 else "black")])
    if hair:
        parts.append(hair)
    colour = words.get("hat")
    hat = hard_hat(body, float(words.get("hat_tilt", rng.uniform(-0.02, 0.08))), float(rng.normal(0, 0.03))) if colour else None
    note = f"{colour} hard hat" if colour else f"no hat, {words.get('hair_colour', 'black')} hair ({style or 'bald'})"
    return Person(body, parts, hat, Paint("hat", HATS.get(colour, HATS["white"])), clothes, note)


def skin_name(male: bool, age: float, race: str) -> str:
    """The skin picture nearest to the traits."""
    years = "young" if age < 0.35 else "middleage" if age < 0.7 else "old"
    return f"{years}_{race}_{'male' if male else 'female'}"
