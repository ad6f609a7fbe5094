# SPDX-License-Identifier: Apache-2.0
"""Smoke as drifting puffs, and small open flames as a flickering picture."""

from __future__ import annotations

import numpy as np

from canvas import Canvas
from textures import clouds

NOISE_PX = 128


class Smoke:
    """A plume: puffs are born at a rate, rise, drift with the wind, widen and thin out."""

    def __init__(self, words: dict, bursts: list[tuple[float, float]], seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.at = np.array(words["at"], dtype=float)
        rate, self.life_s = words.get("rate", 14.0), words.get("life_s", 3.2)
        births = [np.arange(start - words.get("before_s", 0.0), end, 1 / rate) for start, end in bursts]
        self.birth = np.concatenate([*births, np.zeros(0)])
        count = len(self.birth)
        self.drift = np.array([*words.get("wind", [0.12, 0.0]), words.get("rise", 0.75)]) * rng.uniform(0.75, 1.25, (count, 1))
        self.phase, self.wide = rng.uniform(0, 6.3, (count, 2)), rng.uniform(0.5, 1.35, count)
        self.dense, self.colour = words.get("dense", 0.12), np.array(words.get("colour", [0.45, 0.47, 0.5]))
        self.radius_m, self.grow = words.get("radius_m", 0.06), words.get("grow", 0.12)

    def draw(self, canvas: Canvas, time_s: float, lit: float = 1.0) -> None:
        """Adds the plume at a time; `lit` scales its lightness."""
        age = time_s - self.birth
        for grain in np.flatnonzero((age > 0) & (age < self.life_s)):
            old = age[grain]
            turn = np.array([np.sin(2.1 * old + self.phase[grain, 0]), np.sin(1.7 * old + self.phase[grain, 1]), 0.0])
            slowing = np.array([1, 1, 1 - 0.12 * old])
            place = self.at + self.drift[grain] * old * slowing + turn * 0.13 * old
            thin = self.dense * self.wide[grain] ** 3 * min(1.0, old / 0.15) * (1 - old / self.life_s) ** 1.5
            canvas.puff(place, (self.radius_m + self.grow * old) * self.wide[grain], thin, self.colour * lit)


class Flame:
    """An open flame of a height in metres."""

    def __init__(self, words: dict, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.at, self.height_m = np.array(words["at"], dtype=float), words.get("height_m", 0.35)
        self.share = words.get("slim", 0.75)
        self.bright = words.get("bright", 3.5)
        self.noise = clouds(rng, NOISE_PX, 1.5)

    def picture(self, time_s: float, high: int) -> np.ndarray:
        """The flame's light (high, wide, 3): a teardrop torn by noise that runs upwards."""
        wide = max(4, int(high * self.share))
        up = np.linspace(1, 0, high)[:, None] * np.ones((1, wide))
        across = np.linspace(-1, 1, wide)[None] * np.ones((high, 1))
        slow = self._noise(across * 0.03, up * 0.10 - time_s * 0.5)
        fast = self._noise(across * 0.10 + 0.3 * slow * up, up * 0.16 - time_s * 1.1)
        bent = across + (0.22 * slow + 0.10 * fast) * up
        shape = 0.85 * np.clip(up * 5, 0, 1) ** 0.6 * (1 - up) ** 0.8
        body = np.clip((shape - np.abs(bent)) * 3.5 + 0.35 * fast * up, 0, 1) * np.clip((1 - up) * 6, 0, 1)
        core = np.clip(body * 1.5 - 0.35 - 0.55 * up, 0, 1)[..., None]
        colour = np.array([1.0, 0.30, 0.04]) * (1 - core) + np.array([1.0, 0.72, 0.30]) * core
        return (colour * body[..., None] * (0.3 + 0.7 * core) * self.bright).astype(np.float32)

    def _noise(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return self.noise[(y * NOISE_PX).astype(int) % NOISE_PX, (x * NOISE_PX).astype(int) % NOISE_PX]

    def draw(self, canvas: Canvas, time_s: float, grown: float = 1.0) -> np.ndarray:
        """Adds the flame standing on its place, at a share of its height; what is seen of it (height, width)."""
        x, y, depth = canvas.spot(self.at)
        high = max(6, int(self.height_m * grown * float(canvas.per_m(depth))))
        light = self.picture(time_s, high)
        return canvas.picture(self.at, (x - light.shape[1] / 2, y - high), light)
