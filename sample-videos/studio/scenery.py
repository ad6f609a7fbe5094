# SPDX-License-Identifier: Apache-2.0
"""Things of a plant, each a function of a few words from the scene file: `{kind = "drum", at = [x, y]}`.

A new thing is one function and one line in PROPS. Heights and sizes in metres, z = 0 the floor.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import bpy
import numpy as np

from kit import box, cylinder, revolve, sign, tube
from surfaces import lamp, plain, surface

YELLOW, BLACK, GREY, BLUE = (0.86, 0.66, 0.08), (0.05, 0.05, 0.05), (0.55, 0.57, 0.58), (0.16, 0.32, 0.52)


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


def drum(at: list[float], colour: tuple = BLUE, base: float = 0.0) -> None:
    """A 200-litre steel drum."""
    profile = [
        (0.0, 0.0),
        (0.29, 0.0),
        (0.29, 0.28),
        (0.30, 0.29),
        (0.30, 0.31),
        (0.29, 0.32),
        (0.29, 0.57),
        (0.30, 0.58),
        (0.30, 0.6),
        (0.29, 0.61),
        (0.29, 0.88),
        (0.285, 0.88),
        (0.28, 0.86),
        (0, 0.86),
    ]
    revolve(profile, (*at, base), plain(tuple(colour), 0.45))
    cylinder(0.03, 0.02, (at[0] + 0.18, at[1], base + 0.86), plain(GREY))


def pallet(at: list[float], yaw: float = 0.0, load: str = "", base: float = 0.0) -> None:
    """A wooden pallet, empty or with `sacks`, `boxes` or `drums`."""
    wood = surface("worn_paint", (0.56, 0.43, 0.28), 0.8)
    turn = np.array([[math.cos(yaw), -math.sin(yaw)], [math.sin(yaw), math.cos(yaw)]])

    def place(x: float, y: float, z: float) -> tuple:
        return (*(np.array(at) + turn @ np.array([x, y])), base + z)

    for number in range(6):
        box((1.2, 0.12, 0.025), place(0, -0.44 + number * 0.176, 0.12), wood, yaw, 0)
    for x in (-0.55, 0, 0.55):
        box((0.1, 1.0, 0.1), place(x, 0, 0.02), wood, yaw, 0)
    if load == "sacks":
        cloth = surface("concrete", (0.78, 0.76, 0.70), 1.0)
        for layer in range(4):
            for x in (-0.3, 0.3):
                for y in (-0.32, 0, 0.32):
                    box((0.58, 0.31, 0.15), place(x, y, 0.15 + layer * 0.15), cloth, yaw + 0.04 * (layer % 2), 0.06)
    if load == "boxes":
        card = surface("concrete", (0.62, 0.48, 0.33), 1.2)
        for layer in range(3):
            for x in (-0.3, 0.3):
                for y in (-0.25, 0.25):
                    box((0.57, 0.47, 0.36), place(x, y, 0.15 + layer * 0.37), card, yaw + 0.02 * layer, 0.01)
    if load == "drums":
        for x in (-0.3, 0.3):
            for y in (-0.3, 0.3):
                spot = place(x, y, 0.15)
                drum([spot[0], spot[1]], BLUE, spot[2])


def bollard(at: list[float]) -> None:
    """A steel post in yellow and black."""
    for number in range(4):
        cylinder(0.08, 0.24, (*at, 0.24 * number), plain(YELLOW if number % 2 == 0 else BLACK))


def cone(at: list[float]) -> None:
    """A traffic cone with white bands."""
    orange, white = plain((0.90, 0.28, 0.06), 0.5), plain((0.88, 0.88, 0.86), 0.5)
    box((0.38, 0.38, 0.03), (*at, 0), orange)
    revolve([(0.15, 0.03), (0.105, 0.28)], (*at, 0), orange)
    revolve([(0.105, 0.28), (0.075, 0.44)], (*at, 0), white)
    revolve([(0.075, 0.44), (0.03, 0.7), (0.0, 0.7)], (*at, 0), orange)


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


def machine(at: list[float], size: list[float] = (1.8, 1.0, 1.7), colour: tuple = (0.30, 0.45, 0.42), yaw: float = 0.0) -> None:
    """A machine: cabinet, plinth, panel with lights, motor on top."""
    wide, deep, high = size
    turn = np.array([[math.cos(yaw), -math.sin(yaw)], [math.sin(yaw), math.cos(yaw)]])

    def place(x: float, y: float, z: float) -> tuple:
        return (*(np.array(at) + turn @ np.array([x, y])), z)

    box((wide + 0.1, deep + 0.1, 0.12), place(0, 0, 0), plain((0.2, 0.2, 0.2)), yaw)
    box((wide, deep, high * 0.7), place(0, 0, 0.12), plain(tuple(colour), 0.45), yaw, 0.02)
    box(
        (wide * 0.6, deep * 0.8, high * 0.3), place(-wide * 0.15, 0, 0.12 + high * 0.7), plain((0.62, 0.64, 0.64), 0.4), yaw, 0.02
    )
    box((0.4, 0.06, 0.5), place(wide * 0.28, -deep / 2 - 0.02, high * 0.45), plain((0.75, 0.75, 0.72)), yaw)
    for number, tone in enumerate([(0.1, 0.8, 0.2), (0.9, 0.15, 0.1), (0.9, 0.7, 0.1)]):
        box((0.05, 0.02, 0.05), place(wide * 0.18 + number * 0.1, -deep / 2 - 0.06, high * 0.45 + 0.38), plain(tone, 0.3), yaw, 0)


def bench(at: list[float], length: float = 2.0, yaw: float = 0.0) -> None:
    """A work bench with a vice, boxes and a drawer."""
    turn = np.array([[math.cos(yaw), -math.sin(yaw)], [math.sin(yaw), math.cos(yaw)]])

    def place(x: float, y: float, z: float) -> tuple:
        return (*(np.array(at) + turn @ np.array([x, y])), z)

    box((length, 0.75, 0.06), place(0, 0, 0.84), surface("worn_paint", (0.45, 0.34, 0.22), 1.0), yaw)
    for x in (-1, 1):
        for y in (-1, 1):
            box((0.07, 0.07, 0.84), place(x * (length / 2 - 0.08), y * 0.3, 0), plain((0.25, 0.35, 0.5)), yaw)
    box((0.5, 0.6, 0.35), place(length / 2 - 0.4, 0, 0.48), plain((0.25, 0.35, 0.5)), yaw)
    box((0.35, 0.25, 0.22), place(-length / 4, 0.1, 0.9), plain((0.7, 0.12, 0.1)), yaw)
    box((0.14, 0.3, 0.2), place(length / 4, -0.2, 0.9), plain((0.2, 0.3, 0.4), 0.4, 0.5), yaw)


def truck(at: list[float], yaw: float = 0.0, colour: tuple = (0.80, 0.81, 0.80), cab: tuple = (0.15, 0.30, 0.55)) -> None:
    """A box truck; the cargo box around `at`, the cab ahead in +x (turned by yaw)."""
    turn = np.array([[math.cos(yaw), -math.sin(yaw)], [math.sin(yaw), math.cos(yaw)]])

    def place(x: float, y: float, z: float) -> tuple:
        return (*(np.array(at) + turn @ np.array([x, y])), z)

    dark = plain((0.06, 0.06, 0.065), 0.8)
    box((5.2, 2.3, 2.4), place(0, 0, 1.0), surface("corrugated", tuple(colour), 2.5, 0.5), yaw, 0.03)
    box((7.2, 0.9, 0.25), place(0.8, 0, 0.7), dark, yaw)
    box((1.7, 2.2, 1.55), place(3.7, 0, 0.6), plain(tuple(cab), 0.35), yaw, 0.12)
    box((1.35, 2.1, 0.8), place(3.55, 0, 2.1), plain(tuple(cab), 0.35), yaw, 0.18)
    box((0.04, 1.8, 0.62), place(4.24, 0, 2.12), surface("glass", (0.1, 0.13, 0.15), 3.0, 0.1), yaw, 0)
    box((0.9, 2.14, 0.5), place(3.55, 0, 2.15), surface("glass", (0.1, 0.13, 0.15), 3.0, 0.1), yaw, 0)
    for x in (-1.7, 3.7):
        for y in (-1.0, 1.0):
            wheel = cylinder(0.48, 0.3, (0, 0, 0), dark, "y")
            wheel.location, wheel.rotation_euler = place(x, y - 0.15, 0.48), (0, 0, yaw)


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


def lamp_box(
    at: list[float],
    size: list[float] = (1.2, 0.2),
    height: float = 4.0,
    strength: float = 12.0,
    colour: tuple = (1.0, 0.96, 0.88),
) -> None:
    """A ceiling or wall lamp that really shines."""
    box((size[0], size[1], 0.06), (*at, height), lamp(tuple(colour), strength), 0, 0)
    box((size[0] + 0.06, size[1] + 0.06, 0.05), (*at, height + 0.06), plain(GREY), 0, 0)


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


def pipe(points: list[list[float]], radius: float = 0.08, colour: tuple = (0.66, 0.68, 0.68)) -> None:
    """A pipe through points [x, y, z]."""
    tube([tuple(point) for point in points], radius, plain(tuple(colour), 0.4, 0.2))


PROPS: dict[str, Callable[..., None]] = {
    function.__name__: function
    for function in (
        wall, door, window, column, beam, roof, dock, drum, pallet, bollard, cone, barrier, tank, piperack, standpipe,
        machine, bench, truck, fence, stairs, lamp_box, board, block, pipe,
    )
}  # fmt: skip


def place_props(props: list[dict]) -> None:
    """Builds every thing that a scene names."""
    for words in props:
        words = {key: tuple(value) if isinstance(value, list) and key == "colour" else value for key, value in words.items()}
        kind = words.pop("kind")
        if kind not in PROPS:
            raise SystemExit(f"unknown prop kind {kind!r}; known: {', '.join(PROPS)}")
        PROPS[kind](**words)
    bpy.context.view_layer.update()
