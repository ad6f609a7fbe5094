# SPDX-License-Identifier: Apache-2.0
"""Pixel boxes (left, top, right, bottom) that are rendered: round people, and joined where that is cheaper."""

from __future__ import annotations

import numpy as np

from camera import Camera

MARGIN_PX = 4
Box = tuple[int, int, int, int]


def pixel_box(camera: Camera, points: np.ndarray) -> Box | None:
    """The pixel box round projected points, or None if out of the picture."""
    spots = camera.project(points)
    spots = spots[spots[:, 2] > 0.2]
    size = np.array([camera.width_px, camera.height_px])
    low = np.clip(np.floor(spots[:, :2].min(axis=0) * size) - MARGIN_PX, 0, size).astype(int)
    high = np.clip(np.ceil(spots[:, :2].max(axis=0) * size) + MARGIN_PX, 0, size).astype(int)
    return None if (high - low).min() < 4 else (int(low[0]), int(low[1]), int(high[0]), int(high[1]))


def merged(boxes: list[tuple[Box, set[int]]], extra_px: int) -> list[tuple[Box, set[int]]]:
    """Joins boxes that overlap, or whose union has hardly more pixels: each rendering costs as much as `extra_px`."""
    for one in range(len(boxes)):
        for two in range(one + 1, len(boxes)):
            a, b = boxes[one][0], boxes[two][0]
            union = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
            touch = a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
            if touch or area(union) <= area(a) + area(b) + extra_px:
                rest = [box for number, box in enumerate(boxes) if number not in (one, two)]
                return merged([*rest, (union, boxes[one][1] | boxes[two][1])], extra_px)
    return boxes


def area(box: Box) -> int:
    """Pixels in a box."""
    return (box[2] - box[0]) * (box[3] - box[1])
