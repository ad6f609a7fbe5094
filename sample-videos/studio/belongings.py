# SPDX-License-Identifier: Apache-2.0
"""Things of rooms where people change, rest and fill: hanging clothes, laid-down hats, tables, stools, a filling line."""

from __future__ import annotations

import math

import numpy as np

from actor import Actor
from body import Body, Traits
from cloths import material_of
from gait import Walk
from garments import OUTFITS
from headwear import hard_hat
from kit import box, cylinder, mesh_object, revolve
from people import HATS
from surfaces import plain, surface
from wardrobe import Paint, garment

STEEL, WHITE = (0.66, 0.68, 0.69), (0.86, 0.87, 0.86)


def turned(at: list[float], yaw: float) -> object:
    """A function from a thing's own x, y, z to the world."""
    c, s = math.cos(yaw), math.sin(yaw)
    return lambda x, y, z: (at[0] + c * x - s * y, at[1] + s * x + c * y, z)


def hanging_garment(at: list[float], clothes: str = "esd-coverall-white", yaw: float = 0.0, low: float = 0.28) -> None:
    """A coverall on a hook at a wall: the cut of a body with nobody in it, pressed flat."""
    body, outfit = Body(Traits(stature_m=1.72)), OUTFITS[clothes]
    part = garment(body, Paint("workwear", outfit.legs, marks=outfit.marks), 1.1, 3)
    actor = Actor("hung", body, [part], None, Walk((0.0, 0.0), 0.0, 0.16, 0.66), 4)
    actor.walk.stand(60.0)
    points = actor.at(1.0).points["garment"] * [0.86, 0.38, 1.0]
    points[:, 2] += low - points[:, 2].min()
    thing = mesh_object("hanging", points, part.faces, material_of("hanging", part.paint), True)
    rest = thing.data.attributes.new("rest", "FLOAT_VECTOR", "POINT")
    rest.data.foreach_set("vector", np.asarray(part.points, dtype=np.float32).ravel())
    thing.location, thing.rotation_euler = (*at, 0.0), (0, 0, yaw)
    top = float(points[:, 2].max())
    place = turned(at, yaw)
    box((0.40, 0.03, 0.03), place(0, 0.02, top - 0.07), plain((0.30, 0.20, 0.12)), yaw)
    box((0.02, 0.12, 0.14), place(0, 0.06, top - 0.04), plain(STEEL, 0.3, 0.6), yaw)


def hat_on(at: list[float], colour: str = "yellow", base: float = 0.9, yaw: float = 0.0) -> None:
    """A hard hat lying on a table or a shelf."""
    hat = hard_hat(Body(Traits()), 0.0)
    thing = mesh_object("laid-hat", hat.points, hat.faces, material_of("laid-hat", Paint("hat", HATS[colour])), True)
    thing.location, thing.rotation_euler = (*at, base + 0.03), (0.05, 0.03, yaw)


def table(at: list[float], size: list[float] = (1.6, 0.8), yaw: float = 0.0, colour: tuple = (0.72, 0.73, 0.72)) -> None:
    """A plain table with cups and papers."""
    wide, deep = size
    place = turned(at, yaw)
    box((wide, deep, 0.04), place(0, 0, 0.72), plain(tuple(colour), 0.4), yaw)
    for x in (-1, 1):
        for y in (-1, 1):
            box((0.05, 0.05, 0.72), place(x * (wide / 2 - 0.06), y * (deep / 2 - 0.06), 0), plain((0.25, 0.27, 0.29)), yaw)
    box((0.21, 0.30, 0.012), place(wide * 0.12, -0.05, 0.76), plain((0.88, 0.88, 0.85)), yaw + 0.3, 0)
    for x, tone in ((-0.32, (0.80, 0.82, 0.84)), (0.36, (0.20, 0.42, 0.30))):
        cylinder(0.038, 0.13, place(x * wide, 0.12, 0.76), plain(tone, 0.35), sides=20)


def stool(at: list[float], colour: tuple = (0.12, 0.30, 0.55)) -> None:
    """A plastic stool."""
    revolve([(0.17, 0.0), (0.14, 0.40), (0.15, 0.44), (0.0, 0.45)], (*at, 0.0), plain(tuple(colour), 0.45), 24)


def locker(at: list[float], count: int = 4, yaw: float = 0.0, colour: tuple = (0.60, 0.66, 0.70)) -> None:
    """A row of steel lockers against a wall."""
    place = turned(at, yaw)
    for number in range(count):
        x = (number - (count - 1) / 2) * 0.42
        box((0.41, 0.48, 1.85), place(x, 0, 0.06), plain(tuple(colour), 0.45), yaw, 0.008)
        for z in (1.62, 1.66, 1.70):
            box((0.22, 0.01, 0.012), place(x, -0.245, z), plain((0.2, 0.22, 0.24)), yaw, 0)
        box((0.03, 0.03, 0.12), place(x + 0.14, -0.25, 1.0), plain(STEEL, 0.3, 0.6), yaw)


def filling_line(at: list[float], length: float = 4.2, yaw: float = 0.0) -> None:
    """A stainless conveyor with canisters, a filler with nozzles and a hopper, a control panel."""
    place, steel = turned(at, yaw), surface("steel", STEEL, 1.2, 0.32, 0.75)
    box((length, 0.42, 0.10), place(0, 0, 0.80), steel, yaw)
    box((length, 0.30, 0.02), place(0, 0, 0.90), plain((0.16, 0.17, 0.18), 0.6), yaw, 0)
    for x in np.arange(-length / 2 + 0.2, length / 2, 0.9):
        box((0.06, 0.36, 0.80), place(float(x), 0, 0), steel, yaw)
    for side in (-1, 1):
        box((length, 0.015, 0.05), place(0, side * 0.20, 1.0), steel, yaw, 0)
    for number, x in enumerate(np.arange(-length / 2 + 0.15, length / 2 - 0.1, 0.27)):
        tone = (0.86, 0.87, 0.84) if number % 7 else (0.20, 0.36, 0.62)
        box((0.17, 0.14, 0.24), place(float(x), 0, 0.92), plain(tone, 0.4), yaw, 0.02)
        cylinder(0.03, 0.05, place(float(x) - 0.03, 0, 1.16), plain((0.75, 0.10, 0.10), 0.5), sides=14)
    box((1.1, 0.75, 1.0), place(0.2, 0.12, 1.25), steel, yaw, 0.02)
    box((0.98, 0.02, 0.62), place(0.2, -0.265, 1.42), surface("glass", (0.42, 0.50, 0.54), 1.2, 0.15), yaw, 0)
    revolve([(0.08, 0.0), (0.36, 0.35), (0.36, 0.75), (0.30, 0.84), (0.0, 0.86)], place(0.2, 0.2, 2.25), steel)
    for x in (-0.2, 0.05, 0.3, 0.55):
        cylinder(0.018, 0.16, place(x, 0, 1.12), steel, sides=12)
    for side in (-1, 1):
        box((0.08, 0.08, 1.30), place(0.2 + side * 0.5, 0.42, 0), steel, yaw)
    box((0.5, 0.10, 0.62), place(1.35, 0.36, 1.15), plain(WHITE, 0.4), yaw)
    box((0.30, 0.02, 0.20), place(1.35, 0.30, 1.45), plain((0.10, 0.22, 0.34), 0.2), yaw, 0)
    box((0.08, 0.08, 1.15), place(1.35, 0.36, 0), steel, yaw)
    lamps = [(0.1, 0.6, 0.2), (0.95, 0.75, 0.1), (0.85, 0.1, 0.08)]
    for number, tone in enumerate(lamps):
        cylinder(0.03, 0.07, place(1.55, 0.36, 1.78 + 0.075 * number), plain(tone, 0.35), sides=16)


def vessel(at: list[float], radius: float = 0.6, height: float = 2.6) -> None:
    """A stainless vessel on legs with a dome and a manhole."""
    steel = surface("steel", STEEL, 1.6, 0.28, 0.75)
    profile = [
        (0.0, 0.5),
        (radius * 0.5, 0.52),
        (radius, 0.75),
        (radius, height - 0.25),
        (radius * 0.6, height - 0.05),
        (0.0, height),
    ]
    revolve(profile, (*at, 0.0), steel)
    for angle in (0.4, 2.5, 4.6):
        box((0.09, 0.09, 0.85), (at[0] + math.cos(angle) * radius * 0.85, at[1] + math.sin(angle) * radius * 0.85, 0), steel)
    cylinder(0.16, 0.12, (at[0], at[1], height - 0.04), steel)
