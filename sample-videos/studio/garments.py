# SPDX-License-Identifier: Apache-2.0
"""Work clothes in layers: a suit underneath, a jacket, smock or shirt over it, collar, hem, marks.

An outfit is a name in OUTFITS; truth calls the garment by that name. Layers are pushed off the garment
below; a hem hangs from the hips and moves with the nearest cloth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assets import read_fitting
from body import BODY_POINTS, Body
from wardrobe import Paint, Part, fitted, garment, normals_of, piece_of_base, relaxed, share_of, skin_parts

AROUND = 40
Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Outfit:
    """Colours and cut: `top` makes a layer over the suit, `hem_m` below the hips, `sleeve` share of the arm."""

    legs: Colour
    body: Colour | None = None
    marks: tuple[str, ...] = ("zip", "pockets", "belt")
    top: Colour | None = None
    top_marks: tuple[str, ...] = ("zip", "pockets", "low-pockets")
    hem_m: float = 0.12
    sleeve: float = 1.0
    collar: str = "stand"
    fitting: str = ""
    tint: Colour = (1.0, 1.0, 1.0)


BLUE, NAVY, GREY, ORANGE = (0.13, 0.22, 0.42), (0.10, 0.13, 0.24), (0.42, 0.43, 0.44), (0.82, 0.33, 0.08)
WHITE, PALE, DARK, DENIM = (0.86, 0.87, 0.88), (0.60, 0.74, 0.86), (0.13, 0.14, 0.17), (0.18, 0.25, 0.38)
OUTFITS = {
    "blue-coverall": Outfit(BLUE),
    "navy-coverall": Outfit(NAVY),
    "grey-coverall": Outfit(GREY),
    "orange-coverall": Outfit(ORANGE),
    "white-coverall": Outfit(WHITE),
    "esd-coverall-white": Outfit(WHITE, marks=("zip", "grid", "low-pockets")),
    "esd-coverall-blue": Outfit(PALE, marks=("zip", "grid", "low-pockets")),
    "esd-smock-white": Outfit(DARK, top=WHITE, top_marks=("zip", "grid", "low-pockets"), hem_m=0.34),
    "esd-smock-blue": Outfit(DARK, top=PALE, top_marks=("zip", "grid", "low-pockets"), hem_m=0.34),
    "khaki-suit": Outfit((0.36, 0.33, 0.27), top=(0.52, 0.46, 0.34)),
    "blue-suit": Outfit((0.17, 0.19, 0.24), top=(0.24, 0.36, 0.55)),
    "grey-suit": Outfit((0.22, 0.24, 0.28), top=(0.55, 0.57, 0.59)),
    "jacket-over-blue-coverall": Outfit(BLUE, top=(0.20, 0.21, 0.22), hem_m=0.06, collar="fold"),
    "jacket-over-white-coverall": Outfit(WHITE, marks=("zip", "grid"), top=(0.15, 0.20, 0.33), hem_m=0.08, collar="fold"),
    "welding-jacket": Outfit(NAVY, top=(0.36, 0.24, 0.14), top_marks=("zip",), hem_m=0.16),
    "shirt-and-jeans": Outfit(DENIM, top=(0.60, 0.25, 0.22), top_marks=("checks", "zip"), hem_m=0.10, collar="fold"),
    "tee-and-jeans": Outfit(DENIM, top=(0.75, 0.74, 0.70), top_marks=(), hem_m=0.08, sleeve=0.42, collar=""),
    "tee-and-trousers": Outfit((0.25, 0.24, 0.22), top=(0.18, 0.36, 0.32), top_marks=(), hem_m=0.08, sleeve=0.42, collar=""),
    "hoodie-and-jeans": Outfit(DENIM, top=(0.38, 0.39, 0.42), top_marks=("low-pockets",), hem_m=0.08, collar="hood"),
    "coat": Outfit(DARK, top=(0.30, 0.26, 0.22), top_marks=("zip",), hem_m=0.42, collar="fold"),
    "dress": Outfit((0.62, 0.44, 0.36), top=(0.45, 0.16, 0.22), top_marks=(), hem_m=0.40, sleeve=0.45, collar=""),
    "casual-man-1": Outfit(DENIM, fitting="male_casualsuit02"),
    "casual-man-2": Outfit(DENIM, fitting="male_casualsuit03"),
    "casual-man-3": Outfit(DENIM, fitting="male_casualsuit04"),
    "casual-man-4": Outfit(DENIM, fitting="male_casualsuit05"),
    "casual-man-5": Outfit(DENIM, fitting="male_casualsuit06"),
    "casual-woman": Outfit(DENIM, fitting="female_casualsuit01"),
    "sports-woman": Outfit(DENIM, fitting="female_sportsuit01"),
    "office-man": Outfit(DENIM, fitting="male_elegantsuit01"),
    "office-woman": Outfit(DENIM, fitting="female_elegantsuit01"),
}
BARE_LEGS = ("dress",)


def dressed(body: Body, name: str, skin: tuple[str, Colour], stripes: bool, seed: int) -> tuple[list[Part], Part]:
    """All parts of an outfit with the skin that it leaves bare, and the part that a vest goes over."""
    outfit = OUTFITS[name]
    if outfit.fitting and read_fitting(f"clothes/{outfit.fitting}"):
        return ready_made(body, outfit, skin)
    parts = skin_parts(body, *skin)
    suit = garment(body, Paint("workwear", outfit.legs, stripes=stripes and not outfit.top, marks=outfit.marks), 1.25, seed)
    parts.append(suit)
    outer = suit
    if outfit.top:
        paint = Paint("workwear", outfit.top, stripes=stripes, marks=outfit.top_marks)
        outer = layer(body, suit, paint, outfit, seed)
        parts.append(outer)
        if outfit.sleeve < 1 or name in BARE_LEGS:
            bare = bare_limbs(body, outfit.sleeve, name in BARE_LEGS, parts[0].paint)
            parts.append(bare)
            trimmed(body, suit, outfit.sleeve, name in BARE_LEGS)
    if outfit.collar:
        parts.append(collar(body, outer, outfit.collar))
    return parts, outer


def ready_made(body: Body, outfit: Outfit, skin: tuple[str, Colour]) -> tuple[list[Part], Part]:
    """A suit of the optional assets, and all skin that it does not hide."""
    fitting = read_fitting(f"clothes/{outfit.fitting}")
    parts = skin_parts(body, *skin)
    face, hands = parts[0], parts[1]
    numbers = np.arange(len(body.points))
    is_head = share_of(body, body.weights, ("head", "neck")) > 0.35
    is_bare = (numbers < BODY_POINTS) & ~np.isin(numbers, fitting.hidden) & ~is_head
    is_bare &= share_of(body, body.weights, ("foot",)) < 0.5
    parts[1] = piece_of_base(body, hands.name, is_bare, face.paint)
    suit = fitted(body, "garment", fitting, Paint("picture", outfit.tint, fitting.texture))
    return [*parts, suit], suit


def cut(part: Part, keep: np.ndarray, name: str, paint: Paint) -> Part:
    """The faces of a part all of whose points are kept."""
    number = np.full(len(part.points), -1)
    number[keep] = np.arange(keep.sum())
    faces, uvs, corner = [], [], 0
    for face in part.faces:
        if keep[face].all():
            faces.append([int(number[point]) for point in face])
            uvs += list(part.uvs[corner : corner + len(face)])
        corner += len(face)
    result = Part(name, part.points[keep], part.weights[keep], faces, np.array(uvs).reshape(-1, 2), paint, part.is_head)
    result.attributes = {key: values[keep] for key, values in part.attributes.items()}
    return result


def layer(body: Body, below: Part, paint: Paint, outfit: Outfit, seed: int) -> Part:
    """Torso and sleeves over a garment, with a hem that hangs from the hips."""
    hips = body.head("upperleg01.L")[2]
    limb, legs = below.attributes["limb"], share_of(body, below.weights, ("upperleg", "lowerleg"))
    arm = float(np.linalg.norm(body.head("wrist.L") - body.head("upperarm01.L")))
    is_sleeve = (limb > 0) & (limb < 0.9)
    keep = (below.points[:, 2] > hips - 0.01) & (legs < 0.7) | is_sleeve
    keep &= ~(is_sleeve & (limb > outfit.sleeve * arm))
    torso = cut(below, keep, "top", paint)
    rng = np.random.default_rng(seed + 1)
    sleeves = share_of(body, torso.weights, ("upperarm", "lowerarm", "wrist"))
    push = (0.012 + 0.008 * (1 - sleeves)) * (1 + 0.25 * rng.random(len(torso.points)))
    normals = normals_of(below.points, below.faces)[keep]
    torso.points = relaxed(torso.points + normals * push[:, None], torso.faces, 4, np.full(len(torso.points), 0.35))
    return joined(torso, hem(body, torso, below, hips, outfit.hem_m))


def hem(body: Body, torso: Part, below: Part, hips: float, long_m: float) -> Part:
    """A skirt of cloth from a little above the hips downwards, round everything below."""
    middle_y = float(torso.points[torso.points[:, 2] < hips + 0.1][:, 1].mean())
    heights = np.linspace(hips + 0.10, hips - long_m, max(4, int(long_m / 0.05) + 4))
    azimuth = np.linspace(0, 2 * np.pi, AROUND, endpoint=False)
    arms = share_of(body, below.weights, ("upperarm", "lowerarm", "wrist"))
    cloth = below.points[arms < 0.1]
    rows, radius = [], np.zeros(AROUND)
    for height in heights:
        near = cloth[np.abs(cloth[:, 2] - height) < 0.05][:, :2] - [0, middle_y]
        support = np.stack([np.sin(azimuth), -np.cos(azimuth)], axis=1) @ near.T
        radius = np.maximum(radius * 0.985, support.max(axis=1)) + 0.0025
        off = radius + 0.020
        ripple = 0.006 * np.sin(azimuth * 7 + height * 9) * np.clip((hips - height) / 0.2, 0, 1)
        rows.append(
            np.stack(
                [np.sin(azimuth) * (off + ripple), middle_y - np.cos(azimuth) * (off + ripple), np.full(AROUND, height)], axis=1
            )
        )
    points = np.concatenate(rows)
    weights = nearest_weights(points, cloth, below.weights[arms < 0.1])
    faces = [
        [
            row * AROUND + step,
            (row + 1) * AROUND + step,
            (row + 1) * AROUND + (step + 1) % AROUND,
            row * AROUND + (step + 1) % AROUND,
        ]
        for row in range(len(heights) - 1)
        for step in range(AROUND)
    ]
    for _ in range(6):
        ring = weights.reshape(len(heights), AROUND, -1)
        ring = (ring * 2 + np.roll(ring, 1, axis=1) + np.roll(ring, -1, axis=1)) / 4
        weights = ring.reshape(len(points), -1)
    part = Part("hem", points, weights, faces, np.zeros((4 * len(faces), 2)), torso.paint)
    part.attributes["limb"] = np.full(len(points), -1.0)
    return part


def nearest_weights(points: np.ndarray, of: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Skinning weights of the nearest point of some cloth."""
    nearest = [int(np.argmin(((of - point) ** 2).sum(axis=1))) for point in points]
    return weights[nearest].copy()


def joined(one: Part, two: Part) -> Part:
    """Two parts as one, with the name and paint of the first."""
    shift = len(one.points)
    faces = one.faces + [[corner + shift for corner in face] for face in two.faces]
    result = Part(
        one.name,
        np.concatenate([one.points, two.points]),
        np.concatenate([one.weights, two.weights]),
        faces,
        np.concatenate([one.uvs, two.uvs]),
        one.paint,
        one.is_head,
    )
    result.attributes = {key: np.concatenate([one.attributes[key], two.attributes[key]]) for key in one.attributes}
    return result


def bare_limbs(body: Body, sleeve: float, with_legs: bool, paint: Paint) -> Part:
    """The skin of arms below short sleeves, and of legs below a skirt."""
    numbers = np.arange(len(body.points))
    arms = share_of(body, body.weights, ("upperarm", "lowerarm"))
    legs = share_of(body, body.weights, ("lowerleg", "upperleg02"))
    shoulder, wrist = body.head("upperarm01.L"), body.head("wrist.L")
    axis = (wrist - shoulder) / np.linalg.norm(wrist - shoulder)
    mirrored = np.abs(body.points[:, 0])[:, None] * [1, 0, 0] + body.points * [0, 1, 1]
    far = (mirrored - shoulder) @ axis / np.linalg.norm(wrist - shoulder)
    keep = (arms > 0.2) & (far > sleeve - 0.12)
    if with_legs:
        keep |= legs > 0.2
    return piece_of_base(body, "limbs", keep & (numbers < BODY_POINTS), paint)


def trimmed(body: Body, suit: Part, sleeve: float, with_legs: bool) -> None:
    """Cuts the suit underneath where skin shows."""
    arm = float(np.linalg.norm(body.head("wrist.L") - body.head("upperarm01.L")))
    limb = suit.attributes["limb"]
    keep = ~((limb > (sleeve - 0.06) * arm) & (limb < 0.9))
    if with_legs:
        keep &= limb < 1.25
    left = cut(suit, keep, suit.name, suit.paint)
    suit.points, suit.weights, suit.faces, suit.uvs, suit.attributes = (
        left.points,
        left.weights,
        left.faces,
        left.uvs,
        left.attributes,
    )


def collar(body: Body, clothes: Part, kind: str) -> Part:
    """A stand-up or folded collar, or a hood lying on the back."""
    neck = body.head("neck01")
    legs = share_of(body, clothes.weights, ("upperarm", "lowerarm"))
    top = float(clothes.points[legs < 0.2][:, 2].max()) - 0.012
    skin = body.points[:BODY_POINTS][share_of(body, body.weights[:BODY_POINTS], ("neck",)) > 0.4]
    opening = 0.30 if kind == "stand" else 0.42
    angle = np.linspace(opening, 2 * np.pi - opening, AROUND)
    profile = {
        "stand": [(-0.020, 0.020), (0.022, 0.016), (0.026, 0.022), (-0.016, 0.030)],
        "fold": [(-0.020, 0.020), (0.026, 0.018), (0.028, 0.028), (-0.030, 0.052)],
        "hood": [(-0.020, 0.024), (0.030, 0.022), (0.034, 0.040), (-0.02, 0.060)],
    }[kind]
    rows = []
    for rise, off in profile:
        near = skin[np.abs(skin[:, 2] - (top + max(rise, 0))) < 0.03][:, :2] - neck[:2]
        support = (np.stack([np.sin(angle), -np.cos(angle)], axis=1) @ near.T).max(axis=1)
        back = np.clip(-np.cos(angle), 0, 1) * (0.05 if kind == "hood" else 0.0) * (off > 0.03)
        spread = support + off + back
        height = np.full(AROUND, top + rise) + 0.012 * np.cos(angle) * -1 - back * 1.2
        rows.append(np.stack([neck[0] + np.sin(angle) * spread, neck[1] - np.cos(angle) * spread, height], axis=1))
    points = np.concatenate(rows)
    faces = [
        [row * AROUND + step, row * AROUND + step + 1, (row + 1) * AROUND + step + 1, (row + 1) * AROUND + step]
        for row in range(len(profile) - 1)
        for step in range(AROUND - 1)
    ]
    weights = np.zeros((len(points), len(body.bones)))
    weights[:, body.bone_index["spine01"]] = 0.75
    weights[:, body.bone_index["neck01"]] = 0.25
    paint = Paint("workwear", tuple(0.85 * part for part in clothes.paint.colour))
    part = Part("collar", points, weights, faces, np.zeros((4 * len(faces), 2)), paint)
    part.attributes["limb"] = np.full(len(points), -1.0)
    return part
