# SPDX-License-Identifier: Apache-2.0
"""Materials of people: cloth, vests, hair, skin, hats, by the kind that a part's `Paint` names."""

from __future__ import annotations

import bpy

from paint import Nodes, linear, picture, within
from wardrobe import Paint


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
