# SPDX-License-Identifier: Apache-2.0
"""What people wear on the head that is no hard hat: caps, hoods, scarves, beanies, nets, straw hats, masks.

All are a shell over the head, its radius taken from the head's own points in every direction, with a face
opening, a brim or a drape onto the shoulders. They are bound to the head and cannot be taken off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from body import BODY_POINTS, Body
from wardrobe import Paint, Part, relaxed, share_of

AROUND = 48
NEAR = np.cos(np.radians(15))
DEGREE = np.pi / 180


@dataclass(frozen=True)
class Shell:
    """Degrees of elevation from `low` to the crown, metres off the head, the face opening, what hangs on it."""

    low: float
    off_m: float
    kind: str
    opening: tuple[float, float, float] | None = None  # half width, top, bottom (degrees)
    brim_m: float = 0.0
    brim_half: float = 180.0
    brim_drop_m: float = 0.015
    drape: bool = False
    puff_m: float = 0.0
    hides_hair: bool = False


SHELLS = {
    "cap": Shell(14, 0.016, "canvas", brim_m=0.085, brim_half=58),
    "beanie": Shell(8, 0.016, "knit"),
    "straw": Shell(16, 0.022, "straw", brim_m=0.13, brim_drop_m=0.03),
    "hairnet": Shell(13, 0.012, "net", puff_m=0.022),
    "scarf": Shell(-38, 0.014, "print", opening=(58, 34, -26), hides_hair=True),
    "hood": Shell(-42, 0.028, "canvas", opening=(60, 44, -34), drape=True, hides_hair=True),
    "esd-hood": Shell(-42, 0.012, "canvas", opening=(52, 30, -32), drape=True, hides_hair=True),
    "welding-mask": Shell(-52, 0.014, "mask", opening=None, hides_hair=False),
}
COLOURS = {
    "black": (0.06, 0.06, 0.07),
    "blue": (0.10, 0.22, 0.50),
    "navy": (0.07, 0.10, 0.20),
    "grey": (0.40, 0.41, 0.42),
    "red": (0.62, 0.08, 0.09),
    "green": (0.16, 0.34, 0.20),
    "white": (0.86, 0.87, 0.88),
    "paleblue": (0.56, 0.71, 0.84),
    "khaki": (0.50, 0.45, 0.32),
    "straw": (0.80, 0.66, 0.40),
    "pink": (0.78, 0.40, 0.48),
    "orange": (0.85, 0.35, 0.08),
}
USUAL = {"straw": "straw", "esd-hood": "white", "hairnet": "white", "welding-mask": "black", "beanie": "black"}


def worn_on_head(body: Body, name: str) -> tuple[Part, float]:
    """The part of e.g. `cap-blue` or `hood-grey`, and the height below which hair still shows."""
    kind, colour = split_name(name)
    shell = SHELLS[kind]
    middle, radius, elevations = radii(body, shell)
    paint = Paint(shell.kind, COLOURS[colour])
    if kind == "welding-mask":
        return mask(body, middle, radius, elevations, paint), middle[2] + 0.05
    return assembled(body, shell, middle, radius, elevations, paint), -1.0 if shell.hides_hair else middle[2] + 0.01


def split_name(name: str) -> tuple[str, str]:
    """Kind and colour of a name; says what there is when it is unknown."""
    kind = next((kind for kind in sorted(SHELLS, key=len, reverse=True) if name == kind or name.startswith(f"{kind}-")), None)
    colour = name[len(kind) + 1 :] if kind and name != kind else USUAL.get(kind or "", "blue")
    if kind is None or colour not in COLOURS:
        raise SystemExit(f"unknown headgear {name!r}; kinds: {', '.join(SHELLS)}; colours: {', '.join(COLOURS)}")
    return kind, colour


def directions(elevations: np.ndarray) -> np.ndarray:
    """Unit vectors (rows, around, 3); the first of a row looks ahead (-y)."""
    azimuth = np.linspace(0, 2 * np.pi, AROUND, endpoint=False)
    el = elevations[:, None] * DEGREE
    return np.stack(
        [np.sin(azimuth) * np.cos(el), -np.cos(azimuth) * np.cos(el), np.broadcast_to(np.sin(el), (len(elevations), AROUND))],
        axis=2,
    )


def radii(body: Body, shell: Shell) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Middle of the head, distance of the shell from it (rows, around), elevations of the rows."""
    points = body.points[:BODY_POINTS][body.weights[:BODY_POINTS, body.bone_index["head"]] > 0.6]
    eye = body.points[14598:14742].mean(axis=0)
    middle = np.array([0.0, (points[:, 1].min() + points[:, 1].max()) / 2 + 0.01, eye[2] + 0.01])
    elevations = np.concatenate([np.arange(86, shell.low, -8.0), [shell.low]])
    away = points - middle
    far = np.linalg.norm(away, axis=1)
    alike = directions(elevations).reshape(-1, 3) @ (away / far[:, None]).T
    radius = np.where(alike > NEAR, far[None], 0).max(axis=1).reshape(len(elevations), AROUND)
    radius = np.where(radius > 0, radius, radius.max(axis=1, keepdims=True))
    for _ in range(3):
        radius = (2 * radius + np.roll(radius, 1, axis=1) + np.roll(radius, -1, axis=1)) / 4
        radius[1:-1] = (2 * radius[1:-1] + radius[:-2] + radius[2:]) / 4
    high = np.clip((elevations - shell.low) / 40, 0, 1)[:, None]
    return middle, radius + shell.off_m + shell.puff_m * np.sin(np.pi * np.minimum(high, 0.8)), elevations


def assembled(body: Body, shell: Shell, middle: np.ndarray, radius: np.ndarray, rows: np.ndarray, paint: Paint) -> Part:
    """Crown, rows, drape or brim, rim turned in; faces of the opening left out."""
    points = (middle + directions(rows) * radius[..., None]).reshape(-1, 3)
    head = np.zeros((len(points), len(body.bones)))
    head[:, body.bone_index["head"]] = 1
    grid = [points, head]
    count = len(rows)
    if shell.drape:
        grid, count = draped(body, grid, count)
    elif not shell.brim_m:
        inner = points[-AROUND:] + (middle - points[-AROUND:]) * 0.1
        grid, count = [np.concatenate([points, inner]), np.concatenate([head, head[-AROUND:]])], count + 1
    faces = ring_faces(count, lambda row, step: is_open(shell, rows, row, step))
    top = len(grid[0])
    all_points = np.concatenate([grid[0], (middle + [0, 0, radius[0].mean()])[None]])
    weights = np.concatenate([grid[1], head[:1]])
    faces += [[step, (step + 1) % AROUND, top] for step in range(AROUND)]
    if shell.brim_m:
        all_points, weights, faces = with_brim(shell, all_points, weights, faces, (len(rows) - 1) * AROUND)
    part = Part("headgear", all_points, weights, faces, flat_uvs(faces), paint, True)
    if shell.hides_hair:
        part.points = relaxed(part.points, part.faces, 2, np.full(len(part.points), 0.4))
    return part


def is_open(shell: Shell, rows: np.ndarray, row: int, step: int) -> bool:
    """Whether the face between two rows lies in the opening for the wearer's face; its corners are round."""
    if shell.opening is None or row + 1 >= len(rows):
        return False
    half, top, bottom = shell.opening
    angle = (step + 0.5) * 360 / AROUND
    angle, height = min(angle, 360 - angle), (rows[row] + rows[row + 1]) / 2
    if not bottom < height < top:
        return False
    middle = (top + bottom) / 2
    return (angle / half) ** 4 + (abs(height - middle) / ((top - bottom) / 2)) ** 4 < 1.15


def ring_faces(rows: int, is_left_out: object) -> list[list[int]]:
    """Quads between rows of points."""
    faces = []
    for row in range(rows - 1):
        for step in range(AROUND):
            if not is_left_out(row, step):
                after = (step + 1) % AROUND
                low = (row + 1) * AROUND
                faces.append([row * AROUND + step, low + step, low + after, row * AROUND + after])
    return faces


def flat_uvs(faces: list[list[int]]) -> np.ndarray:
    """No picture is mapped: all zero."""
    return np.zeros((sum(len(face) for face in faces), 2))


def draped(body: Body, grid: list[np.ndarray], count: int) -> tuple[list[np.ndarray], int]:
    """Adds rows from the jaw down onto the shoulders, moving with neck and chest there."""
    points, weights = grid
    last = points[-AROUND:]
    neck = body.head("neck01")
    azimuth = np.linspace(0, 2 * np.pi, AROUND, endpoint=False)
    rows, row_weights = [points], [weights]
    for share in (0.35, 0.7, 1.0):
        wide, deep = 0.085 + 0.05 * share, 0.085 + 0.035 * share
        ring = np.stack(
            [np.sin(azimuth) * wide, neck[1] - np.cos(azimuth) * deep, np.full(AROUND, neck[2] + 0.055 - 0.045 * share)], axis=1
        )
        blend = np.sqrt(share)
        rows.append(last * (1 - blend) + ring * blend)
        mixed = np.zeros((AROUND, len(body.bones)))
        mixed[:, body.bone_index["head"]] = (1 - share) * 0.6
        mixed[:, body.bone_index["neck01"]] = (1 - share) * 0.4
        mixed[:, body.bone_index["spine01"]] = share
        row_weights.append(mixed)
    return [np.concatenate(rows), np.concatenate(row_weights)], count + 3


def with_brim(shell: Shell, points: np.ndarray, weights: np.ndarray, faces: list, rim: int) -> tuple:
    """A visor or a brim all round, from the lowest row outward and a little down."""
    start = points[rim : rim + AROUND]
    azimuth = np.linspace(0, 360, AROUND, endpoint=False)
    off = np.minimum(azimuth, 360 - azimuth)
    wide = np.where(off <= shell.brim_half, shell.brim_m * np.sqrt(np.clip(1 - (off / (shell.brim_half + 1)) ** 2, 0, 1)), 0.004)
    if shell.brim_half >= 180:
        wide = np.full(AROUND, shell.brim_m)
    outward = np.stack([np.sin(azimuth * DEGREE), -np.cos(azimuth * DEGREE), np.zeros(AROUND)], axis=1)
    rings = []
    for share in (0.5, 1.0):
        ring = start + outward * (wide * share)[:, None]
        ring[:, 2] -= shell.brim_drop_m * share * np.minimum(wide / shell.brim_m, 1) + 0.006
        rings.append(ring)
    first = len(points)
    points, weights = np.concatenate([points, *rings]), np.concatenate([weights, *[weights[rim : rim + AROUND]] * 2])
    for low, high in ((rim, first), (first, first + AROUND)):
        faces += [[low + step, high + step, high + (step + 1) % AROUND, low + (step + 1) % AROUND] for step in range(AROUND)]
    return points, weights, faces


def mask(body: Body, middle: np.ndarray, radius: np.ndarray, rows: np.ndarray, paint: Paint) -> Part:
    """A welder's mask over the whole face, held by a band."""
    keep = rows < 44
    azimuth = np.linspace(0, 360, AROUND, endpoint=False)
    band = int(np.argmin(np.abs(rows - 24)))
    ahead = np.clip(np.cos(azimuth * DEGREE), 0, 1)
    face = np.maximum(radius, 0.105 + 0.045 * ahead) + 0.01
    face[band : band + 2] = np.where(ahead > 0.2, face[band : band + 2], radius[band : band + 2])
    points = (middle + directions(rows) * face[..., None]).reshape(-1, 3)
    first = int(np.argmax(keep))

    def is_left_out(row: int, step: int) -> bool:
        angle = (step + 0.5) * 360 / AROUND
        is_front = min(angle, 360 - angle) < 78 - max(0.0, -rows[row] - 20) * 0.9
        return not ((row >= first and is_front) or row == band)

    faces = ring_faces(len(rows), is_left_out)
    weights = np.zeros((len(points), len(body.bones)))
    weights[:, body.bone_index["head"]] = 1
    part = Part("headgear", points, weights, faces, flat_uvs(faces), paint, True)
    off = np.minimum(azimuth, 360 - azimuth)
    glass = (np.abs(rows[:, None] - 2) < 9) & (off[None] < 27)
    part.attributes["limb"] = glass.reshape(-1).astype(float)
    return part


def scalp(body: Body, points: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """How much cropped hair grows at points of the head, 0..1: soft at the hairline, none on the face."""
    eye = body.points[14598:14742].mean(axis=0)
    top = body.points[:BODY_POINTS][:, 2].max()
    high = (points[:, 2] - eye[2]) / (top - eye[2])
    middle = (points[:, 1].min() + points[:, 1].max()) / 2
    ahead = np.clip((middle - points[:, 1]) / 0.10, -1, 1)
    line = np.where(ahead > 0, 0.05 + 0.62 * np.abs(ahead) ** 1.5, 0.05 + 0.55 * ahead)
    grown = np.clip((high - line) / 0.16 + 0.35, 0, 1)
    return grown * np.clip(share_of(body, weights, ("head",)) * 2 - 0.8, 0, 1)
