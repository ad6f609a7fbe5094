# SPDX-License-Identifier: Apache-2.0
"""Blender materials: cheap to render, picture textures instead of procedural noise where it counts."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np

_pictures: dict[str, bpy.types.Image] = {}


def linear(colour: tuple[float, float, float]) -> tuple[float, float, float, float]:
    """sRGB 0..1 to linear RGBA."""
    value = np.asarray(colour, dtype=float)
    line = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return (*line.tolist(), 1.0)


def picture(path: Path) -> bpy.types.Image:
    """A picture file, loaded once."""
    key = str(path)
    if key not in _pictures:
        _pictures[key] = bpy.data.images.load(key)
    return _pictures[key]


def baked(name: str, pixels: np.ndarray, is_colour: bool = True) -> bpy.types.Image:
    """A picture from an array (height, width, 3), 0..1, sRGB for colours."""
    if name not in _pictures:
        height, width = pixels.shape[:2]
        image = bpy.data.images.new(name, width, height, alpha=False, float_buffer=False)
        image.colorspace_settings.name = "sRGB" if is_colour else "Non-Color"
        rgba = np.ones((height, width, 4), dtype=np.float32)
        rgba[..., :3] = pixels
        image.pixels.foreach_set(rgba[::-1].ravel())
        image.update()
        image.pack()
        _pictures[name] = image
    return _pictures[name]


class Nodes:
    """A material's node tree with short ways to add and join nodes."""

    def __init__(self, name: str) -> None:
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.tree = self.material.node_tree
        self.surface = self.tree.nodes["Principled BSDF"]

    def add(self, kind: str, **settings: object) -> bpy.types.Node:
        """A new node with attributes set."""
        node = self.tree.nodes.new(kind)
        for key, value in settings.items():
            setattr(node, key, value)
        return node

    def join(self, source: object, target: object) -> None:
        """Links an output to an input."""
        self.tree.links.new(source, target)

    def math(self, operation: str, one: object, two: object = 0.0, clamp: bool = False) -> object:
        """A math node; numbers or sockets as arguments; its output."""
        node = self.add("ShaderNodeMath", operation=operation, use_clamp=clamp)
        for slot, value in enumerate((one, two)):
            if isinstance(value, (int, float)):
                node.inputs[slot].default_value = value
            else:
                self.join(value, node.inputs[slot])
        return node.outputs[0]

    def mix(self, share: object, one: object, two: object, blend: str = "MIX") -> object:
        """A colour mix; colours or sockets; its output."""
        node = self.add("ShaderNodeMix", data_type="RGBA", blend_type=blend)
        for slot, value in ((0, share), (6, one), (7, two)):
            if isinstance(value, (int, float, tuple)):
                node.inputs[slot].default_value = value
            else:
                self.join(value, node.inputs[slot])
        return node.outputs[2]

    def finish(self, colour: object, roughness: float, metal: float = 0.0, specular: float = 0.35) -> bpy.types.Material:
        """Sets the surface and gives the material."""
        if isinstance(colour, tuple):
            self.surface.inputs["Base Color"].default_value = colour
        else:
            self.join(colour, self.surface.inputs["Base Color"])
        self.surface.inputs["Roughness"].default_value = roughness
        self.surface.inputs["Metallic"].default_value = metal
        self.surface.inputs["Specular IOR Level"].default_value = specular
        return self.material


def within(nodes: Nodes, value: object, middle: float, half: float) -> object:
    """1 where |value - middle| < half."""
    return nodes.math("LESS_THAN", nodes.math("ABSOLUTE", nodes.math("SUBTRACT", value, middle)), half)
