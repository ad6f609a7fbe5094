"""Training crops out of the records: a window by chance, flips, quarter mosaics, and how a camera may show it."""

from __future__ import annotations

import cv2
import numpy as np

from looks import SITE, seen
from paint import paint

CLASSES = 8
PAINTABLE = ("hard-hat-workers", "hot-work", "construction", "rendered", "bare-heads")
BLANK = 114


def window(record: dict, picture: np.ndarray, rng: np.random.Generator, width: int, height: int, zoom: float):
    """A crop of width x height at `zoom` times a scale by chance; boxes and ignored places move along."""
    low, high = record.get("scales", (0.55, 2.0))
    scale = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    stretch = float(np.exp(rng.uniform(-0.12, 0.12)))
    sx, sy = scale * stretch * zoom, scale / stretch * zoom
    full_w, full_h = picture.shape[1] * sx, picture.shape[0] * sy
    if record["boxes"] and rng.random() < 0.7:
        box = record["boxes"][rng.integers(len(record["boxes"]))]
        cx, cy = (box[1] + box[3]) / 2 * sx, (box[2] + box[4]) / 2 * sy
        left, top = cx - rng.uniform(0.15, 0.85) * width, cy - rng.uniform(0.15, 0.85) * height
    else:
        left, top = (rng.uniform(min(0, f - s), max(0, f - s)) for f, s in ((full_w, width), (full_h, height)))
    if full_w > width:
        left = np.clip(left, 0, full_w - width)
    if full_h > height:
        top = np.clip(top, 0, full_h - height)
    flip = rng.random() < 0.5
    move = np.array([[sx, 0, -left], [0, sy, -top]], np.float32)
    if flip:
        move = np.array([[-sx, 0, width + left], [0, sy, -top]], np.float32)
    how = cv2.INTER_LINEAR
    if scale < 0.6 and rng.random() < 0.5:
        picture = cv2.blur(picture, (2, 2))
    out = cv2.warpAffine(picture, move, (width, height), flags=how, borderValue=(BLANK,) * 3)

    def moved(b):
        xs = sorted((move[0, 0] * b[0] + move[0, 2], move[0, 0] * b[2] + move[0, 2]))
        return [xs[0], sy * b[1] - top, xs[1], sy * b[3] - top]

    boxes = [[b[0], *moved(b[1:5]), b[5]] for b in record["boxes"]]
    ignore = [[*moved(i[:4]), i[4]] for i in record["ignore"]]
    return (out, *cut(boxes, ignore, width, height))


def cut(boxes: list, ignore: list, width: int, height: int):
    """Boxes inside the window; what is mostly outside, or too small, is left open instead of labelled."""
    kept, opened = [], [i for i in ignore if i[2] > 0 and i[3] > 0 and i[0] < width and i[1] < height]
    for kind, left, top, right, bottom, weight in boxes:
        inner = [max(left, 0), max(top, 0), min(right, width), min(bottom, height)]
        w, h = inner[2] - inner[0], inner[3] - inner[1]
        if w <= 0 or h <= 0:
            continue
        part = w * h / ((right - left) * (bottom - top) + 1e-6)
        least = 0.25 if kind in (3, 4, 5, 7) else 0.5
        if part >= least and min(w, h) >= 3:
            kept.append([kind, *inner, weight])
        else:
            opened.append([*inner, 0b111 if kind in (0, 1, 2, 100) else 1 << int(kind)])
    return kept, opened


def crop(record: dict, picture: np.ndarray, rng: np.random.Generator, width: int, height: int, zoom: float = 1.0):
    out, boxes, ignore = window(record, picture, rng, width, height, zoom)
    if record["source"].startswith(PAINTABLE) and rng.random() < 0.33:
        out, fires = paint(out, rng)
        kept, opened = cut(fires, [], width, height)
        boxes, ignore = boxes + kept, ignore + opened
    return out, boxes, ignore


def sample(pick, rng: np.random.Generator, shape: tuple[int, int]):
    """One training picture of a shape (width, height): `pick()` gives a record and its picture."""
    width, height = shape
    if rng.random() >= 0.25:
        canvas, boxes, ignore = crop(*pick(), rng, width, height)
        return seen(canvas, SITE), boxes, ignore
    canvas, boxes, ignore = np.empty((height, width, 3), np.uint8), [], []
    for ox, oy in ((0, 0), (width // 2, 0), (0, height // 2), (width // 2, height // 2)):
        part, b, i = crop(*pick(), rng, width // 2, height // 2, 0.5)
        canvas[oy : oy + height // 2, ox : ox + width // 2] = part
        boxes += [[k, l + ox, t + oy, r + ox, m + oy, w] for k, l, t, r, m, w in b]
        for l, t, r, m, mask in i:
            l, r = np.clip([l, r], 0, width // 2) + ox
            t, m = np.clip([t, m], 0, height // 2) + oy
            ignore.append([l, t, r, m, mask])
    return seen(canvas, SITE), boxes, ignore
