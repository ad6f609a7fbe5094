# SPDX-License-Identifier: Apache-2.0
"""Tanks and pipes of a plant. Metres, z = 0 the floor."""

from __future__ import annotations

import math

import numpy as np

from buildings import beam, column
from kit import box, cylinder, revolve, tube
from surfaces import GREY, YELLOW, plain, surface


def tank(at: list[float], radius: float = 1.6, height: float = 6.0, colour: tuple = (0.78, 0.79, 0.78)) -> None:
    """An upright storage tank with domed top, rings, ladder and base."""
    paint = surface("worn_paint", tuple(colour), 4.0, 0.45)
    profile = [(radius, 0.3)]
    for ring in np.arange(1.5, height, 1.5):
        profile += [(radius, ring), (radius + 0.02, ring + 0.01), (radius + 0.02, ring + 0.05), (radius, ring + 0.06)]
    profile += [(radius, height)] + [(radius * math.cos(a), height + 0.5 * math.sin(a)) for a in np.linspace(0.1, math.pi / 2, 8)]
    revolve(profile, (*at, 0), paint, 72)
    cylinder(radius + 0.25, 0.3, (*at, 0), surface("concrete", (0.5, 0.49, 0.47), 2.0), "z", 64)
    steel = plain(GREY, 0.4, 0.3)
    x, y = at[0] + 0.25, at[1] - radius - 0.12
    for offset in (0, 0.4):
        tube([(x + offset, y, 0.3), (x + offset, y, height + 0.9)], 0.025, steel)
    for rung in np.arange(0.5, height + 0.8, 0.3):
        tube([(x, y, float(rung)), (x + 0.4, y, float(rung))], 0.014, steel)
    rail = [
        (at[0] + radius * 0.95 * math.cos(a), at[1] + radius * 0.95 * math.sin(a), height + 0.95)
        for a in np.linspace(0, 2 * math.pi, 25)
    ]
    tube(rail, 0.025, plain(YELLOW))


def piperack(start: list[float], end: list[float], height: float = 4.2, pipes: int = 6, depth: float = 1.8) -> None:
    """Columns and beams carrying a row of pipes along x."""
    (x0, y), (x1, _) = start, end
    for x in np.arange(min(x0, x1), max(x0, x1) + 0.1, 4.0):
        for offset in (0, depth):
            column([float(x), y + offset], height, guard=False)
        for level in (0, 0.9):
            beam([float(x), y - 0.2, height - 1.0 + level], [float(x), y + depth + 0.2, height - 1.0 + level])
    colours = [
        (0.70, 0.72, 0.72),
        (0.16, 0.42, 0.27),
        (0.75, 0.56, 0.10),
        (0.62, 0.64, 0.65),
        (0.55, 0.16, 0.12),
        (0.68, 0.70, 0.70),
        (0.20, 0.36, 0.60),
    ]
    for number in range(pipes):
        radius = (0.09, 0.13, 0.07, 0.16, 0.1, 0.06, 0.11)[number % 7]
        level = height - 0.68 + (0.9 if number % 2 else 0)
        place = y + 0.1 + number * (depth - 0.2) / max(pipes - 1, 1)
        tube(
            [(min(x0, x1) - 6, place, level + radius), (max(x0, x1) + 6, place, level + radius)],
            radius,
            plain(colours[number % 7], 0.4, 0.2),
        )


def standpipe(
    at: list[float], height: float = 3.5, radius: float = 0.08, to: list[float] = (0.0, 1.5), colour: tuple = (0.66, 0.68, 0.68)
) -> None:
    """A pipe out of the floor that bends away, with a flange and a red valve wheel."""
    x, y = at
    paint = plain(tuple(colour), 0.4, 0.2)
    tube(
        [(x, y, 0), (x, y, height - 0.1), (x + to[0] * 0.05, y + to[1] * 0.05, height), (x + to[0], y + to[1], height)],
        radius,
        paint,
    )
    for z in (0.75, 0.85, 1.35):
        cylinder(radius * 1.8, 0.03, (x, y, z), paint)
    wheel = [(x + 0.16 * math.cos(a), y - radius - 0.16, 1.1 + 0.16 * math.sin(a)) for a in np.linspace(0, 2 * math.pi, 17)]
    tube(wheel, 0.018, plain((0.70, 0.08, 0.06)))
    tube([(x, y, 1.1), (x, y - radius - 0.16, 1.1)], 0.02, paint)


def pipe(points: list[list[float]], radius: float = 0.08, colour: tuple = (0.66, 0.68, 0.68)) -> None:
    """A pipe through points [x, y, z]."""
    tube([tuple(point) for point in points], radius, plain(tuple(colour), 0.4, 0.2))


def pipe_stack(
    at: list[float],
    length: float = 3.6,
    yaw: float = 0.0,
    radius: float = 0.11,
    count: int = 5,
    colour: tuple = (0.55, 0.56, 0.57),
) -> None:
    """Steel pipes on two sleepers, stacked in a triangle; bare metal that glints."""
    turn = np.array([[math.cos(yaw), -math.sin(yaw)], [math.sin(yaw), math.cos(yaw)]])

    def place(x: float, y: float, z: float) -> tuple:
        return (*(np.array(at) + turn @ np.array([x, y])), z)

    for x in (-length * 0.32, length * 0.32):
        box((0.14, 2.3 * radius * count, 0.14), place(x, 0, 0), surface("worn_paint", (0.40, 0.31, 0.22), 0.8), yaw)
    metal = surface("steel", tuple(colour), 1.0, 0.28, 0.85)
    for row in range(min(count, 4)):
        for number in range(count - row):
            y = (number - (count - row - 1) / 2) * 2.05 * radius
            shift = 0.12 * math.sin(7.0 * number + 3.0 * row)
            z = 0.14 + radius + row * 1.78 * radius
            tube([place(shift - length / 2, y, z), place(shift + length / 2, y, z)], radius, metal)
