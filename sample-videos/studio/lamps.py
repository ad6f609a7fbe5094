# SPDX-License-Identifier: Apache-2.0
"""The light of a scene: sky, sun, lamps, and glows whose strength changes from frame to frame.

A light that throws people's shadows (`sun`, or a lamp with `shadow = true`) is a Caster: render.py takes its
share out of the empty picture where somebody stands in the way. A Glow (arc, flame, beacon) is off in the
empty picture and added by its level. What a glow looks like in the lens is drawn by hotwork.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import bpy
import mathutils
import numpy as np

import textures
from paint import baked


@dataclass
class Caster:
    """A light with shadows: its direction (towards the light) or its place, and how soft its edges are."""

    name: str
    thing: bpy.types.Object
    direction: np.ndarray | None
    place: np.ndarray | None
    soft: float


@dataclass
class Glow:
    """A light of changing strength; `level(frame)` 1 is the strength it is rendered with."""

    name: str
    thing: bpy.types.Object
    at: np.ndarray
    level: Callable[[int], float]
    reach_m: float
    cast: list[int] = field(default_factory=list)
    cast_at_s: float = 0.0


class Lights:
    """Builds the lights of `[light]` in a scene."""

    def __init__(self, scene: bpy.types.Scene, light: dict, seed: int) -> None:
        self.scene, self.light = scene, light
        self.casters: list[Caster] = []
        self._sky(np.random.default_rng(seed + 7))
        if light.get("sun", 0) > 0:
            self._sun()
        for number, lamp in enumerate(light.get("lamps", [])):
            self._lamp(number, lamp)

    def _sky(self, rng: np.random.Generator) -> None:
        light = self.light
        world = bpy.data.worlds.new("world")
        self.scene.world = world
        world.use_nodes = True
        tree = world.node_tree
        image = tree.nodes.new("ShaderNodeTexEnvironment")
        painter = {"day": textures.sky, "dusk": textures.dusk_sky, "night": textures.night_sky}[light.get("hour", "day")]
        image.image = baked("sky", painter(rng, light.get("cover", 0.3)) ** (1 / 2.2))
        background = tree.nodes["Background"]
        background.inputs[1].default_value = light.get("sky", 1.0)
        if "sky_turn" in light:
            mapping, coordinates = tree.nodes.new("ShaderNodeMapping"), tree.nodes.new("ShaderNodeTexCoord")
            mapping.inputs["Rotation"].default_value = (0, 0, math.radians(light["sky_turn"]))
            tree.links.new(coordinates.outputs["Generated"], mapping.inputs[0])
            tree.links.new(mapping.outputs[0], image.inputs[0])
        tree.links.new(image.outputs[0], background.inputs[0])

    def _sun(self) -> None:
        light = self.light
        sun = bpy.data.lights.new("sun", "SUN")
        sun.energy, sun.angle = light["sun"], math.radians(light.get("sun_width", 1.5))
        sun.color = tuple(light.get("sun_colour", (1.0, 0.95, 0.87)))
        thing = bpy.data.objects.new("sun", sun)
        elevation, azimuth = math.radians(light["elevation"]), math.radians(light["azimuth"])
        thing.rotation_euler = (math.pi / 2 - elevation, 0, azimuth)
        self.scene.collection.objects.link(thing)
        bpy.context.view_layer.update()
        direction = np.array(thing.matrix_world.to_3x3().col[2])
        self.casters.append(Caster("sun", thing, direction, None, light.get("soft", 1.0)))

    def _lamp(self, number: int, words: dict) -> None:
        """`kind` area (default), spot or point; `look` aims it, else `turn` in degrees, else it shines down."""
        kind = words.get("kind", "area").upper()
        data = bpy.data.lights.new("lamp", kind)
        data.energy, data.color = words["watts"], tuple(words.get("colour", (1.0, 0.95, 0.88)))
        if kind == "AREA":
            data.shape = "RECTANGLE"
            data.size, data.size_y = words.get("size", [2.0, 0.5])
        else:
            data.shadow_soft_size = words.get("radius", 0.12)
        if kind == "SPOT":
            data.spot_size, data.spot_blend = math.radians(words.get("cone", 100)), words.get("blend", 0.7)
        thing = placed(self.scene, data, words["at"], words.get("look"))
        if "turn" in words:
            thing.rotation_euler = tuple(math.radians(angle) for angle in words["turn"])
        if words.get("shadow", False):
            place = np.array(words["at"], dtype=float)
            self.casters.append(Caster(f"lamp{number}", thing, None, place, words.get("soft", 2.0)))


def placed(scene: bpy.types.Scene, data: bpy.types.Light, at: list[float], look: list[float] | None) -> bpy.types.Object:
    """A light in the scene, turned towards `look`."""
    thing = bpy.data.objects.new(data.name, data)
    thing.location = tuple(at)
    if look is not None:
        towards = mathutils.Vector(look) - mathutils.Vector(at)
        thing.rotation_euler = towards.to_track_quat("-Z", "Y").to_euler()
    scene.collection.objects.link(thing)
    return thing


def glow_light(scene: bpy.types.Scene, words: dict, level: Callable[[int], float]) -> Glow:
    """A hidden point light at `at` (or `light_at`) that render.py turns on and blends by its level."""
    data = bpy.data.lights.new("glow", "POINT")
    data.energy, data.color = words["watts"], tuple(words["colour"])
    data.shadow_soft_size = words.get("light_radius", 0.04)
    at = words.get("light_at", words["at"])
    thing = placed(scene, data, at, None)
    thing.hide_render = True
    return Glow(
        words["name"], thing, np.array(at, dtype=float), level, words.get("reach_m", 5.0), words.get("cast", []),
        words.get("cast_at_s", 0.0),
    )  # fmt: skip
