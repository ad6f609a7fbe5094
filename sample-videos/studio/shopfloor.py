# SPDX-License-Identifier: Apache-2.0
"""Machines, benches, lamps and welder's gear. Metres, z = 0 the floor."""

from __future__ import annotations

import math

import numpy as np

from kit import box, cylinder, revolve, tube
from surfaces import BLACK, GREY, lamp, plain, surface, tinted_sheet


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


def lamp_post(
    at: list[float], height: float = 5.0, arm: list[float] = (0.9, 0.0), strength: float = 14.0, colour: tuple = (1.0, 0.93, 0.80)
) -> None:
    """A pole with an arm and a shining head at its end; the light itself stands in `[light]`."""
    x, y = at
    steel = plain((0.42, 0.45, 0.47), 0.5, 0.3)
    tube([(x, y, 0), (x, y, height), (x + arm[0], y + arm[1], height + 0.15)], 0.055, steel)
    cylinder(0.14, 0.25, (x, y, 0), steel)
    yaw = math.atan2(arm[1], arm[0])
    box((0.55, 0.22, 0.1), (x + arm[0], y + arm[1], height + 0.12), steel, yaw)
    box((0.42, 0.16, 0.02), (x + arm[0], y + arm[1], height + 0.095), lamp(tuple(colour), strength), yaw, 0)


def weld_screen(
    at: list[float], wide: float = 1.9, high: float = 1.8, colour: tuple = (0.75, 0.22, 0.02), yaw: float = 0.0
) -> None:
    """A welder's curtain of overlapping strips in a steel frame on feet."""
    turn = np.array([[math.cos(yaw), -math.sin(yaw)], [math.sin(yaw), math.cos(yaw)]])

    def place(x: float, y: float, z: float) -> tuple:
        return (*(np.array(at) + turn @ np.array([x, y])), z)

    steel = plain((0.24, 0.26, 0.28), 0.5, 0.3)
    for x in (-wide / 2, wide / 2):
        tube([place(x, 0, 0), place(x, 0, high)], 0.02, steel)
        tube([place(x, -0.3, 0.03), place(x, 0.3, 0.03)], 0.02, steel)
    tube([place(-wide / 2, 0, high), place(wide / 2, 0, high)], 0.02, steel)
    count = int(wide / 0.24)
    for number in range(count):
        x = -wide / 2 + (number + 0.5) * wide / count
        box((wide / count + 0.03, 0.004, high - 0.28), place(x, 0.015 * (number % 2), 0.24), tinted_sheet(tuple(colour)), yaw, 0)


def beacon(at: list[float], height: float = 2.2, colour: tuple = (0.95, 0.40, 0.03), pole: bool = True) -> None:
    """A warning light on a pole; that it flashes stands in `[[flashes]]`, at this place and height + 0.08."""
    if pole:
        tube([(*at, 0), (*at, height)], 0.025, plain(GREY, 0.4, 0.3))
    cylinder(0.075, 0.03, (*at, height), plain(BLACK))
    revolve([(0.06, 0.0), (0.06, 0.09), (0.045, 0.13), (0.0, 0.14)], (*at, height + 0.03), tinted_sheet(tuple(colour), 0.3), 24)


def trestle(at: list[float], length: float = 2.2, yaw: float = 0.0, height: float = 0.75, pipe: float = 0.11) -> None:
    """Two trestles with a steel pipe across, to be cut or ground; `pipe` its radius."""
    turn = np.array([[math.cos(yaw), -math.sin(yaw)], [math.sin(yaw), math.cos(yaw)]])

    def place(x: float, y: float, z: float) -> tuple:
        return (*(np.array(at) + turn @ np.array([x, y])), z)

    legs = plain((0.70, 0.50, 0.10), 0.6)
    for x in (-length * 0.3, length * 0.3):
        box((0.08, 0.6, 0.08), place(x, 0, height - 0.08), legs, yaw)
        for y in (-0.28, 0.28):
            tube([place(x, y * 0.7, height - 0.05), place(x - 0.14, y, 0)], 0.022, legs)
            tube([place(x, y * 0.7, height - 0.05), place(x + 0.14, y, 0)], 0.022, legs)
    tube([place(-length / 2, 0, height + pipe), place(length / 2, 0, height + pipe)], pipe, plain((0.42, 0.36, 0.32), 0.55, 0.5))


def cable(points: list[list[float]], colour: tuple = (0.04, 0.04, 0.04), radius: float = 0.016) -> None:
    """A hose or cable lying on the floor through points [x, y], rounded by a spline."""
    knots = np.array(points, dtype=float)
    padded = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    line = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for t in np.linspace(0, 1, 8, endpoint=False):
            line.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    tube([(float(x), float(y), radius) for x, y in [*line, knots[-1]]], radius, plain(tuple(colour), 0.7))


def steel_plate(
    at: list[float], size: list[float] = (1.6, 1.0), base: float = 0.0, yaw: float = 0.0, thick: float = 0.02
) -> None:
    """A bare steel plate."""
    box((size[0], size[1], thick), (*at, base), surface("steel", (0.36, 0.36, 0.37), 1.0, 0.35, 0.7), yaw, 0.004)


def welder_box(at: list[float], colour: tuple = (0.72, 0.30, 0.06), yaw: float = 0.0) -> None:
    """A welding machine on wheels with a handle."""
    turn = np.array([[math.cos(yaw), -math.sin(yaw)], [math.sin(yaw), math.cos(yaw)]])

    def place(x: float, y: float, z: float) -> tuple:
        return (*(np.array(at) + turn @ np.array([x, y])), z)

    box((0.45, 0.75, 0.5), place(0, 0, 0.12), plain(tuple(colour), 0.4), yaw, 0.03)
    box((0.35, 0.02, 0.3), place(0, -0.38, 0.24), plain(BLACK, 0.5), yaw, 0)
    for x in (-0.22, 0.22):
        for y in (-0.28, 0.28):
            wheel = cylinder(0.09, 0.05, (0, 0, 0), plain(BLACK, 0.9), "x", 20)
            wheel.location, wheel.rotation_euler = place(x - 0.025, y, 0.09), (0, 0, yaw)
    tube([place(-0.18, 0.36, 0.6), place(-0.18, 0.5, 0.85), place(0.18, 0.5, 0.85), place(0.18, 0.36, 0.6)], 0.015, plain(GREY))
