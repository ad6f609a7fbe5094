# SPDX-License-Identifier: Apache-2.0
"""Building bricks in Blender: boxes, cylinders, tubes, flat pictures. Sizes and places in metres."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from paint import Nodes, baked

FLOOR_INDEX = 300
Point = tuple[float, float, float]
FONTS = ("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc", "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")


def mesh_object(
    name: str, points: np.ndarray, faces: list[list[int]], material: bpy.types.Material, is_smooth: bool = False
) -> bpy.types.Object:
    """An object from points and faces, linked into the scene."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(np.asarray(points, dtype=float).tolist(), [], faces)
    mesh.polygons.foreach_set("use_smooth", [is_smooth] * len(mesh.polygons))
    mesh.materials.append(material)
    thing = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(thing)
    return thing


def box(size: Point, at: Point, material: bpy.types.Material, yaw: float = 0.0, bevel_m: float = 0.01) -> bpy.types.Object:
    """A box; `at` is the middle of its underside."""
    x, y, z = size[0] / 2, size[1] / 2, size[2]
    points = [(sx * x, sy * y, sz * z) for sz in (0, 1) for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    faces = [[3, 2, 1, 0], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]]
    thing = mesh_object("box", np.array(points), faces, material)
    thing.location, thing.rotation_euler = at, (0, 0, yaw)
    if bevel_m:
        bevel = thing.modifiers.new("bevel", "BEVEL")
        bevel.width, bevel.segments = bevel_m, 2
    return thing


def cylinder(
    radius: float, length: float, at: Point, material: bpy.types.Material, axis: str = "z", sides: int = 40
) -> bpy.types.Object:
    """A cylinder from `at` along an axis."""
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    circle = np.stack([np.cos(angle) * radius, np.sin(angle) * radius], axis=1)
    points = np.concatenate([np.column_stack([circle, np.full(sides, z)]) for z in (0, length)])
    points = {"z": points, "x": points[:, [2, 0, 1]], "y": points[:, [1, 2, 0]]}[axis]
    faces = [[i, (i + 1) % sides, sides + (i + 1) % sides, sides + i] for i in range(sides)]
    faces += [list(range(sides))[::-1], list(range(sides, 2 * sides))]
    thing = mesh_object("cylinder", points, faces, material)
    thing.location = at
    mark_round(thing, sides)
    return thing


def mark_round(thing: bpy.types.Object, count: int) -> None:
    """Smooth shading on the first `count` faces."""
    for polygon in thing.data.polygons[:count]:
        polygon.use_smooth = True


def revolve(profile: list[tuple[float, float]], at: Point, material: bpy.types.Material, sides: int = 48) -> bpy.types.Object:
    """A body of revolution round z from (radius, height) pairs."""
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    points = np.concatenate([np.column_stack([np.cos(angle) * r, np.sin(angle) * r, np.full(sides, z)]) for r, z in profile])
    faces = []
    for ring in range(len(profile) - 1):
        low = ring * sides
        faces += [[low + i, low + (i + 1) % sides, low + sides + (i + 1) % sides, low + sides + i] for i in range(sides)]
    thing = mesh_object("round", points, faces, material, True)
    thing.location = at
    return thing


def tube(points: list[Point], radius: float, material: bpy.types.Material) -> bpy.types.Object:
    """A pipe through points."""
    curve = bpy.data.curves.new("tube", "CURVE")
    curve.dimensions, curve.bevel_depth, curve.bevel_resolution = "3D", radius, 5
    spline = curve.splines.new("POLY")
    spline.points.add(len(points) - 1)
    for place, point in zip(spline.points, points, strict=True):
        place.co = (*point, 1)
    curve.materials.append(material)
    thing = bpy.data.objects.new("tube", curve)
    bpy.context.scene.collection.objects.link(thing)
    return thing


def flat(corners: list[Point], material: bpy.types.Material) -> bpy.types.Object:
    """A quad with uv over the whole picture; corners from bottom left anticlockwise."""
    thing = mesh_object("flat", np.array(corners), [[0, 1, 2, 3]], material)
    layer = thing.data.uv_layers.new(name="uv")
    layer.data.foreach_set("uv", [0, 0, 1, 0, 1, 1, 0, 1])
    return thing


def sign_picture(text: str, size_px: tuple[int, int], ink: tuple[int, int, int], ground: tuple[int, int, int]) -> np.ndarray:
    """Lettering on a board; without a Chinese font, a board with bars."""
    picture = Image.new("RGB", size_px, ground)
    draw = ImageDraw.Draw(picture)
    path = next((font for font in FONTS if Path(font).exists()), None)
    if path:
        size = min(int(size_px[1] * 0.7), int(size_px[0] / max(len(text), 1) * 0.92))
        font = ImageFont.truetype(path, size)
        left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
        draw.text(((size_px[0] - right - left) / 2, (size_px[1] - bottom - top) / 2), text, font=font, fill=ink)
    else:
        draw.rectangle([size_px[0] * 0.1, size_px[1] * 0.35, size_px[0] * 0.9, size_px[1] * 0.65], fill=ink)
    return np.asarray(picture, dtype=np.float32) / 255


def sign(text: str, corners: list[Point], ink: tuple[int, int, int], ground: tuple[int, int, int]) -> None:
    """A lettered board on a wall."""
    wide = np.linalg.norm(np.subtract(corners[1], corners[0]))
    high = np.linalg.norm(np.subtract(corners[3], corners[0]))
    height_px = 160
    image = baked(f"sign-{text}", sign_picture(text, (int(height_px * wide / high), height_px), ink, ground))
    nodes = Nodes(f"sign-{text}")
    node = nodes.add("ShaderNodeTexImage", image=image)
    flat(corners, nodes.finish(node.outputs[0], 0.6))
