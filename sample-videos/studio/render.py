# SPDX-License-Identifier: Apache-2.0
"""Cycles, economically: the empty scene once, then in every frame only the people's own pixels.

While people are rendered everything else is a holdout: it hides, shades and lights them, but costs no
shading itself. Their shadows on the floor come from shade.py. A frame is the empty picture, shadowed,
with the people laid over. Light that changes (an arc, a beacon) is rendered once for the empty scene and once
a pose for people near it, and blended by its level. The object-index pass gives the truth its pixels.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import bpy
import numpy as np

from actor import Look
from boxes import Box, merged, pixel_box
from effects import Effects
from figure import Figure
from kit import FLOOR_INDEX
from lamps import Glow
from shade import flat_shadow, sky_shadow, softened
from stage import Stage

MERGE_PX = 25000
GLOW_MOST = 1.0


@dataclass
class Quality:
    """Samples a pixel for the empty scene, for one light's share of it and for people; threads."""

    empty: int = 6
    share: int = 4
    people: int = 4
    threads: int = 2


@dataclass
class Frame:
    """A finished frame: linear light, object index (height, width), looks and events."""

    light: np.ndarray
    index: np.ndarray
    looks: list[Look]
    events: list[dict]


@dataclass
class Patch:
    """People's pixels of a box: colour with alpha, object index, what each glow adds at level 1."""

    colour: np.ndarray
    index: np.ndarray
    glows: dict[str, np.ndarray] = field(default_factory=dict)


class Renderer:
    """Renders one stage; pictures are linear float arrays (height, width, 3)."""

    def __init__(self, stage: Stage, quality: Quality) -> None:
        self.stage, self.quality = stage, quality
        scene = stage.scene
        render, cycles = scene.render, scene.cycles
        render.engine = "CYCLES"
        cycles.device = "CPU"
        render.threads_mode, render.threads = "FIXED", quality.threads
        render.use_persistent_data = True
        cycles.seed = stage.seed
        cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 3, 2, 1
        cycles.transparent_max_bounces = 6
        cycles.caustics_reflective = cycles.caustics_refractive = False
        cycles.sample_clamp_indirect = 4.0
        cycles.use_denoising, cycles.denoiser = True, "OPENIMAGEDENOISE"
        cycles.denoising_prefilter, cycles.denoising_quality = "NONE", "FAST"
        scene.view_layers[0].use_pass_object_index = True
        scene.view_layers[0].use_pass_z = True
        self.scratch = tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
        self._output(scene)
        self.patches: dict[tuple, Patch] = {}
        self.shadows: dict[tuple[str, int], tuple[Look, np.ndarray]] = {}
        self.effects = Effects(stage)
        self.width, self.height = render.resolution_x, render.resolution_y

    def _output(self, scene: bpy.types.Scene) -> None:
        """Picture with alpha, object index and depth, each written as a float picture."""
        scene.use_nodes = True
        tree = scene.node_tree
        tree.nodes.clear()
        layers = tree.nodes.new("CompositorNodeRLayers")
        output = tree.nodes.new("CompositorNodeOutputFile")
        output.base_path = self.scratch.name
        output.format.file_format, output.format.color_mode, output.format.color_depth = "OPEN_EXR", "RGBA", "32"
        output.format.exr_codec = "NONE"
        output.file_slots.clear()
        for name, socket in (("picture", "Image"), ("index", "IndexOB"), ("depth", "Depth")):
            output.file_slots.new(name)
            tree.links.new(layers.outputs[socket], output.inputs[name])

    def _render(self, samples: int, box: Box | None) -> dict[str, np.ndarray]:
        """Renders a pixel box (left, top, right, bottom) or all: `picture` (h, w, 4), `index`, `depth` (h, w)."""
        render = self.stage.scene.render
        self.stage.scene.cycles.samples = samples
        render.use_border = render.use_crop_to_border = box is not None
        if box is not None:
            left, top, right, bottom = box
            quarter = 0.25  # Blender truncates: a little more than the pixel edge keeps the box exact
            render.border_min_x, render.border_max_x = (left + quarter) / self.width, (right + quarter) / self.width
            render.border_min_y = (self.height - bottom + quarter) / self.height
            render.border_max_y = (self.height - top + quarter) / self.height
        bpy.ops.render.render()
        passes = {name: self._read(name) for name in ("picture", "index", "depth")}
        if box is not None and passes["picture"].shape[:2] != (bottom - top, right - left):
            raise RuntimeError(f"rendered {passes['picture'].shape[:2]}, expected {(bottom - top, right - left)}")
        index, depth = np.rint(passes["index"][..., 0]).astype(np.int32), passes["depth"][..., 0]
        return {"picture": passes["picture"], "index": index, "depth": depth}

    def _read(self, name: str) -> np.ndarray:
        written = next(Path(self.scratch.name).glob(f"{name}*.exr"))
        image = bpy.data.images.load(str(written))
        image.alpha_mode, image.colorspace_settings.name = "CHANNEL_PACKED", "Non-Color"
        width, height = image.size
        pixels = np.empty(width * height * 4, dtype=np.float32)
        image.pixels.foreach_get(pixels)
        bpy.data.images.remove(image)
        written.unlink()
        return pixels.reshape(height, width, 4)[::-1]

    def empty(self, kept: Path | None = None) -> None:
        """The scene without people, each light's share of it, and the floor's pixels; `kept` is a file to reuse."""
        if kept is not None and kept.exists():
            with np.load(kept) as arrays:
                self.still = dict(arrays)
        else:
            self.still = self._render_empty()
            if kept is not None:
                np.savez(kept, **self.still)
        casters = self.stage.lights.casters
        self.sunless = np.maximum(self.still["all"] - sum(self.still[caster.name] for caster in casters), 0)
        self.stage.hide_people(False)
        self.stage.hold_out_things()
        self.stage.scene.render.film_transparent = True

    def _render_empty(self) -> dict[str, np.ndarray]:
        """`all` the light there always is, by name what each caster or glow gives, `floor` 0/1 and `depth` in metres."""
        self.stage.hide_people(True)
        passes = self._render(self.quality.empty, None)
        still = {"all": passes["picture"][..., :3].copy(), "depth": passes["depth"].copy()}
        still["floor"] = (passes["index"] == FLOOR_INDEX).astype(np.float32)
        for caster in self.stage.lights.casters:
            caster.thing.hide_render = True
            without = self._render(self.quality.share, None)["picture"][..., :3]
            still[caster.name] = np.maximum(still["all"] - without, 0)
            caster.thing.hide_render = False
        for glow in self.stage.glows:
            self.stage.cast_only(glow.cast, glow.cast_at_s)
            glow.thing.hide_render = False
            still[glow.name] = tamed(self._render(self.quality.share, None)["picture"][..., :3] - still["all"])
            glow.thing.hide_render = True
        self.stage.cast_only([], 0.0)
        return still

    def forget(self) -> None:
        """Drops what is kept from frame to frame, so that the next frame can be rendered alone just so."""
        self.patches = {}

    def frame(self, time_s: float) -> Frame:
        """The frame at a time."""
        number = round(time_s * self.stage.words["clip"]["fps"])
        looks = self.stage.show(time_s)
        picture = self._shadowed(looks, number)
        index = np.zeros((self.height, self.width), dtype=np.int32)
        patches = {}
        times = [self.stage.pose_time(figure, time_s) for figure in self.stage.figures]
        for box, inside in self._boxes(looks, times):
            left, top, right, bottom = box
            key = patch_key(box, inside, times)
            patch = patches[key] = self.patches.get(key) or self._patch(box)
            index[top:bottom, left:right] = patch.index
            under = picture[top:bottom, left:right]
            alpha = np.clip(patch.colour[..., 3:], 0, 1)
            over = patch.colour[..., :3] + self._glowing(patch, box, [looks[figure] for figure in inside], number)
            picture[top:bottom, left:right] = under * (1 - alpha) + over
        self.patches = patches
        light, events = self.effects.over(picture, index, looks, self.still["depth"], self.still["floor"], number)
        return Frame(light, index, looks, events)

    def _patch(self, box: Box) -> Patch:
        passes = self._render(self.quality.people, box)
        return Patch(passes["picture"], passes["index"])

    def _glowing(self, patch: Patch, box: Box, looks: list[Look], number: int) -> np.ndarray | float:
        """What glows add to people's pixels in a frame; rendered when a glow first shines on this pose."""
        total: np.ndarray | float = 0.0
        for glow in self.stage.glows:
            level = glow.level(number)
            is_near = any(np.linalg.norm(look.place[:2] - glow.at[:2]) < glow.reach_m for look in looks)
            if not level or not is_near:
                continue
            if glow.name not in patch.glows:
                glow.thing.hide_render = False
                lit = self._render(self.quality.people, box)["picture"][..., :3]
                glow.thing.hide_render = True
                patch.glows[glow.name] = tamed(lit - patch.colour[..., :3])
            total = total + patch.glows[glow.name] * level
        return total

    def _shadowed(self, looks: list[Look], number: int) -> np.ndarray:
        """The empty scene with the shadows of people on its floor and the glows of this frame."""
        camera, stage, floor = self.stage.camera, self.stage, self.still["floor"]
        feet = [place for look in looks for place in look.soles]
        sky = sky_shadow(camera, feet, [look.place for look in looks]) * floor
        picture = self.still["all"]
        for caster in stage.lights.casters:
            mask = self._shadow(caster.name, caster.direction, caster.place, caster.soft, looks, stage.figures)
            picture = picture - self.still[caster.name] * mask
        picture = picture - np.minimum(self.sunless, picture) * sky[..., None]
        for glow in stage.glows:
            level = glow.level(number)
            if level:
                picture = picture + self.still[glow.name] * (level * (1 - self._glow_shadow(glow, looks)))
        return picture

    def _glow_shadow(self, glow: Glow, looks: list[Look]) -> np.ndarray | float:
        """Shadows of those near a glow who were not there when it was rendered for the empty scene."""
        near = [
            (figure, look)
            for figure, look in zip(self.stage.figures, looks, strict=True)
            if figure.track not in glow.cast and np.linalg.norm(look.place[:2] - glow.at[:2]) < glow.reach_m
        ]
        if not near:
            return 0.0
        figures, looks = [figure for figure, _ in near], [look for _, look in near]
        place = np.array(glow.thing.location)
        return self._shadow(glow.name, None, place, 2.0, looks, figures)

    def _shadow(
        self,
        name: str,
        direction: np.ndarray | None,
        place: np.ndarray | None,
        soft: float,
        looks: list[Look],
        figures: list[Figure],
    ) -> np.ndarray:
        """Share (height, width, 1) of a light that people take from the floor."""
        masks = []
        for figure, look in zip(figures, looks, strict=True):
            kept = self.shadows.get((name, figure.track))
            if kept is None or kept[0] is not look:
                mask = flat_shadow(self.stage.camera, direction, place, figure.shadow_meshes(look))
                kept = self.shadows[name, figure.track] = look, mask
            masks.append(kept[1])
        return (softened(masks, soft) * self.still["floor"])[..., None]

    def _boxes(self, looks: list[Look], times: list[float]) -> list[tuple[Box, set[int]]]:
        """Pixel boxes with the people in them; new boxes that would cost more apart are merged."""
        fresh, known = [], []
        for number, look in enumerate(looks):
            points = np.concatenate([*look.points.values(), *look.held.values(), self._hat_points(look)])
            box = pixel_box(self.stage.camera, points)
            if box is not None:
                is_known = patch_key(box, {number}, times) in self.patches
                (known if is_known else fresh).append((box, {number}))
        return merged(merged(fresh, MERGE_PX) + known, 0)

    @staticmethod
    def _hat_points(look: Look) -> np.ndarray:
        return np.zeros((0, 3)) if look.hat is None else look.hat[:3, 3][None] + np.array([[0.2, 0.2, 0.2], [-0.2, -0.2, -0.05]])


def tamed(light: np.ndarray) -> np.ndarray:
    """What a glow adds, with a shoulder: right beside an arc a camera shows bright cloth, not a white hole."""
    light = np.maximum(light, 0)
    return light * (GLOW_MOST / (GLOW_MOST + light.max(axis=-1, keepdims=True)))


def patch_key(box: Box, inside: set[int], times: list[float]) -> tuple:
    """What a rendered patch depends on: its box, and who is posed how in it."""
    return box, tuple((number, times[number]) for number in sorted(inside))
