# SPDX-License-Identifier: Apache-2.0
"""Walls, doors, windows, steelwork, platforms, fences, stairs, boards: what stands for good. Metres, z = 0 the floor."""

from __future__ import annotations

import math

import numpy as np

from kit import FLOOR_INDEX, box, cylinder, mesh_object, sign, tube
from surfaces import BLACK, GREY, YELLOW, plain, surface


def wall(
    start: list[float],
    end: list[float],
    height: float,
    texture: str = "plaster",
    colour: tuple = (0.72, 0.71, 0.67),
    plinth: tuple = (0.35, 0.38, 0.42),
    thick: float = 0.24,
    base: float = 0.0,
) -> None:
    """A straight wall with a painted plinth."""
    (x0, y0), (x1, y1) = start, end
    length, yaw = math.hypot(x1 - x0, y1 - y0), math.atan2(y1 - y0, x1 - x0)
    middle = ((x0 + x1) / 2, (y0 + y1) / 2, base)
    box((length, thick, height), middle, surface(texture, tuple(colour), 3.0), yaw, 0)
    if plinth and base == 0:
        box((length + 0.02, thick + 0.02, 0.9), middle, surface("plaster", tuple(plinth), 2.0), yaw, 0)


def door(
    at: list[float],
    size: list[float] = (3.2, 3.6),
    base: float = 0.0,
    colour: tuple = (0.55, 0.60, 0.62),
    yaw: float = 0.0,
    frame: tuple = YELLOW,
) -> None:
    """A roller shutter in a painted frame, in front of a wall facing -y (turned by yaw)."""
    turn = np.array([[math.cos(yaw), -math.sin(yaw)], [math.sin(yaw), math.cos(yaw)]])

    def place(x: float, y: float, z: float) -> tuple:
        return (*(np.array(at) + turn @ np.array([x, y])), z)

    wide, high = size
    box((wide, 0.08, high), place(0, 0, base), surface("shutter", tuple(colour), 1.6), yaw, 0)
    for side in (-1, 1):
        box((0.18, 0.22, high + 0.2), place(side * (wide / 2 + 0.09), -0.04, base), plain(tuple(frame)), yaw)
    box((wide + 0.36, 0.34, 0.32), place(0, -0.06, base + high), plain(GREY), yaw)


def window(at: list[float], size: list[float] = (2.4, 1.4), sill: float = 1.2, yaw: float = 0.0) -> None:
    """A window with frame, in front of a wall."""
    wide, high = size
    box((wide + 0.16, 0.1, high + 0.16), (*at, sill - 0.08), plain((0.75, 0.76, 0.76)), yaw)
    off = (0.05 * math.sin(yaw), -0.05 * math.cos(yaw))
    box((wide, 0.06, high), (at[0] + off[0], at[1] + off[1], sill), surface("glass", (0.16, 0.21, 0.25), max(size), 0.12), yaw, 0)


def column(at: list[float], height: float = 4.5, colour: tuple = (0.40, 0.44, 0.47), guard: bool = True) -> None:
    """A steel H-column with a striped guard."""
    paint = plain(tuple(colour))
    for offset in (-0.11, 0.11):
        box((0.24, 0.025, height), (at[0], at[1] + offset, 0), paint)
    box((0.02, 0.22, height), (*at, 0), paint, 0, 0)
    box((0.42, 0.42, 0.03), (*at, 0), paint)
    if guard:
        for number in range(5):
            tone = YELLOW if number % 2 == 0 else BLACK
            box((0.26, 0.26, 0.2), (*at, 0.03 + 0.2 * number), plain(tone), 0, 0)


def beam(start: list[float], end: list[float], colour: tuple = (0.40, 0.44, 0.47), high: float = 0.3) -> None:
    """A horizontal I-beam between two points [x, y, z]."""
    a, b = np.array(start), np.array(end)
    length, yaw = float(np.hypot(*(b - a)[:2])), math.atan2(b[1] - a[1], b[0] - a[0])
    middle = (a + b) / 2
    paint = plain(tuple(colour))
    box((length, 0.02, high), tuple(middle), paint, yaw, 0)
    for z in (0.0, high):
        box((length, 0.18, 0.025), (middle[0], middle[1], middle[2] + z), paint, yaw, 0)


def roof(at: list[float], size: list[float], height: float, colour: tuple = (0.50, 0.55, 0.58)) -> None:
    """A flat canopy of corrugated sheet."""
    box((size[0], size[1], 0.12), (*at, height), surface("corrugated", tuple(colour), 2.0), 0, 0)


def dock(at: list[float], size: list[float] = (8.0, 2.6), height: float = 1.1) -> None:
    """A loading dock: concrete platform with striped edge and rubber bumpers."""
    box((size[0], size[1], height), (*at, 0), surface("concrete", (0.52, 0.51, 0.48), 3.0))
    front = at[1] - size[1] / 2
    count = int(size[0] / 0.4)
    for number in range(count):
        tone = YELLOW if number % 2 == 0 else BLACK
        x = at[0] - size[0] / 2 + (number + 0.5) * size[0] / count
        box((size[0] / count, 0.02, 0.22), (x, front - 0.01, height - 0.22), plain(tone), 0, 0)
    for x in np.arange(at[0] - size[0] / 2 + 0.8, at[0] + size[0] / 2, 2.0):
        box((0.25, 0.14, 0.5), (float(x), front - 0.08, height - 0.75), plain((0.06, 0.06, 0.06), 0.9))


def barrier(start: list[float], end: list[float]) -> None:
    """A pedestrian railing in yellow, posts every 1.5 m."""
    a, b = np.array(start, dtype=float), np.array(end, dtype=float)
    paint = plain(YELLOW, 0.5)
    count = max(1, round(float(np.linalg.norm(b - a)) / 1.5))
    for number in range(count + 1):
        x, y = a + (b - a) * number / count
        tube([(x, y, 0), (x, y, 1.1)], 0.03, paint)
        cylinder(0.08, 0.015, (x, y, 0), paint)
    for height in (0.55, 1.1):
        tube([(*a, height), (*b, height)], 0.03, paint)


def fence(start: list[float], end: list[float], height: float = 2.2) -> None:
    """Steel palings between posts."""
    a, b = np.array(start, dtype=float), np.array(end, dtype=float)
    length = float(np.linalg.norm(b - a))
    yaw = math.atan2(*(b - a)[::-1])
    paint = plain((0.25, 0.36, 0.33), 0.5)
    for z in (0.25, height - 0.25):
        box((length, 0.04, 0.05), (*((a + b) / 2), z), paint, yaw, 0)
    for far in np.arange(0, length, 0.14):
        x, y = a + (b - a) * far / length
        box((0.025, 0.025, height), (float(x), float(y), 0), paint, yaw, 0)
    for far in np.arange(0, length + 0.1, 2.5):
        x, y = a + (b - a) * far / length
        box((0.1, 0.1, height + 0.1), (float(x), float(y), 0), paint, yaw, 0)


def stairs(at: list[float], steps: int = 10, wide: float = 1.0, yaw: float = 0.0) -> None:
    """Steel stairs rising along +y (turned by yaw), with handrails."""
    turn = np.array([[math.cos(yaw), -math.sin(yaw)], [math.sin(yaw), math.cos(yaw)]])

    def place(x: float, y: float, z: float) -> tuple:
        return (*(np.array(at) + turn @ np.array([x, y])), z)

    paint, rail = plain(GREY, 0.5, 0.3), plain(YELLOW)
    for number in range(steps):
        box((wide, 0.27, 0.04), place(0, number * 0.25, 0.2 + number * 0.2), paint, yaw, 0)
    for side in (-wide / 2, wide / 2):
        tube([place(side, -0.1, 0.05), place(side, steps * 0.25, 0.05 + steps * 0.2)], 0.06, paint)
        tube([place(side, -0.1, 1.05), place(side, steps * 0.25, 1.05 + steps * 0.2)], 0.025, rail)
        for number in range(0, steps + 1, 3):
            tube([place(side, number * 0.25, 0.1 + number * 0.2), place(side, number * 0.25, 1.1 + number * 0.2)], 0.02, rail)


def board(
    text: str,
    at: list[float],
    size: list[float],
    height: float,
    ink: tuple = (255, 255, 255),
    ground: tuple = (190, 20, 25),
    yaw: float = 0.0,
) -> None:
    """A lettered board facing -y (turned by yaw); `at` its middle."""
    dx, dy = math.cos(yaw) * size[0] / 2, math.sin(yaw) * size[0] / 2
    x, y = at
    corners = [
        (x - dx, y - dy, height),
        (x + dx, y + dy, height),
        (x + dx, y + dy, height + size[1]),
        (x - dx, y - dy, height + size[1]),
    ]
    sign(text, corners, tuple(ink), tuple(ground))


def block(
    at: list[float],
    size: list[float],
    texture: str = "concrete",
    colour: tuple = (0.5, 0.5, 0.48),
    base: float = 0.0,
    yaw: float = 0.0,
    tile: float = 2.5,
) -> None:
    """A plain block of some surface: kerb, booth, platform."""
    box(tuple(size), (*at, base), surface(texture, tuple(colour), tile), yaw, 0.01)


def puddle(at: list[float], size: list[float] = (1.6, 0.8), turn: float = 0.3) -> None:
    """Standing water: a thin dark mirror with an uneven edge."""
    angle = np.linspace(0, 2 * math.pi, 40, endpoint=False)
    edge = 1 + 0.16 * np.sin(3 * angle + at[0]) + 0.10 * np.sin(5 * angle + at[1] * 2) + 0.05 * np.sin(9 * angle)
    x, y = np.cos(angle) * edge * size[0] / 2, np.sin(angle) * edge * size[1] / 2
    c, s = math.cos(turn), math.sin(turn)
    points = np.stack([at[0] + c * x - s * y, at[1] + s * x + c * y, np.full(40, 0.004)], axis=1)
    mesh_object("puddle", points, [list(range(40))], surface("steel", (0.10, 0.10, 0.105), 2.0, 0.06)).pass_index = FLOOR_INDEX
