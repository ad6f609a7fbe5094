# SPDX-License-Identifier: Apache-2.0
"""Scenes by chance, for training pictures: place, light, people, what they wear and do, fires and decoys.

`random_scene(seed, number)` gives the words of a scene file; the same two numbers give the same words. People
wander in cells of their own, so that nobody walks through anybody. Cameras are chosen by pictures.py.
"""

from __future__ import annotations

import math

import numpy as np

from gait import forward
from garments import OUTFITS

LASTS_S = 60.0
CELLS = [(x, y) for y in (-1.9, 1.9) for x in (-4.4, -1.5, 1.5, 4.4)]
WORK = (
    "blue-coverall",
    "navy-coverall",
    "grey-coverall",
    "orange-coverall",
    "white-coverall",
    "khaki-suit",
    "blue-suit",
    "grey-suit",
)
WARM = ("jacket-over-blue-coverall", "jacket-over-white-coverall", "coat", "hoodie-and-jeans")
CLEAN = ("esd-coverall-white", "esd-coverall-blue", "esd-smock-white", "esd-smock-blue")
MEN = ("shirt-and-jeans", "tee-and-jeans", "tee-and-trousers", "office-man", *(name for name in OUTFITS if "casual-man" in name))
WOMEN = ("shirt-and-jeans", "tee-and-jeans", "dress", "casual-woman", "sports-woman", "office-woman")
MEN_HAIR, WOMEN_HAIR = (
    ("short01", "short02", "short03", "short04", "crop", "crop", ""),
    ("bob01", "bob02", "ponytail01", "braid01", "long01"),
)
HATS = ("white", "white", "yellow", "yellow", "red", "blue", "orange")
GESTURES = ("hips", "clipboard", "behind", "point", "radio", "wipe", "work", "operate", "talk", "ear", "crossed", "wave")
TEXTURES = ("plaster", "corrugated", "brick", "concrete")
LOOSE = ("drum", "cone", "bollard", "pallet", "gas_bottle", "extinguisher", "machine", "bench", "barrier", "table", "welder_box")
FAR = ("tank", "piperack", "pallet", "drum", "machine", "truck", "hut", "tree", "stairs", "vessel", "standpipe")
SIGNS = ("安全第一", "必须戴安全帽", "严禁烟火", "当心触电", "防静电区", "限速5公里", "安全生产 预防为主")

# Of scenes with hot work, by kind of pictures.
HOT_SHARE = {"all": 0.42, "backs": 0.75, "fires": 1.0}
FEW_PEOPLE = 3


def random_scene(seed: int, number: int, kind: str = "all") -> dict:
    """The words of a whole scene; `backs` with more hot work, dark hair and other headwear, and fewer hard hats; `fires` with
    hot work always and few people."""
    is_backs = kind == "backs"
    rng = np.random.default_rng([seed, number])
    hour = str(rng.choice(["day", "cloudy", "indoor", "night"], p=[0.34, 0.2, 0.3, 0.16]))
    is_hot = rng.random() < HOT_SHARE[kind]
    people, extra = crowd(rng, is_hot, is_backs)
    if kind == "fires":
        people = people[:FEW_PEOPLE]  # the first one works
    words = {"clip": clip(rng, seed * 1000 + number), "light": light(rng, hour), "floor": floor(rng)}
    words |= {"camera": {"at": [0, -10, 5], "look": [0, 0, 1], "lens_mm": 35.0}, "zones": []}
    props, fires = list(extra), []
    for person in people:
        if "fire" in person:
            fires.append(person.pop("fire"))
            props.append({"kind": "steel_plate", "at": fires[-1]["at"][:2]})
    if is_hot and rng.random() < 0.4:
        spot = [*place_in(rng, CELLS[-1], 0.6), 0.05]
        fires.append({"kind": "flame", "at": spot, "bursts": [[0.0, LASTS_S + 5]], "ambient": 0.7, "smoke": thin_smoke(rng)})
        fires[-1]["flame"] = {"height_m": round(float(rng.uniform(0.25, 0.8)), 2), "slim": round(float(rng.uniform(0.5, 0.9)), 2)}
    props += surroundings(rng, hour)
    words |= {"people": people, "props": props, "fires": fires, "flashes": flashes(rng, hour)}
    return words


def clip(rng: np.random.Generator, seed: int) -> dict:
    """Film, clock and seed."""
    stamp = f"2026-{rng.integers(1, 13):02}-{rng.integers(1, 28):02} {rng.integers(0, 24):02}:{rng.integers(0, 60):02}:07"
    return {
        "name": "pictures", "seed": int(seed), "fps": 10, "seconds": 1, "size_px": [800, 450], "clock": stamp,
        "label": f"CAM {rng.integers(1, 40):02}", "noise": round(float(rng.uniform(0.004, 0.022)), 4),
        "bloom": 1.0, "quiet_step_s": 0.1,
    }  # fmt: skip


def light(rng: np.random.Generator, hour: str) -> dict:
    """Sun, sky and lamps of a kind of hour."""
    azimuth = round(float(rng.uniform(-180, 180)), 1)
    if hour == "day":
        warm = rng.random() < 0.25
        low = {"elevation": 16.0, "sun_colour": [1.0, 0.78, 0.55]} if warm else {"elevation": float(rng.uniform(28, 66))}
        return {"sun": 3.2, "azimuth": azimuth, "sky": 0.75, "cover": round(float(rng.uniform(0, 0.7)), 2)} | low
    if hour == "cloudy":
        return {"sun": 0.9, "sun_width": 22.0, "soft": 4.0, "elevation": 62.0, "azimuth": azimuth, "sky": 0.9, "cover": 1.0}
    tone = [1.0, round(float(rng.uniform(0.84, 1.0)), 2), round(float(rng.uniform(0.62, 1.0)), 2)]
    if hour == "indoor":
        lamps = [
            {"at": [x, y, 6.2], "watts": 330.0, "size": [2.6, 0.5], "colour": tone} for x in (-3.5, 3.5) for y in (-3.0, 2.5)
        ]
        base = {"sun": 1.0, "sun_width": 18.0, "soft": 4.0, "elevation": 72.0, "azimuth": azimuth, "sky": 0.45, "cover": 1.0}
        return base | {"sun_colour": tone, "lamps": lamps}
    spots = [[float(rng.uniform(-6, 6)), float(rng.uniform(-3, 5)), float(rng.uniform(4.5, 7.5))] for _ in range(3)]
    lamps = [{"at": at, "watts": 800.0, "size": [0.8, 0.4], "colour": tone} for at in spots]
    lamps[0]["shadow"] = True
    return {"hour": "night", "sky": 0.05, "cover": 0.3, "lamps": lamps}


def floor(rng: np.random.Generator) -> dict:
    """Ground, its colour and its lines."""
    tones = [
        (0.5, 0.49, 0.46),
        (0.33, 0.34, 0.34),
        (0.30, 0.43, 0.36),
        (0.42, 0.47, 0.52),
        (0.52, 0.44, 0.38),
        (0.24, 0.25, 0.26),
    ]
    tone = [round(float(part + rng.normal(0, 0.03)), 3) for part in tones[int(rng.integers(len(tones)))]]
    lines = []
    for _ in range(int(rng.integers(0, 4))):
        y, paint = float(rng.uniform(-6, 5)), [[0.86, 0.66, 0.08], [0.85, 0.85, 0.82], [0.7, 0.15, 0.1]][int(rng.integers(3))]
        lines.append({"points": [[-12.0, y], [12.0, y + float(rng.normal(0, 0.8))]], "width_m": 0.11, "colour": paint})
    base = "asphalt" if rng.random() < 0.3 else "concrete"
    result = {"base": base, "colour": tone, "size_m": 26, "side_px": 1536, "stains": int(rng.integers(5, 90)), "lines": lines}
    return result | {"roughness": round(float(rng.uniform(0.4, 0.95)), 2), "joints_m": float(rng.choice([2.5, 4.0, 6.0]))}


def place_in(rng: np.random.Generator, cell: tuple[float, float], reach: float = 0.95) -> list[float]:
    """A spot inside a cell."""
    return [round(float(cell[axis] + rng.uniform(-reach, reach)), 2) for axis in (0, 1)]


def crowd(rng: np.random.Generator, is_hot: bool, is_backs: bool) -> tuple[list[dict], list[dict]]:
    """Five to eight people, one a cell, and the things that they need (a stool)."""
    cells = [CELLS[index] for index in rng.permutation(len(CELLS))[: int(rng.integers(5, 9))]]
    people, extra = [], []
    for number, cell in enumerate(cells):
        person = looks_of(rng, is_backs)
        person["at"], person["facing"] = place_in(rng, cell, 0.7), round(float(rng.uniform(-180, 180)), 1)
        if is_hot and number == 0:
            at_fire(rng, person)
        elif rng.random() < 0.1:
            ahead = forward(math.radians(person["facing"]))
            extra.append({"kind": "stool", "at": [round(float(person["at"][axis] - 0.4 * ahead[axis]), 2) for axis in (0, 1)]})
            person["do"] = [{"sit": 600.0}]
        else:
            wander(rng, person, cell)
        people.append(person)
    return people, extra


def looks_of(rng: np.random.Generator, is_backs: bool) -> dict:
    """Body, clothes and headwear."""
    male = rng.random() < 0.74
    style = str(rng.choice(["work", "warm", "clean", "own"], p=[0.46, 0.14, 0.2, 0.2]))
    choices = {"work": WORK, "warm": WARM, "clean": CLEAN, "own": MEN if male else WOMEN}[style]
    person = {
        "sex": "male" if male else "female",
        "age": round(float(rng.uniform(0, 1)), 2),
        "race": str(rng.choice(["asian", "caucasian", "african"], p=[0.74, 0.14, 0.12])),
        "weight": round(float(rng.uniform(0.3, 0.85)), 2),
        "clothes": str(rng.choice(choices)),
        "hair": str(rng.choice(MEN_HAIR if male else WOMEN_HAIR)),
        "hair_colour": str(rng.choice(["black", "black", "black", "brown", "grey", "white"])),
    }
    if style == "work":
        person |= {"stripes": bool(rng.random() < 0.35)} | (
            {"vest": str(rng.choice(["yellow", "orange"]))} if rng.random() < 0.25 else {}
        )
    if is_backs and rng.random() < 0.7:
        person["hair_colour"] = "black"
    kind = str(rng.choice(["hat", "bare", "other"], p=[0.26, 0.32, 0.42] if is_backs else [0.40, 0.33, 0.27]))
    colours = ("blue", "navy", "black", "grey", "red", "green", "white", "khaki")
    if kind == "hat":
        person |= {"hat": str(rng.choice(HATS)), "hat_tilt": round(float(rng.uniform(-0.1, 0.22)), 3)}
        if rng.random() < 0.22:
            person |= {"hat_off": [float(rng.uniform(2, 12)), float(rng.uniform(34, 56))]}
    elif kind == "bare" and rng.random() < 0.2:
        person |= {"hat": str(rng.choice(HATS)), "hat_in": str(rng.choice(["hand", "arm"]))}
    elif kind == "other":
        gear = {
            "clean": ["hairnet", "esd-hood", "esd-hood-paleblue", "cap-white"],
            "warm": ["hood-grey", "hood-navy", "beanie", "cap"],
        }
        common = ["cap", "cap", "hood", "scarf", "straw", "beanie"]
        name = str(rng.choice(gear.get(style, common)))
        is_plain = name in ("cap", "hood", "scarf", "beanie")
        person["headgear"] = f"{name}-{rng.choice(colours)}" if is_plain else name
    return person


def wander(rng: np.random.Generator, person: dict, cell: tuple[float, float]) -> None:
    """A minute of walking, standing, crouching and bending inside a cell, with gestures."""
    person["do"], person["gestures"], person["looks"] = [], [], []
    is_loaded = "hat_in" not in person and "hat_off" not in person and rng.random() < 0.18
    if is_loaded:
        person["carries"] = str(rng.choice(["box", "box", "toolbox", "bucket", "trolley"]))
    for _ in range(9):
        roll = rng.random()
        if roll < 0.5:
            person["do"].append({"walk": [place_in(rng, cell)], "speed": round(float(rng.uniform(0.8, 1.4)), 2)})
        elif roll < 0.62:
            person["do"].append({"face": round(float(rng.uniform(-180, 180)), 1)})
        elif roll < 0.80 and not is_loaded:
            person["do"].append({str(rng.choice(["crouch", "kneel", "bend"])): round(float(rng.uniform(4, 8)), 1)})
        person["do"].append({"stand": round(float(rng.uniform(1.5, 5)), 1)})
    if "hat_in" in person or "hat_off" in person or is_loaded:
        return
    for start in range(0, 60, 7):
        if rng.random() < 0.6:
            person["gestures"].append({"name": str(rng.choice(GESTURES)), "from": float(start), "to": float(start + 6.5)})
        if rng.random() < 0.25:
            person["looks"].append([float(start), float(start + 4), round(float(rng.uniform(-0.5, 0.6)), 2)])


def at_fire(rng: np.random.Generator, person: dict) -> None:
    """A welder, cutter or grinder crouching at the work; often masked, sometimes in a hard hat or bare."""
    ahead = forward(math.radians(person["facing"]))
    posture = str(rng.choice(["crouch", "kneel", "bend"]))
    far, height = (0.62, 0.62) if posture == "bend" else (0.58, round(float(rng.uniform(0.18, 0.5)), 2))
    spot = [round(float(person["at"][axis] + far * ahead[axis]), 3) for axis in (0, 1)] + [height]
    for key in ("hat_in", "hat_off", "carries"):
        person.pop(key, None)
    if rng.random() < 0.6:
        person.pop("hat", None)
        person |= {"headgear": "welding-mask"}
    if rng.random() < 0.4:
        person["clothes"] = "welding-jacket"
    person |= {"do": [{posture: 600.0, "hands": spot}], "carries": str(rng.choice(["torch", "grinder"]))}
    kind = str(rng.choice(["arc", "grind", "torch", "arc"]))
    bursts = [[float(start), float(start + rng.uniform(5, 9))] for start in range(0, 60, 8)]
    person["fire"] = {"kind": kind, "at": spot, "bursts": bursts, "cast": [1], "cast_at_s": 3.0, "ambient": 0.6}
    person["fire"]["smoke"] = thin_smoke(rng)


def thin_smoke(rng: np.random.Generator) -> dict:
    """Smoke that drifts off: seen from above, a thick and still plume would hide whoever stands at the fire."""
    wind = [round(float(part), 2) for part in rng.choice([-1, 1], 2) * rng.uniform(0.15, 0.5, 2)]
    return {"dense": round(float(rng.uniform(0.01, 0.05)), 3), "wind": wind}


def flashes(rng: np.random.Generator, hour: str) -> list[dict]:
    """Decoys that shine and are no fire."""
    found = []
    if rng.random() < 0.35:
        spot = [float(rng.uniform(-6, 6)), float(rng.uniform(2.5, 5.5)), 2.3]
        found.append({"kind": str(rng.choice(["beacon", "strobe"])), "at": spot, "watts": 25.0})
    if hour == "night" or rng.random() < 0.1:
        spot = [float(rng.uniform(-8, 8)), float(rng.uniform(4, 6)), float(rng.uniform(0.7, 4.0))]
        found.append({"kind": "steady", "at": spot, "watts": 0.0, "colour": [1.0, 0.96, 0.86], "bright": 20.0, "radius_m": 0.09})
    return found


def surroundings(rng: np.random.Generator, hour: str) -> list[dict]:
    """A wall or open ground behind, big things far off, loose things between the cells."""
    props: list[dict] = []
    has_wall = hour == "indoor" or rng.random() < 0.6
    if has_wall:
        tone = [round(float(rng.uniform(0.45, 0.85)), 2)] * 3
        tone[int(rng.integers(3))] += float(rng.uniform(-0.08, 0.08))
        props.append(
            {
                "kind": "wall",
                "start": [-16.0, 6.6],
                "end": [16.0, 6.6],
                "height": 6.0,
                "texture": str(rng.choice(TEXTURES)),
                "colour": tone,
            }
        )
        for x in rng.choice(np.arange(-9, 10, 3.0), 3, replace=False):
            kind = str(rng.choice(["door", "window", "board", "column"]))
            words = {"kind": kind, "at": [float(x), 6.42 if kind != "column" else 5.9]}
            if kind == "board":
                words |= {"text": str(rng.choice(SIGNS)), "size": [2.2, 0.45], "height": 2.6}
            props.append(words)
    for _ in range(int(rng.integers(1, 4))):
        props.append(
            {
                "kind": str(rng.choice(FAR)),
                "at": [float(rng.uniform(-12, 12)), float(rng.uniform(9, 16) if has_wall else rng.uniform(6.5, 13))],
            }
        )
    spots = [(float(x), float(y)) for x in (-6.4, -2.95, 0.0, 2.95, 6.4) for y in (-3.6, 0.0, 3.7, 4.9)]
    for index in rng.permutation(len(spots))[: int(rng.integers(4, 11))]:
        kind = str(rng.choice(LOOSE))
        at = [round(spots[index][axis] + float(rng.normal(0, 0.12)), 2) for axis in (0, 1)]
        words = {"kind": kind, "at": at}
        if kind == "pallet":
            words["load"] = str(rng.choice(["sacks", "boxes", "drums", ""]))
        if kind == "barrier":
            words = {"kind": kind, "start": at, "end": [at[0] + 0.9, at[1] + 0.2]}
        if kind in ("machine", "bench") and abs(at[1]) < 3:
            words = {"kind": "drum", "at": at, "colour": [float(part) for part in rng.uniform(0.05, 0.7, 3)]}
        props.append(words)
        if words["kind"] == "table" and rng.random() < 0.6:
            props.append({"kind": "hat_on", "at": at, "colour": str(rng.choice(HATS)), "base": 0.76})
    for words in props:
        if words["kind"] == "piperack":
            x, y = words.pop("at")
            words |= {"start": [x - 7, y], "end": [x + 7, y]}
    return props
