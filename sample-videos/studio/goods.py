# SPDX-License-Identifier: Apache-2.0
"""Goods, barriers and vehicles: what is carried, driven or put down. Metres, z = 0 the floor."""

from __future__ import annotations

import math

import numpy as np

from kit import box, cylinder, revolve, tube
from surfaces import BLACK, BLUE, GREY, YELLOW, plain, surface


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


def fire_drum(at: list[float], colour: tuple = (0.20, 0.11, 0.07)) -> None:
    """A rusty drum without its lid, sooty inside, with scrap wood in it; the fire itself stands in `[[fires]]`."""
    revolve([(0.0, 0.0), (0.29, 0.0), (0.29, 0.29), (0.30, 0.30), (0.29, 0.31), (0.29, 0.58)], (*at, 0), surface("steel", colour))
    revolve([(0.29, 0.58), (0.30, 0.60), (0.29, 0.62), (0.29, 0.88), (0.28, 0.88)], (*at, 0), surface("steel", colour))
    revolve([(0.28, 0.88), (0.27, 0.5), (0.0, 0.5)], (*at, 0), plain((0.02, 0.018, 0.016), 0.9))
    for turn, top in ((0.4, 1.0), (1.9, 1.06), (3.6, 0.98), (4.9, 1.03)):
        ahead = np.array([math.cos(turn), math.sin(turn)])
        points = [(*(np.array(at) - 0.12 * ahead), 0.55), (*(np.array(at) + 0.24 * ahead), top)]
        tube([tuple(float(part) for part in point) for point in points], 0.022, plain((0.24, 0.15, 0.08), 0.8))


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


def gas_bottle(at: list[float], colour: tuple = (0.20, 0.38, 0.62), base: float = 0.0) -> None:
    """A 40-litre gas cylinder with collar and cap: blue oxygen, white acetylene."""
    profile = [(0.0, 0.0), (0.11, 0.0), (0.115, 0.05), (0.115, 1.12), (0.10, 1.22), (0.05, 1.30), (0.04, 1.34)]
    revolve(profile, (*at, base), plain(tuple(colour), 0.4), 32)
    cylinder(0.045, 0.13, (*at, base + 1.33), plain(GREY, 0.4, 0.3))
    cylinder(0.118, 0.03, (*at, base + 0.3), plain((0.07, 0.07, 0.07)))
    cylinder(0.118, 0.03, (*at, base + 0.85), plain((0.07, 0.07, 0.07)))


def extinguisher(at: list[float]) -> None:
    """A red fire extinguisher standing on the floor."""
    profile = [(0.0, 0.0), (0.08, 0.0), (0.085, 0.03), (0.085, 0.42), (0.06, 0.48), (0.02, 0.51), (0.0, 0.52)]
    revolve(profile, (*at, 0.0), plain((0.72, 0.05, 0.04), 0.3), 32)
    cylinder(0.03, 0.08, (*at, 0.5), plain((0.07, 0.07, 0.07)))
    box((0.05, 0.16, 0.03), (at[0], at[1] - 0.05, 0.57), plain((0.07, 0.07, 0.07)))


def hut(at: list[float], size: list[float] = (2.6, 2.2, 2.6), colour: tuple = (0.82, 0.84, 0.84), yaw: float = 0.0) -> None:
    """A guard's hut with windows on two sides, a door and a flat roof."""
    turn = np.array([[math.cos(yaw), -math.sin(yaw)], [math.sin(yaw), math.cos(yaw)]])

    def place(x: float, y: float, z: float) -> tuple:
        return (*(np.array(at) + turn @ np.array([x, y])), z)

    wide, deep, high = size
    box((wide, deep, high), place(0, 0, 0), surface("plaster", tuple(colour), 3.0), yaw)
    box((wide + 0.02, deep + 0.02, 0.5), place(0, 0, 0), plain((0.16, 0.30, 0.52)), yaw, 0)
    box((wide + 0.5, deep + 0.5, 0.14), place(0, -0.1, high), plain((0.35, 0.38, 0.42)), yaw)
    glass = surface("glass", (0.12, 0.16, 0.19), 4.0, 0.12)
    box((wide * 0.55, 0.05, 1.0), place(-wide * 0.12, -deep / 2 - 0.02, 1.05), glass, yaw, 0)
    box((0.05, deep * 0.6, 1.0), place(-wide / 2 - 0.02, 0, 1.05), glass, yaw, 0)
    box((0.75, 0.06, 2.05), place(wide * 0.33, -deep / 2 - 0.02, 0), plain((0.45, 0.50, 0.54)), yaw, 0)


def boom_gate(at: list[float], length: float = 4.2, yaw: float = 0.0, lifted: float = 0.0) -> None:
    """A road barrier: yellow cabinet and a red and white boom along +x (turned by yaw), raised by degrees."""
    box((0.4, 0.4, 1.05), (*at, 0), plain(YELLOW), yaw)
    rise = math.radians(lifted)
    ahead = np.array([math.cos(yaw) * math.cos(rise), math.sin(yaw) * math.cos(rise), math.sin(rise)])
    start = np.array([*at, 0.95])
    for number in range(int(length / 0.5)):
        middle = start + ahead * (0.25 + number * 0.5)
        bar = box((0.5, 0.07, 0.11), (0, 0, 0), plain((0.80, 0.08, 0.06) if number % 2 else (0.88, 0.88, 0.86)), 0, 0)
        bar.location, bar.rotation_euler = middle, (0, -rise, yaw)


def tree(at: list[float], height: float = 4.0, seed: int = 1) -> None:
    """A trunk with clumps of leaves; for the background."""
    rng = np.random.default_rng(seed)
    cylinder(0.1, height * 0.55, (*at, 0), plain((0.26, 0.20, 0.15), 0.9), "z", 12)
    leaf = surface("asphalt", (0.20, 0.30, 0.13), 1.0, 0.95)
    for _ in range(9):
        x, y = np.array(at) + rng.normal(0, height * 0.13, 2)
        size = height * rng.uniform(0.12, 0.2)
        ring = [(size * math.sin(a) * rng.uniform(0.85, 1.1), -size * math.cos(a)) for a in np.linspace(0.05, math.pi - 0.05, 9)]
        revolve(ring, (float(x), float(y), height * rng.uniform(0.55, 0.9)), leaf, 14)
