# SPDX-License-Identifier: Apache-2.0
"""Hot work and its decoys over time: what burns when, how bright, how it looks, and what the truth says.

`[[fires]]` in a scene: kind `arc`, `grind`, `torch` or `flame`, a place and bursts `[[from, to], ...]`; they make
events. `[[flashes]]`: kind `beacon`, `strobe` or `steady`; they look bright and make none. The light they throw
is a Glow of lamps.py. Nothing is random after construction, so a frame always looks the same.
"""

from __future__ import annotations

import numpy as np

from camera import box_of
from canvas import Canvas
from puffs import Flame, Smoke
from sparks import Sparks

ARC_COLOUR, FLAME_COLOUR = (0.72, 0.86, 1.0), (1.0, 0.50, 0.16)
SEEN = {"arc": 1.2, "flame": 0.5}
SPARKS_LEAST_PX = 12
FLAME_GROWS_S, FLAME_SINKS_S = 1.6, 0.8
DEFAULTS: dict[str, dict] = {
    "arc": {"watts": 260.0, "colour": ARC_COLOUR},
    "grind": {"watts": 5.0, "colour": FLAME_COLOUR},
    "torch": {"watts": 70.0, "colour": (1.0, 0.70, 0.38)},
    "flame": {"watts": 40.0, "colour": FLAME_COLOUR},
}
SPARK_WORDS: dict[str, dict] = {
    "arc": {"rate": 26, "speed": 2.6, "spread": 60, "rise": 35, "life_s": 0.4, "bright": 4.0},
    "grind": {},
    "torch": {"rate": 150, "speed": 3.4, "spread": 22, "rise": -58, "life_s": 0.6},
}
SMOKE_WORDS: dict[str, dict] = {
    "arc": {"dense": 0.07, "colour": [0.62, 0.68, 0.76]},
    "grind": {"dense": 0.02, "rate": 6.0},
    "torch": {"dense": 0.08, "colour": [0.50, 0.46, 0.42]},
    "flame": {"dense": 0.14, "colour": [0.16, 0.16, 0.16], "radius_m": 0.09},
}


class Fire:
    """One place of hot work."""

    def __init__(self, words: dict, number: int, seed: int, fps: float) -> None:
        self.words = DEFAULTS[words["kind"]] | words | {"name": f"fire{number}"}
        self.kind, self.at, self.fps = words["kind"], np.array(words["at"], dtype=float), fps
        self.bursts = [tuple(burst) for burst in words["bursts"]]
        self.seed = seed * 1000 + number
        base = {"at": words["at"]}
        spark_words = SPARK_WORDS.get(self.kind)
        self.sparks = None
        if spark_words is not None:
            self.sparks = Sparks(base | spark_words | words.get("sparks", {}), self.bursts, self.seed + 1)
        self.smoke = Smoke(base | SMOKE_WORDS[self.kind] | words.get("smoke", {}), self.bursts, self.seed + 2)
        self.flame = Flame(base | words.get("flame", {}), self.seed + 3) if self.kind == "flame" else None

    def is_on(self, time_s: float) -> bool:
        """Whether it burns at a time."""
        return any(start <= time_s < end for start, end in self.bursts)

    def level(self, number: int) -> float:
        """How bright it is in a frame: an arc jumps and drops out, a flame wavers."""
        if not self.is_on(number / self.fps):
            return 0.0
        rng = np.random.default_rng(self.seed * 7919 + number)
        if self.kind == "arc":
            return 0.04 if rng.random() < 0.07 else float(rng.uniform(0.35, 1.35))
        return float(rng.uniform(0.75, 1.2)) * self.grown(number / self.fps)

    def grown(self, time_s: float) -> float:
        """How far an open flame has grown, or has sunk before it goes out, 0..1; other fires are there at once."""
        if self.kind != "flame":
            return 1.0
        rest = [min((time_s - start) / FLAME_GROWS_S, (end - time_s) / FLAME_SINKS_S) for start, end in self.bursts]
        return float(np.clip(max(rest), 0.0, 1.0))

    def draw(self, canvas: Canvas, number: int) -> list[dict]:
        """Adds its looks to a frame; the events (kind and box) that can be seen."""
        time_s, level = number / self.fps, self.level(number)
        smoke_lit = 0.8 + (1.2 * level if self.kind == "arc" else 0.3 * level)
        self.smoke.draw(canvas, time_s, smoke_lit * self.words.get("ambient", 1.0))
        events = []
        if self.kind == "arc" and level:
            radius_m = self.words.get("radius_m", 0.022) * (0.8 + 0.4 * level)
            shown = canvas.blob(self.at, radius_m, np.array([0.86, 0.93, 1.0]) * 60 * level)
            for wider, share in ((2.6, 1.6), (6.0, 0.35)):
                canvas.blob(self.at, radius_m * wider, np.array([0.62, 0.80, 1.0]) * share * level)
            events.append(event("arc", shown > SEEN["arc"]))
        if self.kind == "torch" and level:
            shown = canvas.blob(self.at, 0.016, np.array([1.0, 0.82, 0.55]) * 30 * level)
            canvas.blob(self.at, 0.05, np.array([1.0, 0.55, 0.22]) * 0.9 * level)
            canvas.blob(self.at + [0, 0, 0.06], 0.016, np.array([0.35, 0.6, 1.0]) * 6 * level)
            events.append(event("flame", shown > SEEN["flame"]))
        if self.kind == "grind" and level:
            canvas.blob(self.at, 0.012, np.array([1.0, 0.72, 0.36]) * 18 * level)
        if self.flame is not None and level:
            events.append(event("flame", self.flame.draw(canvas, time_s, 0.25 + 0.75 * self.grown(time_s)) > SEEN["flame"]))
        if self.sparks is not None:
            spots = self.sparks.draw(canvas, time_s)
            if self.kind != "arc" and len(spots) >= SPARKS_LEAST_PX:
                events.append(sparks_event(spots, canvas))
        return [found for found in events if found]


def event(kind: str, mask: np.ndarray) -> dict | None:
    """An event round the set pixels, or None without any."""
    box = box_of(mask)
    return {"kind": kind, "box": box} if box else None


def sparks_event(spots: np.ndarray, canvas: Canvas) -> dict:
    """Round nearly all pixels of the streaks; single grains far off do not count."""
    low, high = np.percentile(spots, 2, axis=0), np.percentile(spots, 98, axis=0) + 1
    size = np.array([canvas.width, canvas.height])
    edges = np.clip(np.concatenate([low / size, high / size]), 0, 1)
    return {"kind": "sparks", "box": [round(float(edge), 5) for edge in edges]}


class Flash:
    """A decoy: a lamp that turns, blinks or comes on; never an event."""

    def __init__(self, words: dict, number: int, fps: float) -> None:
        self.words = {"watts": 30.0, "colour": (1.0, 0.45, 0.05), "reach_m": 0.0} | words | {"name": f"flash{number}"}
        self.kind, self.at, self.fps = words["kind"], np.array(words["at"], dtype=float), fps

    def level(self, number: int) -> float:
        """Brightness in a frame, 0..1."""
        time_s, period = number / self.fps, self.words.get("period_s", 1.1)
        turn = ((time_s + self.words.get("phase_s", 0.0)) / period) % 1
        if self.kind == "beacon":
            return float(max(0.06, np.cos(np.pi * (turn - 0.5) * 2) ** 6 if 0.25 < turn < 0.75 else 0.06))
        if self.kind == "strobe":
            return 1.0 if turn < 0.13 or 0.25 < turn < 0.38 else 0.0
        on, off = self.words.get("on_s", [-1.0, 1e9])
        return 1.0 if on <= time_s < off else 0.0

    def draw(self, canvas: Canvas, number: int) -> list[dict]:
        """Adds its looks; no events."""
        colour = np.array(self.words["colour"]) * self.words.get("bright", 14.0) * self.level(number)
        canvas.blob(self.at, self.words.get("radius_m", 0.05), colour)
        return []


def sources_of(words: dict, seed: int, fps: float) -> list[Fire | Flash]:
    """All fires and flashes of a scene."""
    fires: list[Fire | Flash] = [Fire(fire, number, seed, fps) for number, fire in enumerate(words.get("fires", []))]
    return fires + [Flash(flash, number, fps) for number, flash in enumerate(words.get("flashes", []))]
