# SPDX-License-Identifier: Apache-2.0
"""A scene description turned into a Blender scene: floor, things, light, camera, people over time."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path

import bpy
import numpy as np

import textures
from actor import Look
from camera import Camera
from figure import Figure, make_figure
from kit import flat
from paint import baked
from scenery import place_props
from surfaces import floor_material, surface

FLOOR_INDEX = 300
QUIET_STEP_S = 0.3


class Stage:
    """Everything of one scene; `show(time)` moves the people."""

    def __init__(self, path: Path) -> None:
        self.words = scene_words(path)
        clip = self.words["clip"]
        self.seed, self.place_seed = int(clip["seed"]), int(self.words["place_seed"])
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self.scene = bpy.context.scene
        camera = self.words["camera"]
        width, height = clip.get("size_px", [1280, 720])
        self.camera = Camera(
            tuple(camera["at"]), tuple(camera["look"]), camera["lens_mm"], width, height, camera.get("roll", 0.0)
        )
        self.camera.add_to(self.scene)
        self._floor()
        place_props(self.words.get("props", []))
        self._light()
        self.shown: dict[int, tuple[float, Look]] = {}
        self.figures = [
            make_figure(number, words, self.seed * 100 + number) for number, words in enumerate(self.words["people"], start=1)
        ]

    def _floor(self) -> None:
        spec = self.words["floor"]
        half = spec["size_m"] / 2
        material = floor_material(spec, self.place_seed)
        flat([(-half, -half, 0), (half, -half, 0), (half, half, 0), (-half, half, 0)], material).pass_index = FLOOR_INDEX
        if spec.get("beyond", True):
            far = 150
            ground = surface(spec["base"], tuple(spec["colour"]), 6.0)
            flat(
                [(-far, -far, -0.02), (far, -far, -0.02), (far, far, -0.02), (-far, far, -0.02)], ground
            ).pass_index = FLOOR_INDEX

    def _light(self) -> None:
        light = self.words["light"]
        rng = np.random.default_rng(self.place_seed + 7)
        world = bpy.data.worlds.new("world")
        self.scene.world = world
        world.use_nodes = True
        tree = world.node_tree
        image = tree.nodes.new("ShaderNodeTexEnvironment")
        image.image = baked("sky", textures.sky(rng, light.get("cover", 0.3)) ** (1 / 2.2))
        background = tree.nodes["Background"]
        background.inputs[1].default_value = light.get("sky", 1.0)
        tree.links.new(image.outputs[0], background.inputs[0])
        self.sun = self.sun_direction = None
        if light.get("sun", 0) > 0:
            sun = bpy.data.lights.new("sun", "SUN")
            sun.energy, sun.angle = light["sun"], math.radians(light.get("sun_width", 1.5))
            sun.color = tuple(light.get("sun_colour", (1.0, 0.95, 0.87)))
            thing = bpy.data.objects.new("sun", sun)
            elevation, azimuth = math.radians(light["elevation"]), math.radians(light["azimuth"])
            thing.rotation_euler = (math.pi / 2 - elevation, 0, azimuth)
            self.scene.collection.objects.link(thing)
            self.sun = thing
            bpy.context.view_layer.update()
            self.sun_direction = np.array(thing.matrix_world.to_3x3().col[2])
        for lamp in light.get("lamps", []):
            self._lamp(lamp)

    def _lamp(self, words: dict) -> None:
        data = bpy.data.lights.new("lamp", "AREA")
        data.energy, data.shape = words["watts"], "RECTANGLE"
        data.size, data.size_y = words.get("size", [2.0, 0.5])
        data.color = tuple(words.get("colour", (1.0, 0.95, 0.88)))
        thing = bpy.data.objects.new("lamp", data)
        thing.location = tuple(words["at"])
        thing.rotation_euler = tuple(math.radians(angle) for angle in words.get("turn", [0, 0, 0]))
        self.scene.collection.objects.link(thing)

    def hide_people(self, is_hidden: bool) -> None:
        """For the picture of the empty scene."""
        for figure in self.figures:
            for thing in figure.things.values():
                thing.hide_render = is_hidden

    def pose_time(self, figure: Figure, time_s: float) -> float:
        """The time whose pose a person shows: somebody who only sways is posed a few times a second."""
        if not figure.actor.is_quiet(time_s):
            return time_s
        step_s = self.words["clip"].get("quiet_step_s", QUIET_STEP_S)
        return int(time_s / step_s + 1e-6) * step_s

    def hold_out_things(self) -> None:
        """From now on the camera sees only people; everything else hides and lights them."""
        people = {thing for figure in self.figures for thing in figure.things.values()}
        for thing in self.scene.objects:
            if thing.type in ("MESH", "CURVE") and thing not in people:
                thing.is_holdout = True

    def show(self, time_s: float) -> list[Look]:
        """Moves everybody to a time; what they look like then, in the order of `figures`."""
        looks = []
        for figure in self.figures:
            moment = self.pose_time(figure, time_s)
            shown = self.shown.get(figure.track)
            if shown is not None and shown[0] == moment:
                looks.append(shown[1])
                continue
            look = figure.actor.at(moment)
            self.shown[figure.track] = moment, look
            figure.show(look)
            looks.append(look)
        bpy.context.view_layer.update()
        return looks


def scene_words(path: Path) -> dict:
    """A scene file; `like = "NAME"` takes place, light, camera and zones that it leaves out from another."""
    words = tomllib.loads(path.read_text(encoding="utf-8"))
    if "like" not in words:
        return words | {"place": path.stem, "place_seed": words["clip"]["seed"]}
    other = scene_words(path.with_stem(words["like"]))
    if words.keys() & {"camera", "light", "floor", "props", "more_props"}:
        other |= {"place": path.stem}
    props = words.get("props", other["props"]) + words.get("more_props", [])
    return other | words | {"clip": other["clip"] | words["clip"], "props": props}
