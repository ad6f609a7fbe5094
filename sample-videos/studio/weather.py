# SPDX-License-Identifier: Apache-2.0
"""Fog, rain and wet floors over a finished frame; plain numpy and Pillow.

`[weather]` in a scene: `fog` (extinction a metre, with `fog_colour`), `rain` (drops in the picture), `wet` (how much a
floor mirrors people, 0..1). That a floor is dark and shiny when wet is the business of `[floor]`.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

FARTHEST_M = 180.0
MIRROR_ROWS = 0.22


class Weather:
    """The weather of one clip."""

    def __init__(self, words: dict, seed: int) -> None:
        self.words, self.seed = words, seed

    def over(self, picture: np.ndarray, depth: np.ndarray, floor: np.ndarray, index: np.ndarray, number: int) -> np.ndarray:
        """The frame seen through the weather."""
        if self.words.get("wet"):
            picture = mirrored(picture, index, floor, self.words["wet"])
        if self.words.get("fog"):
            picture = self._fogged(picture, depth, number)
        if self.words.get("rain"):
            picture = self._rained(picture, floor, number)
        return picture

    def _fogged(self, picture: np.ndarray, depth: np.ndarray, number: int) -> np.ndarray:
        """Aerial light: farther things fade into the fog's colour; banks of it drift slowly."""
        width = depth.shape[1]
        across = np.linspace(0, 6.3, width)[None]
        bank = 1 + 0.12 * np.sin(across * 1.3 + number * 0.02) + 0.08 * np.sin(across * 2.9 - number * 0.033)
        clear = np.exp(-self.words["fog"] * bank * np.minimum(depth, FARTHEST_M))[..., None].astype(np.float32)
        colour = np.array(self.words.get("fog_colour", [0.52, 0.54, 0.56]), dtype=np.float32)
        return picture * clear + colour * (1 - clear)

    def _rained(self, picture: np.ndarray, floor: np.ndarray, number: int) -> np.ndarray:
        """Streaks in the air, near ones thick and blurred, and splashes on the floor."""
        rng = np.random.default_rng(self.seed * 9176 + number)
        height, width = picture.shape[:2]
        scale, slant = height / 720, self.words.get("slant", 0.12)
        light = float(np.percentile(picture, 70)) * 1.1 + 0.03
        for share, length, thick, opaque, blur in ((0.75, 26, 1, 0.28, 0.5), (0.22, 60, 2, 0.20, 1.0), (0.03, 150, 4, 0.14, 2.5)):
            mask = Image.new("L", (width, height), 0)
            draw = ImageDraw.Draw(mask)
            for _ in range(int(self.words["rain"] * share)):
                x, y = rng.uniform(-50, width + 50), rng.uniform(-80, height)
                far = length * scale * rng.uniform(0.6, 1.3)
                lean = slant + rng.normal(0, 0.02)
                draw.line([(x, y), (x - far * lean, y + far)], fill=int(rng.uniform(90, 255)), width=max(1, round(thick * scale)))
            cover = np.asarray(mask.filter(ImageFilter.GaussianBlur(blur * scale)), dtype=np.float32) / 255 * opaque
            picture = picture * (1 - cover[..., None]) + light * cover[..., None]
        rows, columns = rng.integers(0, height, 500), rng.integers(0, width, 500)
        keep = (floor[rows, columns] > 0.5) & (rng.random(500) < 0.2 + 0.8 * rows / height)
        picture = picture.copy()
        for shift in (-1, 0, 1):
            places = np.clip(columns[keep] + shift, 0, width - 1)
            picture[rows[keep], places] += light * (0.22 if shift == 0 else 0.10)
        return picture


def mirrored(picture: np.ndarray, index: np.ndarray, floor: np.ndarray, share: float) -> np.ndarray:
    """People's blurred reflections on a wet floor: each figure turned over at its lowest pixel."""
    height = picture.shape[0]
    people = (index > 0) & (index < 200)
    result = picture.copy()
    for track in np.unique((index[people] + 1) // 2):
        mask = people & ((index + 1) // 2 == track)
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        bottom, left, right = rows[-1], columns[0], columns[-1] + 1
        deep = min(int((bottom - rows[0]) * 0.7), height - 1 - bottom, int(height * MIRROR_ROWS))
        if deep < 8:
            continue
        over = slice(bottom - deep, bottom)
        under = slice(bottom + 1, bottom + 1 + deep)
        seen = mask[over, left:right][::-1].astype(np.float32)
        turned = picture[over, left:right][::-1] * seen[..., None]
        fade = np.linspace(1, 0, deep)[:, None]
        cover = smeared(seen * fade) * floor[under, left:right] * ~people[under, left:right] * share
        colour = smeared(turned * fade[..., None]) / np.maximum(smeared(seen * fade), 0.05)[..., None]
        part = result[under, left:right]
        result[under, left:right] = part * (1 - cover[..., None]) + colour * cover[..., None]
    return result


def smeared(values: np.ndarray) -> np.ndarray:
    """Blurred along columns, as a rough mirror does it."""
    total, steps = np.zeros_like(values), range(-4, 5)
    for step in steps:
        total += np.roll(values, step, axis=0)
    return total / len(steps)
