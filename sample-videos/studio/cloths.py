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
    is_rough = "strands" in paint.marks
    light = nodes.math("ADD", nodes.math("MULTIPLY", grey.outputs[0], 1.6), 0.35)
    nodes.join(image.outputs[1], nodes.surface.inputs["Alpha"])
    if is_rough:
        noise = nodes.add("ShaderNodeTexNoise", noise_dimensions="3D")
        noise.inputs["Scale"].default_value = 70.0
        rest = nodes.add("ShaderNodeAttribute", attribute_name="rest")
        nodes.join(rest.outputs["Vector"], noise.inputs["Vector"])
        light = nodes.math("MULTIPLY", light, nodes.math("ADD", nodes.math("MULTIPLY", noise.outputs[0], 1.5), 0.3))
        ragged = nodes.math("ADD", nodes.math("MULTIPLY", noise.outputs[0], 1.6), -0.15, True)
        nodes.join(nodes.math("MULTIPLY", image.outputs[1], nodes.math("MAXIMUM", ragged, 0.55)), nodes.surface.inputs["Alpha"])
    colour = nodes.mix(1.0, linear(paint.colour), light, "MULTIPLY")
    return nodes.finish(colour, 0.8 if is_rough else 0.45, specular=0.15 if is_rough else 0.4)


def marked(nodes: Nodes, colour: object, split: object, marks: tuple[str, ...]) -> object:
    """Seams, pockets and weave of a garment drawn by the resting place (metres on a body of 1.7 m)."""
    x, y, z = split.outputs
    front = nodes.math("LESS_THAN", y, -0.02)
    side = nodes.math("ABSOLUTE", x)

    def darker(colour: object, where: object, by: float) -> object:
        return nodes.mix(nodes.math("MULTIPLY", where, by), colour, (0.012, 0.012, 0.014, 1))

    def both(*shares: object) -> object:
        result = shares[0]
        for share in shares[1:]:
            result = nodes.math("MULTIPLY", result, share)
        return result

    def framed(middle_x: float, middle_z: float, wide: float, high: float) -> object:
        outer = both(within(nodes, side, middle_x, wide), within(nodes, z, middle_z, high), front)
        inner = both(within(nodes, side, middle_x, wide - 0.006), within(nodes, z, middle_z, high - 0.006))
        flap = both(within(nodes, side, middle_x, wide), within(nodes, z, middle_z + high - 0.03, 0.004), front)
        return nodes.math("MAXIMUM", nodes.math("SUBTRACT", outer, both(outer, inner)), flap)

    if "checks" in marks:
        for axis in (x, z):
            wave = nodes.math("SINE", nodes.math("MULTIPLY", axis, 2 * 3.14159 / 0.05))
            colour = darker(colour, nodes.math("GREATER_THAN", wave, 0.1), 0.42)
    if "grid" in marks:
        for axis in (x, z):
            wave = nodes.math("SINE", nodes.math("MULTIPLY", axis, 2 * 3.14159 / 0.028))
            colour = darker(colour, nodes.math("GREATER_THAN", wave, 0.94), 0.13)
    if "zip" in marks:
        colour = darker(colour, both(within(nodes, x, 0.0, 0.007), front, nodes.math("GREATER_THAN", z, 0.5)), 0.55)
    if "pockets" in marks:
        colour = darker(colour, framed(0.088, 1.29, 0.052, 0.062), 0.6)
        badge = both(within(nodes, x, 0.088, 0.034), within(nodes, z, 1.385, 0.010), front)
        colour = nodes.mix(badge, colour, linear((0.80, 0.82, 0.84)))
    if "low-pockets" in marks:
        colour = darker(colour, framed(0.115, 0.93, 0.062, 0.075), 0.55)
    if "belt" in marks:
        colour = darker(colour, within(nodes, z, 1.0, 0.019), 0.42)
    return colour


def workwear(nodes: Nodes, paint: Paint) -> bpy.types.Material:
    """Sewn work clothes: folds of light and dark, dust on the legs, marks, reflective stripes."""
    rest = nodes.add("ShaderNodeAttribute", attribute_name="rest")
    split = nodes.add("ShaderNodeSeparateXYZ")
    nodes.join(rest.outputs["Vector"], split.inputs[0])
    noise = nodes.add("ShaderNodeTexNoise", noise_dimensions="3D")
    noise.inputs["Scale"].default_value = 8.0
    noise.inputs["Detail"].default_value = 2.0
    noise.inputs["Distortion"].default_value = 0.6
    nodes.join(rest.outputs["Vector"], noise.inputs["Vector"])
    shade = nodes.add("ShaderNodeMapRange")
    for slot, value in ((1, 0.3), (2, 0.7), (3, 0.74), (4, 1.10)):
        shade.inputs[slot].default_value = value
    nodes.join(noise.outputs[0], shade.inputs[0])
    colour = marked(nodes, linear(paint.colour), split, paint.marks)
    colour = nodes.mix(1.0, colour, shade.outputs[0], "MULTIPLY")
    dust = nodes.math("MULTIPLY", nodes.math("LESS_THAN", split.outputs[2], 0.62), nodes.math("SUBTRACT", noise.outputs[0], 0.3))
    colour = nodes.mix(nodes.math("MULTIPLY", dust, 0.35, True), colour, linear((0.36, 0.33, 0.29)))
    if paint.stripes:
        limb = nodes.add("ShaderNodeAttribute", attribute_name="limb")
        bands = [within(nodes, limb.outputs["Fac"], middle, 0.024) for middle in (0.32, 1.46)]
        bands.append(within(nodes, split.outputs[2], 1.14, 0.024))
        total = nodes.math("MAXIMUM", nodes.math("MAXIMUM", bands[0], bands[1]), bands[2])
        colour = nodes.mix(total, colour, linear((0.80, 0.81, 0.79)))
    bump = nodes.add("ShaderNodeBump")
    bump.inputs["Strength"].default_value = 0.75
    bump.inputs["Distance"].default_value = 0.035
    nodes.join(noise.outputs[0], bump.inputs["Height"])
    nodes.join(bump.outputs[0], nodes.surface.inputs["Normal"])
    return nodes.finish(colour, 0.85, specular=0.12)


def headgear(nodes: Nodes, paint: Paint) -> bpy.types.Material:
    """Canvas, knit, straw, print, net or a welder's mask, by the kind of the paint."""
    rest = nodes.add("ShaderNodeAttribute", attribute_name="rest")
    colour: object = linear(paint.colour)
    if paint.kind == "mask":
        limb = nodes.add("ShaderNodeAttribute", attribute_name="limb")
        colour = nodes.mix(limb.outputs["Fac"], colour, (0.02, 0.07, 0.04, 1))
        return nodes.finish(colour, 0.35, specular=0.45)
    noise = nodes.add("ShaderNodeTexNoise", noise_dimensions="3D")
    noise.inputs["Scale"].default_value = {"print": 34.0, "straw": 60.0}.get(paint.kind, 14.0)
    noise.inputs["Detail"].default_value = 1.0
    nodes.join(rest.outputs["Vector"], noise.inputs["Vector"])
    if paint.kind == "print":
        dots = nodes.math("GREATER_THAN", noise.outputs[0], 0.58)
        colour = nodes.mix(nodes.math("MULTIPLY", dots, 0.7), colour, linear((0.92, 0.86, 0.78)))
    if paint.kind in ("straw", "knit"):
        split = nodes.add("ShaderNodeSeparateXYZ")
        nodes.join(rest.outputs["Vector"], split.inputs[0])
        along = split.outputs[2] if paint.kind == "straw" else nodes.math("ARCTAN2", split.outputs[0], split.outputs[1])
        wave = nodes.math("SINE", nodes.math("MULTIPLY", along, 500.0 if paint.kind == "straw" else 60.0))
        colour = nodes.mix(nodes.math("MULTIPLY", nodes.math("GREATER_THAN", wave, 0.3), 0.3), colour, (0.05, 0.035, 0.02, 1))
    light = nodes.math("ADD", nodes.math("MULTIPLY", noise.outputs[0], 0.5), 0.72)
    colour = nodes.mix(1.0, colour, light, "MULTIPLY")
    return nodes.finish(colour, 0.9, specular=0.1)


def skin(nodes: Nodes, paint: Paint) -> bpy.types.Material:
    """A skin picture; where hair is cropped short (attribute `scalp`) the second colour shows through."""
    if "scalp" not in paint.marks:
        return textured(nodes, paint, 0.55, 0.35)
    tone: object = linear(paint.colour)
    if paint.picture is not None:
        image = nodes.add("ShaderNodeTexImage", image=picture(paint.picture))
        tone = nodes.mix(1.0, image.outputs[0], tone, "MULTIPLY")
    grown = nodes.add("ShaderNodeAttribute", attribute_name="scalp")
    return nodes.finish(nodes.mix(nodes.math("MULTIPLY", grown.outputs["Fac"], 0.88), tone, linear(paint.second)), 0.6)


def plain_paint(name: str, colour: tuple[float, float, float]) -> bpy.types.Material:
    """One colour, for what people carry."""
    return Nodes(name).finish(linear(colour), 0.7, specular=0.25)


def material_of(name: str, paint: Paint) -> bpy.types.Material:
    """The material of a part."""
    nodes = Nodes(name)
    if paint.kind == "cloth":
        return cloth(nodes, paint)
    if paint.kind == "workwear":
        return workwear(nodes, paint)
    if paint.kind in ("canvas", "knit", "straw", "print", "net", "mask"):
        return headgear(nodes, paint)
    if paint.kind == "vest":
        return vest_cloth(nodes, paint)
    if paint.kind == "hair":
        return hair(nodes, paint)
    if paint.kind == "skin":
        return skin(nodes, paint)
    if paint.kind == "hat":
        return nodes.finish(linear(paint.colour), 0.28, specular=0.5)
    if paint.kind == "eye":
        return nodes.finish(linear((0.12, 0.09, 0.08)), 0.2)
    return textured(nodes, paint, 0.6, 0.3)
