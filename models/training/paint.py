"""Arcs and sparks painted over real pictures, with their boxes; lamps too, which have none.

Welding on real sites is rare in free data. What a camera sees of it is mostly its overexposure: a burnt-out
core with a halo (an arc), a fan of streaks that fly, bounce and cool (sparks). Both can be drawn. Lamps and
glints are drawn as well, so that brightness alone is no fire: they are rounder, have hard rims, and no streaks.
"""

from __future__ import annotations

import cv2
import numpy as np

ARC, SPARKS = 6, 7


def glow(height: int, width: int, x: float, y: float, radius: float, power: float) -> np.ndarray:
    yy, xx = np.mgrid[:height, :width].astype(np.float32)
    d = np.sqrt((xx - x) ** 2 + (yy - y) ** 2) / max(radius, 0.5)
    return np.exp(-(d**power))


def burnt_out(picture: np.ndarray, box: list[float]) -> list[float]:
    """The box grown to what is white around its middle, by five times at most: of an arc nobody sees more than that."""
    left, top, right, bottom = box
    x, y = (left + right) / 2, (top + bottom) / 2
    reach = max(8.0, 2.5 * max(right - left, bottom - top))
    ox, oy = max(0, int(x - reach)), max(0, int(y - reach))
    part = picture[oy : int(y + reach) + 1, ox : int(x + reach) + 1].min(2)
    _, parts = cv2.connectedComponents((part >= 236).astype(np.uint8))
    row, column = min(int(y) - oy, part.shape[0] - 1), min(int(x) - ox, part.shape[1] - 1)
    if not parts[row, column]:
        return box
    ys, xs = np.nonzero(parts == parts[row, column])
    grown = [ox + xs.min(), oy + ys.min(), ox + xs.max() + 1, oy + ys.max() + 1]
    return [float(min(left, grown[0])), float(min(top, grown[1])), float(max(right, grown[2])), float(max(bottom, grown[3]))]


def arc(picture: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, list[float]]:
    """A welding arc: a ragged burnt-out core, a bluish white halo, the camera closing a little."""
    height, width = picture.shape[:2]
    radius = float(np.exp(rng.uniform(np.log(2.0), np.log(26))))
    x, y = rng.uniform(0.08, 0.92) * width, rng.uniform(0.25, 0.92) * height
    light = np.zeros((height, width), np.float32)
    for _ in range(rng.integers(1, 4)):
        dx, dy = rng.normal(0, 0.35, 2) * radius
        light = np.maximum(light, glow(height, width, x + dx, y + dy, radius * rng.uniform(0.6, 1.1), 6))
    core = light > 0.5
    tint = np.array([1.0, rng.uniform(0.85, 0.97), rng.uniform(0.7, 0.95)], np.float32)
    if rng.random() < 0.25:
        tint = tint[::-1].copy()
    halo = glow(height, width, x, y, radius * rng.uniform(2.0, 5.0), 1.0) * rng.uniform(0.35, 0.95)
    spill = glow(height, width, x, y, radius * rng.uniform(8, 18), 1.0) * rng.uniform(0.05, 0.35)
    out = picture.astype(np.float32) * rng.uniform(0.5, 1.0)
    if rng.random() < 0.5:  # fume, lit from within
        up = radius * rng.uniform(1, 4)
        fume = glow(height, width, x + rng.normal(0, radius), y - up, up * rng.uniform(0.8, 1.6), 2)
        out += (90 * rng.uniform(0.3, 1.2) * fume)[..., None]
    if rng.random() < 0.3:  # a ray of the lens
        angle = rng.uniform(0, np.pi)
        end = np.array([np.cos(angle), np.sin(angle)]) * radius * rng.uniform(3, 7)
        ray = np.zeros_like(light)
        cv2.line(ray, (int(x - end[0]), int(y - end[1])), (int(x + end[0]), int(y + end[1])), 1.0, 1, cv2.LINE_AA)
        halo = np.maximum(halo, cv2.GaussianBlur(ray, (0, 0), 1.0))
    out += 255 * (spill + halo)[..., None] * tint + 400 * cv2.GaussianBlur(light, (0, 0), 0.6)[..., None]
    ys, xs = np.nonzero(core)
    if not len(xs):
        return out.clip(0, 255).astype(np.uint8), [x - 2, y - 2, x + 2, y + 2]
    box = [float(xs.min()), float(ys.min()), float(xs.max() + 1), float(ys.max() + 1)]
    grow = 0.15 * (box[2] - box[0])
    box = [box[0] - grow, box[1] - grow, box[2] + grow, box[3] + grow]
    out = out.clip(0, 255).astype(np.uint8)
    return out, burnt_out(out, box)


def sparks(picture: np.ndarray, rng: np.random.Generator, at=None) -> tuple[np.ndarray, list[float]]:
    """A jet of grains seen from the side: they fly with drag and gravity, bounce, cool, and draw streaks."""
    height, width = picture.shape[:2]
    x, y = at or (rng.uniform(0.1, 0.9) * width, rng.uniform(0.15, 0.8) * height)
    metre = float(np.exp(rng.uniform(np.log(13), np.log(110))))
    count = int(np.exp(rng.uniform(np.log(40), np.log(420))))
    heading = rng.choice([0.5, np.pi - 0.5]) + rng.normal(0, 0.6)
    spread = np.where(rng.random(count) < 0.12, 3.0, 1.0) * float(np.exp(rng.uniform(np.log(0.08), np.log(0.5))))
    angle = heading + rng.normal(0, 1, count) * spread
    speed = rng.uniform(2.5, 10.0) * rng.uniform(0.35, 1.0, count) ** 0.7 * np.where(rng.random(count) < 0.3, 0.6, 1.0)
    life = rng.gamma(4.0, rng.uniform(0.06, 0.16), count).clip(0.08, 1.0)
    age, shutter = rng.random(count) * life, rng.choice([1 / 25, 1 / 30, 1 / 60, 1 / 100])
    floor, drag = rng.uniform(0.2, 1.8), 0.5

    def place(t: np.ndarray) -> np.ndarray:
        way = drag * (1 - np.exp(-t / drag)) * speed
        down = way * np.sin(angle) + 4.9 * t * t
        below = down > floor
        down = np.where(below, floor - 0.15 * (down - floor) * np.abs(np.sin(down * 7)), down)
        return np.stack([x + metre * way * np.cos(angle), y + metre * down], 1)

    steps = [place(np.maximum(age - shutter * k / 3, 0)) for k in range(4)]
    heat = (1 - age / life).clip(0, 1)
    white = heat**1.5
    colours = np.stack([0.08 + 0.4 * white, 0.42 + 0.4 * white, np.ones(count)], 1)
    colours *= 255 * (rng.uniform(0.35, 1.0, count) * (0.25 + heat) * rng.uniform(0.8, 2.2))[:, None]
    light = np.zeros((height, width, 3), np.float32)
    for i in range(count):
        line = np.round(np.stack([s[i] for s in steps]) * 8).astype(np.int32)[:, None]
        cv2.polylines(light, [line], False, colours[i].tolist(), 2 if metre > 55 else 1, cv2.LINE_AA, 3)
    if metre < 25:
        light *= rng.uniform(0.5, 1.0)
    bloom = cv2.GaussianBlur(light, (0, 0), rng.uniform(0.5, 1.2)) * 0.7
    if rng.random() < 0.5:
        bloom += cv2.GaussianBlur(light, (0, 0), metre * 0.15 + 1) * rng.uniform(0.1, 0.5)
    source = (
        glow(height, width, x, y, metre * rng.uniform(0.02, 0.12) + 1, 2)[..., None] * np.array([0.55, 0.8, 1.0]) * 300
    )
    out = picture.astype(np.float32) * rng.uniform(0.75, 1.0) + np.maximum(light, bloom) + source
    shown = steps[0][colours.max(1) > 90] if (colours.max(1) > 90).sum() > 5 else steps[0]
    lo, hi = np.quantile(shown, 0.02, axis=0), np.quantile(shown, 0.98, axis=0)
    lo, hi = np.minimum(lo, [x - 2, y - 2]), np.maximum(hi, [x + 2, y + 2])
    return out.clip(0, 255).astype(np.uint8), [*lo.tolist(), *hi.tolist()]


def lamp(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A lamp, beacon or glint: bright, coloured or white, and no fire."""
    height, width = picture.shape[:2]
    radius = float(np.exp(rng.uniform(np.log(1.5), np.log(18))))
    x, y = rng.uniform(0, 1) * width, rng.uniform(0, 0.75) * height
    colour = [(255, 255, 255), (200, 235, 255), (40, 40, 255), (0, 140, 255), (60, 255, 60), (150, 220, 255)]
    tint = np.array(colour[rng.integers(len(colour))], np.float32) / 255
    body = np.zeros((height, width), np.float32)
    size = (max(1, int(radius * rng.uniform(0.6, 2.2))), max(1, int(radius)))
    if rng.random() < 0.65:
        cv2.ellipse(body, (int(x), int(y)), size, 0, 0, 360, 1.0, -1, cv2.LINE_AA)
        if rng.random() < 0.4:  # a pair of headlights
            aside = int(x + radius * rng.uniform(4, 9))
            cv2.ellipse(body, (aside, int(y + rng.normal(0, 1))), size, 0, 0, 360, 1.0, -1, cv2.LINE_AA)
    else:
        cv2.rectangle(body, (int(x), int(y)), (int(x) + size[0] * 2, int(y) + size[1]), 1.0, -1)
    out = picture.astype(np.float32) + 255 * (body * rng.uniform(0.6, 1.2))[..., None] * tint
    if rng.random() < 0.5:
        halo = cv2.GaussianBlur(body, (0, 0), radius * rng.uniform(1.0, 2.5))
        out += 255 * (halo * rng.uniform(0.8, 2.0))[..., None] * tint
    return out.clip(0, 255).astype(np.uint8)


def paint(picture: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, list[list]]:
    """One to three of these at random; boxes as [kind, left, top, right, bottom, weight]."""
    what, boxes = rng.random(), []
    while rng.random() < 0.4:
        picture = lamp(picture, rng)
    if what < 0.4:
        picture, box = arc(picture, rng)
        boxes.append([ARC, *box, 1.0])
        if rng.random() < 0.35:
            at = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
            picture, box = sparks(picture, rng, at)
            boxes.append([SPARKS, *box, 1.0])
    elif what < 0.85:
        picture, box = sparks(picture, rng)
        boxes.append([SPARKS, *box, 1.0])
    return picture, boxes
