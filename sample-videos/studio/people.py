# SPDX-License-Identifier: Apache-2.0
"""People from a seed and a few words: body, skin, hair, clothes, hat.

A scene may fix any trait; what it leaves open the seed decides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from body import Body, Traits
from garments import dressed
from headgear import scalp, worn_on_head
from headwear import Hat, hard_hat
from wardrobe import Paint, Part, above, below, garment, hair_part, shoe_part, skin_parts, vest

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
HAIR_COLOURS = {
    "black": (0.035, 0.03, 0.028),
    "brown": (0.12, 0.075, 0.045),
    "grey": (0.42, 0.41, 0.40),
    "white": (0.66, 0.65, 0.63),
}
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
    headwear: str = "bare"


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
    clothes, tone = words.get("clothes", "blue-coverall"), tuple(words.get("tone", (0.86, 0.80, 0.77)))
    skin, stripes = skin_name(male, age, race), bool(words.get("stripes", False))
    if words.get("cut") == "plain":
        suit = plain_suit(body, clothes, stripes, seed)
        parts = [*skin_parts(body, skin, tone), suit]
    else:
        parts, suit = dressed(body, clothes, (skin, tone), stripes, seed)
    parts.append(shoe_part(body, "shoes04" if male else "shoes01", Paint("leather", (0.35, 0.33, 0.32))))
    if "vest" in words:
        parts.append(vest(body, suit, Paint("vest", VESTS[words["vest"]])))
    style = words.get("hair", str(rng.choice(MEN_HAIR if male else WOMEN_HAIR)))
    hair_colour = words.get("hair_colour", "grey" if age > 0.75 else "black")
    hair = hair_part(body, "" if style == "crop" else style, HAIR_COLOURS[hair_colour])
    if "headgear" in words:
        gear, brow = worn_on_head(body, words["headgear"])
        parts.append(gear)
        hair = replace(below(hair, brow), name="hair") if hair else None
    if hair and hair.faces:
        parts += [hair] if words.get("cut") == "plain" else loose_hair(body, hair)
    if words.get("cut") != "plain" and style:
        crop_scalp(body, parts, hair_colour)
    colour = words.get("hat")
    hat = hard_hat(body, float(words.get("hat_tilt", rng.uniform(-0.02, 0.08))), float(rng.normal(0, 0.03))) if colour else None
    over = words.get("headgear", "no hat")
    where = {"hand": " in the hand", "arm": " under the arm"}.get(words.get("hat_in", ""), "")
    note = f"{colour} hard hat{where}" if colour else f"{over}, {hair_colour if style else 'no'} hair ({style or 'bald'})"
    paint = Paint("hat", HATS.get(colour, HATS["white"]))
    return Person(body, parts, hat, paint, clothes, note, "other" if "headgear" in words else "bare")


def plain_suit(body: Body, clothes: str, stripes: bool, seed: int) -> Part:
    """Clothes without collar and pockets: the cut of the first clips."""
    top, legs = CLOTHES[clothes]
    return garment(body, Paint("cloth", top, second=legs, stripes=stripes), 1.0, seed)


def loose_hair(body: Body, hair: Part) -> list[Part]:
    """Hair as strands; what hangs below the chin is no part of the head in the truth."""
    chin = body.head("neck02")[2]
    hair = replace(hair, paint=replace(hair.paint, marks=("strands",)))
    tail = replace(below(hair, chin), name="tail", is_head=False)
    return [above(hair, chin), tail] if tail.faces else [hair]


def crop_scalp(body: Body, parts: list[Part], hair_colour: str) -> None:
    """Shades the scalp in the hair's colour, so that short hair has no hard edge."""
    face = parts[0]
    face.attributes["scalp"] = scalp(body, face.points, face.weights)
    face.paint = replace(face.paint, second=HAIR_COLOURS[hair_colour], marks=("scalp",))


def skin_name(male: bool, age: float, race: str) -> str:
    """The skin picture nearest to the traits."""
    years = "young" if age < 0.35 else "middleage" if age < 0.7 else "old"
    return f"{years}_{race}_{'male' if male else 'female'}"
