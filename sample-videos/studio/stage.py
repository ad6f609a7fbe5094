# SPDX-License-Identifier: Apache-2.0
"""A scene description turned into a Blender scene: floor, things, light, camera, people over time."""

from __future__ import annotations

import tomllib
from pathlib import Path

import bpy

from actor import Look
from camera import Camera
from figure import Figure, make_figure
from hotwork import sources_of
from kit import FLOOR_INDEX, flat
from lamps import Lights, glow_light
from scenery import place_props
from surfaces import floor_material, surface

QUIET_STEP_S = 0.3


class Stage:
    """Everything of one scene; `show(time)` moves the people."""

    def __init__(self, path: Path, scale: float = 1.0) -> None:
        self.words = scene_words(path)
        clip = self.words["clip"]
        self.seed, self.place_seed = int(clip["seed"]), int(self.words["place_seed"])
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self.scene = bpy.context.scene
        camera = self.words["camera"]
        width, height = (round(side * scale) for side in clip.get("size_px", [1280, 720]))
        self.camera = Camera(
            tuple(camera["at"]), tuple(camera["look"]), camera["lens_mm"], width, height, camera.get("roll", 0.0)
        )
        self.camera.add_to(self.scene)
        self._floor()
        place_props(self.words.get("props", []))
        self.lights = Lights(self.scene, self.words["light"], self.place_seed)
        self.sources = sources_of(self.words, self.seed, clip["fps"])
        self.glows = [glow_light(self.scene, source.words, source.level) for source in self.sources if source.words["watts"]]
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

    def hide_people(self, is_hidden: bool) -> None:
        """For the picture of the empty scene."""
        for figure in self.figures:
            for thing in figure.things.values():
                thing.hide_render = is_hidden

    def cast_only(self, tracks: list[int], time_s: float) -> None:
        """Nobody is seen by the camera; these people stand where they are at a time and throw shadows."""
        if tracks:
            self.show(time_s)
        for figure in self.figures:
            for thing in figure.things.values():
                thing.visible_camera = figure.track not in tracks
                thing.hide_render = figure.track not in tracks

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
