# SPDX-License-Identifier: Apache-2.0
"""Blender materials: cheap to render, picture textures instead of procedural noise where it counts."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np

from wardrobe import Paint

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


def cloth(nodes: Nodes, paint: Paint) -> bpy.types.Material:
    """One-colour or two-piece work clothes with a slight weave of light and dark; optional stripes."""
    rest = nodes.add("ShaderNodeAttribute", attribute_name="rest")
    split = nodes.add("ShaderNodeSeparateXYZ")
    nodes.join(rest.outputs["Vector"], split.inputs[0])
    colour: object = linear(paint.colour)
    if paint.second != paint.colour:
        waist = nodes.math("LESS_THAN", split.outputs[2], 0.99)
        colour = nodes.mix(waist, colour, linear(paint.second))
    noise = nodes.add("ShaderNodeTexNoise", noise_dimensions="3D")
    noise.inputs["Scale"].default_value = 9.0
    noise.inputs["Detail"].default_value = 2.0
    nodes.join(rest.outputs["Vector"], noise.inputs["Vector"])
    shade = nodes.add("ShaderNodeMapRange")
    for slot, value in ((1, 0.3), (2, 0.7), (3, 0.72), (4, 1.12)):
        shade.inputs[slot].default_value = value
    nodes.join(noise.outputs[0], shade.inputs[0])
    colour = nodes.mix(1.0, colour, shade.outputs[0], "MULTIPLY")
    belt = within(nodes, split.outputs[2], 0.985, 0.018)
    colour = nodes.mix(nodes.math("MULTIPLY", belt, 0.35), colour, (0.01, 0.01, 0.01, 1))
    if paint.stripes:
        limb = nodes.add("ShaderNodeAttribute", attribute_name="limb")
        bands = [within(nodes, limb.outputs["Fac"], middle, 0.022) for middle in (0.3, 1.48)]
        bands.append(within(nodes, split.outputs[2], 1.15, 0.022))
        total = nodes.math("MAXIMUM", nodes.math("MAXIMUM", bands[0], bands[1]), bands[2])
        colour = nodes.mix(total, colour, linear((0.86, 0.87, 0.84)))
    bump = nodes.add("ShaderNodeBump")
    bump.inputs["Strength"].default_value = 0.55
    bump.inputs["Distance"].default_value = 0.03
    nodes.join(noise.outputs[0], bump.inputs["Height"])
    nodes.join(bump.outputs[0], nodes.surface.inputs["Normal"])
    return nodes.finish(colour, 0.85, specular=0.15)


def vest_cloth(nodes: Nodes, paint: Paint) -> bpy.types.Material:
    """Hi-vis with two silver belts and braces."""
    rest = nodes.add("ShaderNodeAttribute", attribute_name="rest")
    split = nodes.add("ShaderNodeSeparateXYZ")
    nodes.join(rest.outputs["Vector"], split.inputs[0])
    belts = nodes.math("MAXIMUM", within(nodes, split.outputs[2], 1.03, 0.025), within(nodes, split.outputs[2], 1.17, 0.025))
    braces = within(nodes, nodes.math("ABSOLUTE", split.outputs[0]), 0.10, 0.022)
    opening = within(nodes, split.outputs[0], 0.0, 0.008)
    colour = nodes.mix(nodes.math("MAXIMUM", belts, braces), linear(paint.colour), linear((0.83, 0.84, 0.82)))
    colour = nodes.mix(nodes.math("MULTIPLY", opening, 0.7), colour, (0.02, 0.02, 0.02, 1))
    return nodes.finish(colour, 0.7, specular=0.2)


def textured(nodes: Nodes, paint: Paint, roughness: float, specular: float) -> bpy.types.Material:
    """A picture tinted by the colour, or just the colour."""
    if paint.picture is None:
        return nodes.finish(linear(paint.colour), roughness, specular=specular)
    image = nodes.add("ShaderNodeTexImage", image=picture(paint.picture))
    return nodes.finish(nodes.mix(1.0, image.outputs[0], linear(paint.colour), "MULTIPLY"), roughness, specular=specular)


def hair(nodes: Nodes, paint: Paint) -> bpy.types.Material:
    """Hair strips: the picture's alpha cuts them out, its lightness varies the colour."""
    if paint.picture is None:
        return nodes.finish(linear(paint.colour), 0.5)
    image = nodes.add("ShaderNodeTexImage", image=picture(paint.picture))
    grey = nodes.add("ShaderNodeRGBToBW")
    nodes.join(image.outputs[0], grey.inputs[0])
    light = nodes.math("ADD", nodes.math("MULTIPLY", grey.outputs[0], 1.6), 0.35)
    nodes.join(image.outputs[1], nodes.surface.inputs["Alpha"])
    return nodes.finish(nodes.mix(1.0, linear(paint.colour), light, "MULTIPLY"), 0.45, specular=0.4)


def material_of(name: str, paint: Paint) -> bpy.types.Material:
    """The material of a part."""
    nodes = Nodes(name)
    if paint.kind == "cloth":
        return cloth(nodes, paint)
    if paint.kind == "vest":
        return vest_cloth(nodes, paint)
    if paint.kind == "hair":
        return hair(nodes, paint)
    if paint.kind == "skin":
        return textured(nodes, paint, 0.55, 0.35)
    if paint.kind == "hat":
        return nodes.finish(linear(paint.colour), 0.28, specular=0.5)
    if paint.kind == "eye":
        return nodes.finish(linear((0.12, 0.09, 0.08)), 0.2)
    return textured(nodes, paint, 0.6, 0.3)
