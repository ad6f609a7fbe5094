# SPDX-License-Identifier: Apache-2.0
"""Clothes, skin, hair and shoes of a body as mesh parts that can be posed and painted.

The garment is the base mesh's own clothing helper, loosened and smoothed; hair, brows and shoes are the
optional MakeHuman pieces. A part says what it is painted with in a `Paint`; paint.py makes materials of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from assets import Fitting, read_fitting, read_obj, skin_texture
from body import BODY_POINTS, EYES, TIGHTS, Body

PLAIN_SKIN = (0.76, 0.57, 0.46)
HAND_WORDS = ("wrist", "metacarpal", "finger")


@dataclass(frozen=True)
class Paint:
    """What a part looks like: a kind that paint.py knows, a colour (sRGB 0..1), an optional picture."""

    kind: str
    colour: tuple[float, float, float] = (0.5, 0.5, 0.5)
    picture: Path | None = None
    second: tuple[float, float, float] = (0.5, 0.5, 0.5)
    stripes: bool = False
    marks: tuple[str, ...] = ()


@dataclass
class Part:
    """A mesh that moves with the body: rest points, skinning weights, faces, uv per corner, paint."""

    name: str
    points: np.ndarray
    weights: np.ndarray
    faces: list[list[int]]
    uvs: np.ndarray
    paint: Paint
    is_head: bool = False
    attributes: dict[str, np.ndarray] = field(default_factory=dict)


def share_of(body: Body, weights: np.ndarray, words: tuple[str, ...]) -> np.ndarray:
    """How much of each point belongs to bones whose names start with one of the words."""
    columns = [number for number, name in enumerate(body.bones) if name.startswith(words)]
    return weights[:, columns].sum(axis=1)


def piece_of_base(body: Body, name: str, keep: np.ndarray, paint: Paint, is_head: bool = False) -> Part:
    """The faces of the base mesh all of whose points are kept."""
    mesh = body.mesh
    number = np.full(len(body.points), -1)
    number[keep] = np.arange(keep.sum())
    faces, uvs = [], []
    for face, corners in zip(mesh.faces, mesh.face_uvs, strict=True):
        if keep[face].all():
            faces.append([int(number[point]) for point in face])
            uvs += [mesh.uvs[corner] for corner in corners]
    return Part(name, body.points[keep], body.weights[keep], faces, np.array(uvs), paint, is_head)


def skin_parts(body: Body, skin: str, tone: tuple[float, float, float]) -> list[Part]:
    """Head with neck, and hands; what the garment covers is left out."""
    is_body = np.arange(len(body.points)) < BODY_POINTS
    head = is_body & (share_of(body, body.weights, ("head", "neck")) > 0.35)
    hands = is_body & (share_of(body, body.weights, HAND_WORDS) > 0.3)
    texture = skin_texture(skin)
    paint = Paint("skin", tone if texture else PLAIN_SKIN, texture)
    eyes = np.isin(np.arange(len(body.points)), list(EYES))
    eye_part = piece_of_base(body, "eyes", eyes, Paint("eye", (0.85, 0.83, 0.8)), True)
    parts = [piece_of_base(body, "face", head, paint, True), piece_of_base(body, "hands", hands, paint), eye_part]
    brows = read_fitting("eyebrows/eyebrow001")
    if brows:
        parts.append(fitted(body, "brows", brows, Paint("hair", (0.03, 0.025, 0.02), brows.texture), True))
    return parts


def fitted(body: Body, name: str, fitting: Fitting, paint: Paint, is_head: bool = False) -> Part:
    """A MakeHuman piece on this body."""
    points, weights = body.fit(fitting)
    mesh = read_obj(fitting.obj)
    uvs = np.array([mesh.uvs[corner] for corners in mesh.face_uvs for corner in corners])
    return Part(name, points, weights, mesh.faces, uvs, paint, is_head)


def hair_part(body: Body, style: str, colour: tuple[float, float, float]) -> Part | None:
    """Hair in a style of the optional assets; None is bald."""
    fitting = read_fitting(f"hair/{style}") if style else None
    return fitted(body, "hair", fitting, Paint("hair", colour, fitting.texture), True) if fitting else None


def shoe_part(body: Body, style: str, paint: Paint) -> Part:
    """Shoes of the optional assets, or the body's own feet painted black."""
    fitting = read_fitting(f"clothes/{style}")
    if fitting:
        return fitted(body, "shoes", fitting, Paint(paint.kind, paint.colour, fitting.texture))
    feet = (np.arange(len(body.points)) < BODY_POINTS) & (share_of(body, body.weights, ("foot",)) > 0.4)
    return piece_of_base(body, "shoes", feet, paint)


def neighbours(faces: list[list[int]], count: int) -> tuple[np.ndarray, np.ndarray]:
    """All edges both ways, as two index arrays."""
    one = np.array([a for face in faces for a in face])
    two = np.array([b for face in faces for b in face[1:] + face[:1]])
    return np.concatenate([one, two]), np.concatenate([two, one])


def relaxed(points: np.ndarray, faces: list[list[int]], rounds: int, by: np.ndarray) -> np.ndarray:
    """Laplacian smoothing; `by` (n,) says how much each point takes part."""
    one, two = neighbours(faces, len(points))
    count = np.maximum(np.bincount(one, minlength=len(points)), 1)[:, None]
    for _ in range(rounds):
        mean = np.stack([np.bincount(one, points[two, axis], minlength=len(points)) for axis in range(3)], axis=1) / count
        points = points + (mean - points) * by[:, None]
    return points


def normals_of(points: np.ndarray, faces: list[list[int]]) -> np.ndarray:
    """Unit normals at points, from quads."""
    quads = np.array([face if len(face) == 4 else [*face, face[-1]] for face in faces])
    across = np.cross(points[quads[:, 2]] - points[quads[:, 0]], points[quads[:, 3]] - points[quads[:, 1]])
    normals = np.zeros_like(points)
    for corner in range(4):
        np.add.at(normals, quads[:, corner], across)
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)


def along_limbs(body: Body, part: Part) -> np.ndarray:
    """Metres from shoulder towards wrist on the sleeves, 1 + metres below the hip on legs, else -1."""
    arms = share_of(body, part.weights, ("upperarm", "lowerarm"))
    legs = share_of(body, part.weights, ("upperleg", "lowerleg", "foot"))
    result = np.full(len(part.points), -1.0)
    for side, sign in (("L", 1), ("R", -1)):
        shoulder, wrist = body.head(f"upperarm01.{side}"), body.head(f"wrist.{side}")
        axis = (wrist - shoulder) / np.linalg.norm(wrist - shoulder)
        mine = (arms > 0.5) & (part.points[:, 0] * sign > 0)
        result[mine] = ((part.points - shoulder) @ axis)[mine]
    down = 1 + body.head("upperleg01.L")[2] - part.points[:, 2]
    result[legs > 0.5] = down[legs > 0.5]
    return result


def garment(body: Body, paint: Paint, looseness: float, seed: int) -> Part:
    """A coverall (or two-piece, by its paint) from neck to wrists and ankles."""
    numbers = np.arange(len(body.points))
    keep = np.isin(numbers, list(TIGHTS)) & (share_of(body, body.weights, ("foot",)) < 0.55)
    part = piece_of_base(body, "garment", keep, paint)
    legs = share_of(body, part.weights, ("upperleg", "lowerleg"))
    arms = share_of(body, part.weights, ("upperarm", "lowerarm"))
    low_leg = share_of(body, part.weights, ("lowerleg", "foot"))
    smooth_by = np.clip(0.35 + 0.2 * legs, 0, 0.6)
    part.points = relaxed(part.points, part.faces, 6, smooth_by)
    push = 0.016 + 0.012 * legs + 0.004 * arms + 0.012 * low_leg
    rng = np.random.default_rng(seed)
    push = push * looseness * (1 + (0.5 if looseness == 1 else 0.34 - 0.12 * legs) * wrinkles(part.points, rng))
    part.points = part.points + normals_of(part.points, part.faces) * push[:, None]
    part.attributes["limb"] = along_limbs(body, part)
    return part


def wrinkles(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Smooth noise -1..1 over space: a few random waves, finer across limbs than along them."""
    total = np.zeros(len(points))
    for _ in range(10):
        wave = rng.normal(0, 1, 3) * np.array([22, 22, 40])
        total += np.sin(points @ wave + rng.uniform(0, 6.3))
    return np.clip(total / 4, -1, 1)


def vest(body: Body, clothes: Part, paint: Paint) -> Part:
    """A hi-vis vest over the garment's torso."""
    arms = share_of(body, clothes.weights, ("upperarm", "lowerarm", "wrist"))
    low = body.head("upperleg01.L")[2] - 0.02
    keep = (arms < 0.45) & (clothes.points[:, 2] > low) & (clothes.points[:, 2] < body.head("neck01")[2] + 0.02)
    number = np.full(len(clothes.points), -1)
    number[keep] = np.arange(keep.sum())
    faces, uvs, corner = [], [], 0
    for face in clothes.faces:
        if keep[face].all():
            faces.append([int(number[point]) for point in face])
            uvs += list(clothes.uvs[corner : corner + len(face)])
        corner += len(face)
    points = clothes.points[keep] + normals_of(clothes.points, clothes.faces)[keep] * 0.012
    return Part("vest", points, clothes.weights[keep], faces, np.array(uvs), paint)


def below(part: Part, height: float) -> Part:
    """The faces of a part that lie below a height at rest: hair that shows under a hat."""
    return faces_where(part, f"{part.name}-low", lambda heights: heights.max() < height)


def above(part: Part, height: float) -> Part:
    """The other faces."""
    return faces_where(part, part.name, lambda heights: heights.max() >= height)


def faces_where(part: Part, name: str, is_kept: Callable[[np.ndarray], bool]) -> Part:
    """A part with all points, but only the faces whose points' heights are wanted."""
    faces, uvs, corner = [], [], 0
    for face in part.faces:
        if is_kept(part.points[face, 2]):
            faces.append(face)
            uvs += list(part.uvs[corner : corner + len(face)])
        corner += len(face)
    return Part(name, part.points, part.weights, faces, np.array(uvs).reshape(-1, 2), part.paint, True)
