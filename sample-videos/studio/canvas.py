# SPDX-License-Identifier: Apache-2.0
"""Drawing light into a finished frame: points, blobs and smoke with a depth test, and the lens's bloom.

A Canvas collects linear light that is added to the picture and smoke that dims it. People and things
that are nearer than what is drawn hide it.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from camera import Camera

BLOOM_STEP = 4
SMOKE_STEP = 4
SLACK_M = 0.2
BLOOM_FROM = 1.0
BLOOM_MOST = 60.0
# Width in picture heights and share of the light that spreads so far.
BLOOM = ((0.006, 0.5), (0.02, 0.5), (0.06, 0.30), (0.2, 0.22))


class Canvas:
    """Light to add to one frame and smoke to lay over it."""

    def __init__(self, camera: Camera, depth: np.ndarray) -> None:
        self.camera, self.depth = camera, depth
        self.height, self.width = depth.shape
        self.light = np.zeros((self.height, self.width, 3), dtype=np.float32)
        low = self.height // SMOKE_STEP, self.width // SMOKE_STEP
        self.low_depth = depth[SMOKE_STEP // 2 :: SMOKE_STEP, SMOKE_STEP // 2 :: SMOKE_STEP][: low[0], : low[1]]
        self.smoke = np.zeros(low, dtype=np.float32)
        self.smoke_light = np.zeros((*low, 3), dtype=np.float32)

    def per_m(self, depth: float | np.ndarray) -> float | np.ndarray:
        """Pixels a metre at a depth."""
        return self.camera.lens_mm / 36.0 * self.width / depth

    def spot(self, place: np.ndarray) -> tuple[float, float, float]:
        """Pixel and depth of one place."""
        x, y, depth = self.camera.project(np.asarray(place, dtype=float)[None])[0]
        return float(x * self.width), float(y * self.height), float(depth)

    def points(self, places: np.ndarray, colours: np.ndarray) -> np.ndarray:
        """Adds coloured points (n, 3) spread over four pixels; returns the pixels (n, 2) that can be seen."""
        spots = self.camera.project(places)
        x, y = spots[:, 0] * self.width - 0.5, spots[:, 1] * self.height - 0.5
        left, top = np.floor(x).astype(int), np.floor(y).astype(int)
        inside = (left >= 0) & (top >= 0) & (left < self.width - 1) & (top < self.height - 1) & (spots[:, 2] > 0.3)
        x, y, left, top, depth, colours = x[inside], y[inside], left[inside], top[inside], spots[inside, 2], colours[inside]
        seen = self.depth[top, left] > depth - SLACK_M
        x, y, left, top, colours = x[seen], y[seen], left[seen], top[seen], colours[seen]
        flat = self.light.reshape(-1, 3)
        for right in (0, 1):
            for down in (0, 1):
                share = np.abs(1 - right - (x - left)) * np.abs(1 - down - (y - top))
                np.add.at(flat, (top + down) * self.width + left + right, (colours * share[:, None]).astype(np.float32))
        return np.stack([left, top], axis=1)

    def blob(self, place: np.ndarray, radius_m: float, colour: np.ndarray, least_px: float = 0.8) -> np.ndarray:
        """Adds a round soft light; returns its lightness (height, width) where it can be seen."""
        x, y, depth = self.spot(place)
        sigma = max(radius_m * self.per_m(depth), least_px * self.height / 720)
        shown = np.zeros((self.height, self.width), dtype=np.float32)
        reach = int(sigma * 5) + 2
        rows, columns = window(y, reach, self.height), window(x, reach, self.width)
        if rows.stop <= rows.start or columns.stop <= columns.start:
            return shown
        ys, xs = np.mgrid[rows, columns]
        value = np.exp(-((xs - x) ** 2 + (ys - y) ** 2) / (2 * sigma**2))
        value = (value * (self.depth[rows, columns] > depth - SLACK_M)).astype(np.float32)
        self.light[rows, columns] += value[..., None] * np.asarray(colour, dtype=np.float32)
        shown[rows, columns] = value * float(np.max(colour))
        return shown

    def picture(self, place: np.ndarray, corner_px: tuple[float, float], light: np.ndarray) -> np.ndarray:
        """Adds a small picture of light, its upper left at a pixel, at the depth of a place; what is seen of it."""
        depth = self.spot(place)[2]
        left, top = round(corner_px[0]), round(corner_px[1])
        shown = np.zeros((self.height, self.width), dtype=np.float32)
        rows = slice(max(top, 0), min(top + light.shape[0], self.height))
        columns = slice(max(left, 0), min(left + light.shape[1], self.width))
        if rows.stop <= rows.start or columns.stop <= columns.start:
            return shown
        part = light[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
        part = part * (self.depth[rows, columns] > depth - SLACK_M)[..., None]
        self.light[rows, columns] += part
        shown[rows, columns] = part.max(axis=-1)
        return shown

    def puff(self, place: np.ndarray, radius_m: float, dense: float, colour: np.ndarray) -> None:
        """Adds a puff of smoke of an optical depth and a colour."""
        x, y, depth = self.spot(place)
        sigma = max(radius_m * float(self.per_m(depth)) / SMOKE_STEP, 0.8)
        x, y = x / SMOKE_STEP, y / SMOKE_STEP
        reach = int(sigma * 3) + 1
        rows, columns = window(y, reach, self.smoke.shape[0]), window(x, reach, self.smoke.shape[1])
        if rows.stop <= rows.start or columns.stop <= columns.start:
            return
        ys, xs = np.mgrid[rows, columns]
        value = dense * np.exp(-((xs - x) ** 2 + (ys - y) ** 2) / (2 * sigma**2))
        value = value * (self.low_depth[rows, columns] > depth - SLACK_M)
        self.smoke[rows, columns] += value
        self.smoke_light[rows, columns] += value[..., None] * colour

    def over(self, picture: np.ndarray) -> np.ndarray:
        """The picture under the smoke, with the light added."""
        if self.smoke.any():
            colour = self.smoke_light / np.maximum(self.smoke, 1e-6)[..., None]
            cover = 1 - np.exp(-enlarged(self.smoke, self.width, self.height))[..., None]
            picture = picture * (1 - cover) + np.clip(enlarged(colour, self.width, self.height), 0, None) * cover
        return picture + self.light


def window(middle: float, reach: int, size: int) -> slice:
    """Pixels round a middle, cut at the picture."""
    return slice(int(np.clip(round(middle) - reach, 0, size)), int(np.clip(round(middle) + reach + 1, 0, size)))


def enlarged(small: np.ndarray, width: int, height: int) -> np.ndarray:
    """A float array (h, w) or (h, w, c) stretched to a size."""
    planes = small[..., None] if small.ndim == 2 else small
    planes = [np.ascontiguousarray(planes[..., number], dtype=np.float32) for number in range(planes.shape[-1])]
    big = [np.asarray(Image.fromarray(plane).resize((width, height), Image.BILINEAR)) for plane in planes]
    return big[0] if small.ndim == 2 else np.stack(big, axis=-1)


def bloom(picture: np.ndarray, strength: float) -> np.ndarray:
    """Light that spills from overexposed places in the lens (height, width, 3)."""
    height, width = picture.shape[:2]
    high, wide = height // BLOOM_STEP, width // BLOOM_STEP
    bright = np.clip(picture[: high * BLOOM_STEP, : wide * BLOOM_STEP] - BLOOM_FROM, 0, BLOOM_MOST)
    if not bright.any():
        return np.zeros_like(picture)
    small = bright.reshape(high, BLOOM_STEP, wide, BLOOM_STEP, 3).mean(axis=(1, 3))
    tall, broad = high * 2, wide * 2
    fy, fx = np.fft.fftfreq(tall)[:, None], np.fft.rfftfreq(broad)[None, :]
    kernel = sum(share * np.exp(-2 * (np.pi * size * high) ** 2 * (fx**2 + fy**2)) for size, share in BLOOM)
    spread = [np.fft.irfft2(np.fft.rfft2(small[..., n], (tall, broad)) * kernel, (tall, broad))[:high, :wide] for n in range(3)]
    return np.maximum(enlarged(np.stack(spread, axis=-1), width, height), 0) * strength
