# SPDX-License-Identifier: Apache-2.0
"""Things that people carry or push: simple meshes, and where they are once the hands are known.

Each has its own axes: origin where it is held, -y ahead, z up. They are not part of a person in the truth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pose import turn_z

CARDBOARD, STEEL, BLACK = (0.62, 0.46, 0.30), (0.55, 0.57, 0.58), (0.05, 0.05, 0.05)
RED, BLUE = (0.66, 0.08, 0.07), (0.12, 0.28, 0.52)


@dataclass
class Load:
    """A thing: points and faces in its own axes, colour, how it is held, and the gesture for it."""

    points: np.ndarray
    faces: list[list[int]]
    colour: tuple[float, float, float]
    hold: str
    gesture: str | None


def slab(low: tuple[float, float, float], high: tuple[float, float, float]) -> tuple[np.ndarray, list[list[int]]]:
    """A box between two corners."""
    rim = ((low[0], low[1]), (high[0], low[1]), (high[0], high[1]), (low[0], high[1]))
    corners = np.array([[x, y, z] for z in (low[2], high[2]) for x, y in rim])
    return corners, [[3, 2, 1, 0], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]]


def barrel(radii: list[tuple[float, float]], sides: int = 20) -> tuple[np.ndarray, list[list[int]]]:
    """A body of revolution from (radius, height) pairs."""
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    points = np.concatenate([np.stack([np.cos(angle) * r, np.sin(angle) * r, np.full(sides, z)], axis=1) for r, z in radii])
    faces = [
        [row * sides + step, row * sides + (step + 1) % sides, (row + 1) * sides + (step + 1) % sides, (row + 1) * sides + step]
        for row in range(len(radii) - 1)
        for step in range(sides)
    ]
    return points, [*faces, list(range(sides))[::-1], [(len(radii) - 1) * sides + step for step in range(sides)]]


def together(*meshes: tuple[np.ndarray, list[list[int]]]) -> tuple[np.ndarray, list[list[int]]]:
    """Several meshes as one."""
    points, faces, shift = [], [], 0
    for some, corners in meshes:
        points.append(some)
        faces += [[corner + shift for corner in face] for face in corners]
        shift += len(some)
    return np.concatenate(points), faces


def trolley() -> tuple[np.ndarray, list[list[int]]]:
    """A platform trolley with a handle and two boxes on it; the handle is at the origin."""
    bars = [slab((x - 0.015, -0.05, -0.86), (x + 0.015, -0.02, 0.02)) for x in (-0.26, 0.26)]
    wheels = [slab((x - 0.03, y - 0.06, -1.02), (x + 0.03, y + 0.06, -0.90)) for x in (-0.24, 0.24) for y in (-0.16, -0.86)]
    deck = slab((-0.31, -1.0, -0.89), (0.31, -0.03, -0.84))
    goods = [slab((-0.27, -0.55, -0.84), (0.25, -0.10, -0.48)), slab((-0.24, -0.96, -0.84), (0.26, -0.60, -0.40))]
    return together(slab((-0.27, -0.05, -0.01), (0.27, -0.02, 0.02)), *bars, *wheels, deck, *goods)


def load(name: str) -> Load:
    """What `carries = NAME` means."""
    if name == "box":
        return Load(*slab((-0.20, -0.30, -0.14), (0.20, 0.03, 0.17)), CARDBOARD, "both", "carry")
    if name == "trolley":
        return Load(*trolley(), STEEL, "push", "push")
    if name == "toolbox":
        mesh = together(slab((-0.09, -0.21, -0.30), (0.09, 0.21, -0.10)), slab((-0.015, -0.12, -0.06), (0.015, 0.12, -0.03)))
        return Load(*mesh, RED, "hang", "bag")
    if name == "bucket":
        return Load(*barrel([(0.11, -0.38), (0.14, -0.12), (0.125, -0.12), (0.10, -0.36)]), BLUE, "hang", "bag")
    if name == "torch":
        mesh = together(slab((-0.02, -0.16, -0.02), (0.02, 0.06, 0.02)), slab((-0.012, -0.30, -0.06), (0.012, -0.16, -0.01)))
        return Load(*mesh, BLACK, "tool", None)
    if name == "grinder":
        mesh = together(slab((-0.035, -0.22, -0.035), (0.035, 0.10, 0.035)), slab((-0.075, -0.29, -0.05), (0.075, -0.14, -0.035)))
        return Load(*mesh, BLUE, "tool", None)
    raise SystemExit(f"unknown load {name!r}; known: box, trolley, toolbox, bucket, torch, grinder")


def held_points(thing: Load, place: np.ndarray, heading: float, hands: dict[str, np.ndarray]) -> np.ndarray:
    """World points of a thing; `place` is the floor point of its carrier."""
    turn = turn_z(heading)
    left, right = (hands[side][:3, 3] for side in "LR")
    if thing.hold == "both":
        origin = (left + right) / 2 + turn @ np.array([0, -0.06, 0.0])
    elif thing.hold == "push":
        origin = np.array([*(place + (turn @ np.array([0, -0.38, 0]))[:2]), 1.02])
    elif thing.hold == "hang":
        origin = right + np.array([0, 0, -0.09])
    else:
        ahead = (left + right) / 2 + turn @ np.array([0, -0.2, -0.2]) - right
        turn = turn_z(np.arctan2(ahead[0], -ahead[1]))
        origin = right + turn @ np.array([0, -0.08, -0.03])
    return thing.points @ turn.T + origin
