# SPDX-License-Identifier: Apache-2.0
"""The scene's camera: where it hangs, what it sees, and where a point of the world falls in the picture."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import mathutils
import numpy as np

SENSOR_MM = 36.0


@dataclass
class Camera:
    """A pinhole camera; `lens_mm` on a 36 mm wide sensor."""

    at: tuple[float, float, float]
    look: tuple[float, float, float]
    lens_mm: float
    width_px: int
    height_px: int
    roll: float = 0.0

    def __post_init__(self) -> None:
        towards = mathutils.Vector(self.look) - mathutils.Vector(self.at)
        quaternion = towards.to_track_quat("-Z", "Y")
        quaternion = quaternion @ mathutils.Quaternion((0, 0, 1), self.roll)
        self.turn = quaternion
        self.world_to_camera = np.array(quaternion.to_matrix()).T

    def add_to(self, scene: bpy.types.Scene) -> None:
        """Makes this the scene's camera."""
        data = bpy.data.cameras.new("camera")
        data.lens, data.sensor_width = self.lens_mm, SENSOR_MM
        thing = bpy.data.objects.new("camera", data)
        thing.location, thing.rotation_mode, thing.rotation_quaternion = self.at, "QUATERNION", self.turn
        scene.collection.objects.link(thing)
        scene.camera = thing
        scene.render.resolution_x, scene.render.resolution_y = self.width_px, self.height_px

    def project(self, points: np.ndarray) -> np.ndarray:
        """World points (n, 3) to (n, 3): x, y normalised (origin top left) and depth in metres."""
        local = (np.asarray(points) - np.array(self.at)) @ self.world_to_camera.T
        depth = np.maximum(-local[:, 2], 1e-3)
        scale = self.lens_mm / SENSOR_MM
        x = 0.5 + scale * local[:, 0] / depth
        y = 0.5 - scale * local[:, 1] / depth * self.width_px / self.height_px
        return np.stack([x, y, depth], axis=1)


def box_of(mask: np.ndarray) -> list[float] | None:
    """Normalised box round the set pixels, pixel edges included."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    height, width = mask.shape
    edges = columns[0] / width, rows[0] / height, (columns[-1] + 1) / width, (rows[-1] + 1) / height
    return [round(float(edge), 5) for edge in edges]
