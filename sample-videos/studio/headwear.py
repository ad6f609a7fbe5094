# SPDX-License-Identifier: Apache-2.0
"""Hard hats: a shell with peak, rim and ridges, sized to a skull and worn straight or tilted.

The shell is in its own axes: origin in the middle of the skull at rim height, -y forward, z up. A hat
is rigid: it moves with the head bone, or with the hand that took it off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from body import BODY_POINTS, Body
from pose import turn_x, turn_y

AROUND = 48
UP = 14


@dataclass
class Hat:
    """A rigid mesh in hat axes and where those lie on the resting head."""

    points: np.ndarray
    faces: list[list[int]]
    seat: np.ndarray
    turn: np.ndarray


def skull(body: Body) -> tuple[np.ndarray, np.ndarray]:
    """Middle and half sizes of the head above the eyes, from the resting mesh."""
    head = body.points[:BODY_POINTS][body.weights[:BODY_POINTS, body.bone_index["head"]] > 0.9]
    eye = body.points[14598:14742].mean(axis=0)
    top = head[:, 2].max()
    cap = head[head[:, 2] > eye[2] + 0.35 * (top - eye[2])]
    low, high = cap.min(axis=0), cap.max(axis=0)
    rim = eye[2] + 0.36 * (top - eye[2])
    middle = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, rim])
    return middle, np.array([(high[0] - low[0]) / 2, (high[1] - low[1]) / 2, top - rim])


def hard_hat(body: Body, tilt: float = 0.0, roll: float = 0.0) -> Hat:
    """A hard hat for this head; tilt (radians) pushes it back, roll to the side."""
    middle, half = skull(body)
    size = half + np.array([0.024, 0.026, 0.030])
    rings = [ring(size, level) for level in np.linspace(0, 1, UP, endpoint=False)]
    points = [*brim(size), *np.concatenate(rings), [0, 0, size[2] * 1.0]]
    count = AROUND
    faces = []
    for level in range(UP + 1):
        for step in range(count):
            after = (step + 1) % count
            faces.append([level * count + step, level * count + after, (level + 1) * count + after, (level + 1) * count + step])
    top = (UP + 2) * count
    faces += [[(UP + 1) * count + step, (UP + 1) * count + (step + 1) % count, top] for step in range(count)]
    turn = turn_x(-tilt) @ turn_y(roll)
    return Hat(np.array(points, dtype=float), faces, middle, turn)


def angles() -> np.ndarray:
    """Angles around the rim; 0 is straight ahead (-y)."""
    return np.linspace(0, 2 * np.pi, AROUND, endpoint=False)


def ring(size: np.ndarray, level: float) -> np.ndarray:
    """One ring of the shell, with three raised ridges from front to back."""
    angle = angles()
    high = np.sin(level * np.pi / 2) ** 0.95
    wide = np.cos(level * np.pi / 2) ** 0.8
    x, y = np.sin(angle) * size[0] * wide, -np.cos(angle) * size[1] * wide
    ridge = sum(np.exp(-(((x - offset) / 0.011) ** 2)) for offset in (-0.038, 0.0, 0.038))
    z = size[2] * high + 0.007 * ridge * np.clip(level * 2.5 - 0.4, 0, 1)
    return np.stack([x, y, np.broadcast_to(z, x.shape)], axis=1)


def brim(size: np.ndarray) -> list[np.ndarray]:
    """Two rings below the shell: the outer edge of rim and peak, and its upper bend."""
    angle = angles()
    peak = np.clip(np.cos(angle), 0, 1) ** 1.5
    outer = 0.012 + 0.048 * peak
    result = []
    for share, drop in ((1.0, -0.012), (0.55, -0.003)):
        x = np.sin(angle) * (size[0] + outer * share)
        y = -np.cos(angle) * (size[1] + outer * share)
        z = np.full(AROUND, drop) - 0.012 * peak * share
        result += list(np.stack([x, y, z], axis=1))
    return result
