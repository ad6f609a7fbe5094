# SPDX-License-Identifier: Apache-2.0
"""Materials of buildings and things: a numpy picture, projected from six sides, a roughness, a shine."""

from __future__ import annotations

import functools
import zlib

import bpy
import numpy as np

import textures
from paint import Nodes, baked

PICTURE_PX = 768
YELLOW, BLACK, GREY, BLUE = (0.86, 0.66, 0.08), (0.05, 0.05, 0.05), (0.55, 0.57, 0.58), (0.16, 0.32, 0.52)


@functools.cache
def surface(
    kind: str, colour: tuple[float, float, float], tile_m: float = 2.0, rough: float = 0.8, metal: float = 0.0
) -> bpy.types.Material:
    """A material by texture kind (a function of textures.py) and colour; one tile spans `tile_m`."""
    name = f"{kind}-{'-'.join(f'{part:.2f}' for part in colour)}-{tile_m}-{rough}-{metal}"
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    image = baked(name, getattr(textures, kind)(rng, PICTURE_PX, colour))
    nodes = Nodes(name)
    node = nodes.add("ShaderNodeTexImage", image=image, projection="BOX", projection_blend=0.1)
    scale = nodes.add("ShaderNodeMapping")
    scale.inputs["Scale"].default_value = (1 / tile_m,) * 3
    coordinates = nodes.add("ShaderNodeTexCoord")
    nodes.join(coordinates.outputs["Object"], scale.inputs[0])
    nodes.join(scale.outputs[0], node.inputs[0])
    return nodes.finish(node.outputs[0], rough, metal)


def plain(colour: tuple[float, float, float], rough: float = 0.6, metal: float = 0.0) -> bpy.types.Material:
    """Painted steel in a colour, a little worn."""
    return surface("worn_paint", colour, 1.5, rough, metal)


@functools.cache
def lamp(colour: tuple[float, float, float], strength: float) -> bpy.types.Material:
    """Something that shines."""
    nodes = Nodes(f"lamp-{colour}-{strength}")
    nodes.surface.inputs["Emission Color"].default_value = (*colour, 1)
    nodes.surface.inputs["Emission Strength"].default_value = strength
    return nodes.finish((*colour, 1.0), 0.5)


@functools.cache
def tinted_sheet(colour: tuple[float, float, float], clear: float = 0.45) -> bpy.types.Material:
    """A glossy plastic sheet that lets tinted light through, as welding curtains do."""
    nodes = Nodes(f"sheet-{colour}")
    through = nodes.add("ShaderNodeBsdfTransparent")
    through.inputs[0].default_value = (*colour, 1)
    mixed = nodes.add("ShaderNodeMixShader")
    mixed.inputs[0].default_value = clear
    nodes.join(nodes.surface.outputs[0], mixed.inputs[1])
    nodes.join(through.outputs[0], mixed.inputs[2])
    nodes.join(mixed.outputs[0], nodes.tree.nodes["Material Output"].inputs[0])
    return nodes.finish((*colour, 1.0), 0.18, specular=0.5)


def floor_material(spec: dict, seed: int) -> bpy.types.Material:
    """The floor of a scene as one picture over `size_m`."""
    rng = np.random.default_rng(seed)
    image = baked(f"floor-{seed}", textures.floor(rng, spec, int(spec.get("side_px", 3072))))
    nodes = Nodes("floor")
    node = nodes.add("ShaderNodeTexImage", image=image)
    coordinates = nodes.add("ShaderNodeTexCoord")
    nodes.join(coordinates.outputs["UV"], node.inputs[0])
    bump = nodes.add("ShaderNodeBump")
    bump.inputs["Strength"].default_value = 0.12
    bump.inputs["Distance"].default_value = 0.01
    nodes.join(node.outputs[0], bump.inputs["Height"])
    nodes.join(bump.outputs[0], nodes.surface.inputs["Normal"])
    return nodes.finish(node.outputs[0], float(spec.get("roughness", 0.85)), specular=float(spec.get("specular", 0.25)))
