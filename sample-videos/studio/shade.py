# SPDX-License-Identifier: Apache-2.0
"""Shadows of people on the floor without tracing the floor again.

A light's shadow is the people's mesh laid flat along its rays and drawn into the picture; there the light's
share of the empty scene is taken away. Sky light is dimmed softly round the feet.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from camera import Camera

HULL_STEP = 6
LAMP_SHARE = 0.9


def draw_on(mask: Image.Image, camera: Camera, polygons: np.ndarray) -> None:
    """Fills floor polygons (n, corners, 3) in a grey picture."""
    draw = ImageDraw.Draw(mask)
    spots = camera.project(polygons.reshape(-1, 3))[:, :2] * [camera.width_px, camera.height_px]
    for polygon in spots.reshape(len(polygons), -1).tolist():
        draw.polygon(polygon, fill=255)


def laid_flat(points: np.ndarray, direction: np.ndarray | None, lamp: np.ndarray | None) -> np.ndarray:
    """Where the light through points meets the floor: parallel light of a direction, or light from a lamp's place."""
    up = np.maximum(points[:, 2:], 0)
    if lamp is None:
        ground = points - direction * (up / max(direction[2], 0.05))
    else:
        low = np.minimum(up, LAMP_SHARE * lamp[2])
        ground = points + (points - lamp) * (low / (lamp[2] - low))
    ground[:, 2] = 0
    return ground


def flat_shadow(
    camera: Camera, direction: np.ndarray | None, lamp: np.ndarray | None, meshes: list[tuple[np.ndarray, np.ndarray | None]]
) -> np.ndarray:
    """Where one person takes a light from the floor (height, width; 0 or 255).

    Meshes are posed points and quads (n, 4), or None for a hull.
    """
    mask = Image.new("L", (camera.width_px, camera.height_px), 0)
    for points, quads in meshes:
        ground = laid_flat(points, direction, lamp)
        corners = ground[::HULL_STEP][hull(ground[::HULL_STEP, :2])][None] if quads is None else ground[quads]
        draw_on(mask, camera, corners)
    return np.asarray(mask)


def softened(masks: list[np.ndarray], soft: float) -> np.ndarray:
    """Share of sunlight taken by all; `soft` widens the edge for lamps that are not as small as the sun."""
    joined = Image.fromarray(np.maximum.reduce(masks))
    return np.asarray(joined.filter(ImageFilter.GaussianBlur(joined.height / 500 * soft)), dtype=np.float32) / 255


def hull(points: np.ndarray) -> list[int]:
    """Indices of the convex hull of floor points, in order (monotone chain)."""
    order = np.lexsort((points[:, 1], points[:, 0])).tolist()
    spots = points.tolist()

    def turns_right(a: int, b: int, c: int) -> bool:
        (ax, ay), (bx, by), (cx, cy) = spots[a], spots[b], spots[c]
        return (bx - ax) * (cy - ay) <= (by - ay) * (cx - ax)

    corners: list[int] = []
    for run in (order, order[::-1]):
        chain: list[int] = []
        for number in run:
            while len(chain) > 1 and turns_right(chain[-2], chain[-1], number):
                chain.pop()
            chain.append(number)
        corners += chain[:-1]
    return corners


def sky_shadow(camera: Camera, feet: list[np.ndarray], middles: list[np.ndarray]) -> np.ndarray:
    """Share of sky light taken: a dark spot at each sole, a wide faint one round each person."""
    angle = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
    total = np.zeros((camera.height_px, camera.width_px), dtype=np.float32)
    for places, radius, blur, strength in ((feet, 0.15, 160, 0.55), (middles, 0.42, 50, 0.30)):
        rings = np.array([np.array([place[0], place[1], 0.0]) + circle * radius for place in places])
        mask = Image.new("L", (camera.width_px, camera.height_px), 0)
        draw_on(mask, camera, rings)
        mask = mask.filter(ImageFilter.GaussianBlur(camera.height_px / blur))
        total = 1 - (1 - total) * (1 - strength * np.asarray(mask, dtype=np.float32) / 255)
    return total
