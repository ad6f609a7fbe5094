# SPDX-License-Identifier: Apache-2.0
"""Cycles, economically: the empty scene once, then in every frame only the people's own pixels.

While people are rendered everything else is a holdout: it hides, shades and lights them, but costs no
shading itself. Their shadows on the floor come from shade.py. A frame is the empty picture, shadowed,
with the people laid over. The object-index pass gives the truth its pixels.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np

from actor import Look
from camera import Camera
from figure import Figure
from shade import flat_shadow, sky_shadow, softened
from stage import FLOOR_INDEX, Stage

MARGIN_PX = 4
MERGE_PX = 25000
Box = tuple[int, int, int, int]


@dataclass
class Quality:
    """Samples a pixel for the empty scene and for people; threads."""

    empty: int = 6
    people: int = 4
    threads: int = 2


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
        self.scratch = tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
        self._output(scene)
        self.patches: dict = {}
        self.shadows: dict[int, tuple[Look, np.ndarray]] = {}
        self.width, self.height = render.resolution_x, render.resolution_y

    def _output(self, scene: bpy.types.Scene) -> None:
        """Picture with alpha, and object index, each written as a float picture."""
        scene.use_nodes = True
        tree = scene.node_tree
        tree.nodes.clear()
        layers = tree.nodes.new("CompositorNodeRLayers")
        output = tree.nodes.new("CompositorNodeOutputFile")
        output.base_path = self.scratch.name
        output.format.file_format, output.format.color_mode, output.format.color_depth = "OPEN_EXR", "RGBA", "32"
        output.format.exr_codec = "NONE"
        output.file_slots.clear()
        for name, socket in (("picture", "Image"), ("index", "IndexOB")):
            output.file_slots.new(name)
            tree.links.new(layers.outputs[socket], output.inputs[name])

    def _render(self, samples: int, box: Box | None) -> tuple[np.ndarray, np.ndarray]:
        """Renders a pixel box (left, top, right, bottom) or all: colour with alpha (h, w, 4), index (h, w)."""
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
        return self._read("picture"), np.rint(self._read("index")[..., 0]).astype(np.int32)

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
        """The scene without people, with and without sun, and the floor's pixels; `kept` is a file to reuse."""
        if kept is not None and kept.exists():
            self.background, self.sunless, self.floor = (np.load(kept)[name] for name in ("background", "sunless", "floor"))
        else:
            self._render_empty()
            if kept is not None:
                np.savez(kept, background=self.background, sunless=self.sunless, floor=self.floor)
        self.stage.hide_people(False)
        self.stage.hold_out_things()
        self.stage.scene.render.film_transparent = True

    def _render_empty(self) -> None:
        self.stage.hide_people(True)
        picture, index = self._render(self.quality.empty, None)
        self.background, self.floor = picture[..., :3].copy(), (index == FLOOR_INDEX).astype(np.float32)
        self.sunless = self.background
        if self.stage.sun is not None:
            self.stage.sun.hide_render = True
            self.sunless = self._render(self.quality.empty, None)[0][..., :3].copy()
            self.stage.sun.hide_render = False

    def frame(self, time_s: float) -> tuple[np.ndarray, np.ndarray, list]:
        """Picture, object index (height, width) and the looks at a time."""
        looks = self.stage.show(time_s)
        picture = self._shadowed(looks)
        index = np.zeros((self.height, self.width), dtype=np.int32)
        patches = {}
        times = [self.stage.pose_time(figure, time_s) for figure in self.stage.figures]
        for box, inside in self._boxes(looks, times):
            left, top, right, bottom = box
            key = patch_key(box, inside, times)
            patch, numbers = patches[key] = self.patches.get(key) or self._render(self.quality.people, box)
            if patch.shape[:2] != (bottom - top, right - left):
                raise RuntimeError(f"rendered {patch.shape[:2]}, expected {(bottom - top, right - left)}")
            index[top:bottom, left:right] = numbers
            under = picture[top:bottom, left:right]
            alpha = np.clip(patch[..., 3:], 0, 1)
            picture[top:bottom, left:right] = under * (1 - alpha) + patch[..., :3]
        self.patches = patches
        return picture, index, looks

    def _shadowed(self, looks: list) -> np.ndarray:
        """The empty scene with the shadows of people on its floor."""
        camera, stage = self.stage.camera, self.stage
        feet = [place for look in looks for place in look.soles]
        sky = sky_shadow(camera, feet, [look.place for look in looks]) * self.floor
        picture = self.background
        if stage.sun is not None:
            masks = [self._flat_shadow(figure, look) for figure, look in zip(stage.figures, looks, strict=True)]
            sun = (softened(masks, stage.words["light"].get("soft", 1.0)) * self.floor)[..., None]
            picture = self.background * (1 - sun) + self.sunless * sun
        return picture - np.minimum(self.sunless, picture) * sky[..., None]

    def _flat_shadow(self, figure: Figure, look: Look) -> np.ndarray:
        """One person's shadow, drawn again only when the pose is another."""
        kept = self.shadows.get(figure.track)
        if kept is None or kept[0] is not look:
            mask = flat_shadow(self.stage.camera, self.stage.sun_direction, figure.shadow_meshes(look))
            kept = self.shadows[figure.track] = look, mask
        return kept[1]

    def _boxes(self, looks: list, times: list[float]) -> list[tuple[Box, set[int]]]:
        """Pixel boxes with the people in them; new boxes that would cost more apart are merged."""
        fresh, known = [], []
        for number, look in enumerate(looks):
            box = pixel_box(self.stage.camera, np.concatenate([*look.points.values(), self._hat_points(look)]))
            if box is not None:
                is_known = patch_key(box, {number}, times) in self.patches
                (known if is_known else fresh).append((box, {number}))
        return merged(merged(fresh, MERGE_PX) + known, 0)

    @staticmethod
    def _hat_points(look: object) -> np.ndarray:
        return np.zeros((0, 3)) if look.hat is None else look.hat[:3, 3][None] + np.array([[0.2, 0.2, 0.2], [-0.2, -0.2, -0.05]])


def pixel_box(camera: Camera, points: np.ndarray) -> Box | None:
    """The pixel box round projected points, or None if out of the picture."""
    spots = camera.project(points)
    spots = spots[spots[:, 2] > 0.2]
    size = np.array([camera.width_px, camera.height_px])
    low = np.clip(np.floor(spots[:, :2].min(axis=0) * size) - MARGIN_PX, 0, size).astype(int)
    high = np.clip(np.ceil(spots[:, :2].max(axis=0) * size) + MARGIN_PX, 0, size).astype(int)
    return None if (high - low).min() < 4 else (int(low[0]), int(low[1]), int(high[0]), int(high[1]))


def patch_key(box: Box, inside: set[int], times: list[float]) -> tuple:
    """What a rendered patch depends on: its box, and who is posed how in it."""
    return box, tuple((number, times[number]) for number in sorted(inside))


def merged(boxes: list[tuple[Box, set[int]]], extra_px: int) -> list[tuple[Box, set[int]]]:
    """Joins boxes that overlap, or whose union has hardly more pixels: each rendering costs as much as `extra_px`."""
    for one in range(len(boxes)):
        for two in range(one + 1, len(boxes)):
            a, b = boxes[one][0], boxes[two][0]
            union = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
            touch = a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
            if touch or area(union) <= area(a) + area(b) + extra_px:
                rest = [box for number, box in enumerate(boxes) if number not in (one, two)]
                return merged([*rest, (union, boxes[one][1] | boxes[two][1])], extra_px)
    return boxes


def area(box: Box) -> int:
    """Pixels in a box."""
    return (box[2] - box[0]) * (box[3] - box[1])
