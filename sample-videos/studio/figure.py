# SPDX-License-Identifier: Apache-2.0
"""A person on the stage: what it is, how it moves, its Blender objects, what it wears on the head now."""

from __future__ import annotations

import math
from dataclasses import dataclass

import bpy
import mathutils
import numpy as np

from actor import Actor, Gesture, Look
from carry import load
from cloths import material_of, plain_paint
from gait import Walk
from kit import mesh_object
from people import Person, make_person
from posture import SHAPES, Posture
from wardrobe import Part, below

HEAD_INDEX, BODY_INDEX, HELD_INDEX = 2, 1, 200
SENSIBLE_STEP_M = 0.66


@dataclass
class Figure:
    """A person, its movement and its Blender objects by part name."""

    track: int
    words: dict
    person: Person
    actor: Actor
    things: dict[str, bpy.types.Object]

    @property
    def head_index(self) -> int:
        """Object index of everything that belongs to the head; one less is the rest of the body."""
        return 2 * self.track + HEAD_INDEX - 2

    def headwear(self, look: Look) -> str:
        """What a perfect analyzer calls the head when it can be seen: helmet, bare or other."""
        if self.person.hat is None or look.hat_is_off:
            return self.person.headwear
        return "helmet"

    def show(self, look: Look) -> None:
        """Moves the Blender objects into a look."""
        for name, points in (look.points | look.held).items():
            mesh = self.things[name].data
            mesh.vertices.foreach_set("co", np.asarray(points, dtype=np.float32).ravel())
            mesh.update()
        if "hat" in self.things:
            hat = self.things["hat"]
            hat.matrix_world = mathutils.Matrix(look.hat.tolist())
            hat.pass_index = HELD_INDEX if look.hat_is_off else self.head_index
            if "hair-low" in self.things:
                self.things["hair"].hide_render = not look.hat_is_off
                self.things["hair-low"].hide_render = look.hat_is_off

    def shadow_meshes(self, look: Look) -> list[tuple[np.ndarray, np.ndarray | None]]:
        """What throws a shadow: the garment's quads; hulls (None) of head, hat, each hand and shoe."""
        meshes: list[tuple[np.ndarray, np.ndarray | None]] = []
        for part in self.person.parts:
            points = look.points[part.name]
            if part.name in ("garment", "top"):
                meshes.append((points, quads(part.faces)))
            elif part.name in ("face", "headgear"):
                meshes.append((points, None))
            elif part.name in ("hands", "shoes"):
                left = part.points[:, 0] > 0
                meshes += [(points[left], None), (points[~left], None)]
        meshes += [(points, None) for points in look.held.values()]
        hat = self.person.hat
        if hat is not None and look.hat is not None:
            meshes.append((hat.points @ look.hat[:3, :3].T + look.hat[:3, 3], None))
        return meshes


def make_figure(track: int, words: dict, seed: int) -> Figure:
    """Dresses a person, plans what it does and puts its objects into the scene."""
    person = make_person(words, seed)
    walk, postures = plan_walk(words, person)
    actor = Actor(f"person{track}", person.body, person.parts, person.hat, walk, seed)
    actor.postures += postures
    direct(actor, words)
    figure = Figure(track, words, person, actor, {})
    for part in person.parts:
        index = figure.head_index if part.is_head else figure.head_index - HEAD_INDEX + BODY_INDEX
        figure.things[part.name] = part_object(f"{track}-{part.name}", part, index, 1.7 / person.body.traits.stature_m)
    if person.hat is not None:
        add_hat(figure)
    if actor.load is not None:
        thing = mesh_object(f"{track}-held", actor.load.points, actor.load.faces, plain_paint(f"{track}-held", actor.load.colour))
        thing.pass_index = HELD_INDEX
        figure.things["held"] = thing
    return figure


def add_hat(figure: Figure) -> None:
    """The hat's object, and the hair that shows below it."""
    hat, name = figure.person.hat, f"{figure.track}-hat"
    thing = mesh_object(name, hat.points, hat.faces, material_of(name, figure.person.hat_paint), True)
    thing.pass_index = figure.head_index
    figure.things["hat"] = thing
    hair = next((part for part in figure.person.parts if part.name == "hair"), None)
    if hair is not None:
        low = below(hair, hat.seat[2] - 0.005)
        figure.person.parts.append(low)
        figure.things["hair-low"] = part_object(f"{figure.track}-hair-low", low, figure.head_index, 1.0)


def part_object(name: str, part: Part, index: int, rest_scale: float) -> bpy.types.Object:
    """The Blender object of a part; `rest` keeps its resting place for the paint, at the scale of 1.7 m."""
    thing = mesh_object(name, part.points, part.faces, material_of(name, part.paint), True)
    mesh = thing.data
    mesh.uv_layers.new(name="uv").data.foreach_set("uv", np.asarray(part.uvs, dtype=np.float32).ravel())
    rest = mesh.attributes.new("rest", "FLOAT_VECTOR", "POINT")
    rest.data.foreach_set("vector", np.asarray(part.points * rest_scale, dtype=np.float32).ravel())
    for key, values in part.attributes.items():
        mesh.attributes.new(key, "FLOAT", "POINT").data.foreach_set("value", np.asarray(values, dtype=np.float32))
    thing.pass_index = index
    return thing


def quads(faces: list[list[int]]) -> np.ndarray:
    """Faces as index rows of four; triangles repeat a corner."""
    return np.array([face if len(face) == 4 else [*face, face[-1]] for face in faces])


def plan_walk(words: dict, person: Person) -> tuple[Walk, list[Posture]]:
    """Turns the list `do` of a person into a plan of steps: `walk`, `stand`, `face`, `crouch`, `kneel`, `bend`, `sit`."""
    postures = []
    hips = abs(person.body.head("upperleg01.L")[0]) * 2
    walk = Walk(
        tuple(words["at"]), math.radians(words.get("facing", 0)), hips, SENSIBLE_STEP_M * person.body.traits.stature_m / 1.72
    )
    for action in words.get("do", []):
        if "walk" in action:
            walk.walk(action["walk"], float(action.get("speed", 1.2)))
        if "face" in action:
            walk.face(math.radians(action["face"]))
        if "stand" in action:
            walk.stand(float(action["stand"]))
        for name in SHAPES.keys() & action.keys():
            seconds, start_s = float(action[name]), walk.time_s
            is_first, is_last = start_s == 0, seconds >= 60
            walk.brace(seconds, SHAPES[name].steps_m)
            at = tuple(action["hands"]) if "hands" in action else None
            postures.append(
                Posture(name, start_s - 5 * is_first, walk.time_s + 500 * is_last, at, float(action.get("seat_m", 0.45)))
            )
    walk.stand(600.0)
    return walk, postures


def direct(actor: Actor, words: dict) -> None:
    """Gestures, glances and the hat, from the scene's words."""
    for gesture in words.get("gestures", []):
        actor.gestures.append(Gesture(gesture["name"], gesture.get("from", -10.0), gesture.get("to", 1000.0)))
    actor.glances += [tuple(glance) for glance in words.get("glances", [])]
    actor.looks += [tuple(look) for look in words.get("looks", [])]
    if "carries" in words:
        actor.load = load(words["carries"])
        if actor.load.gesture:
            actor.gestures.append(Gesture(actor.load.gesture, -10.0, 1000.0))
    actor.hat_in = words.get("hat_in")
    if actor.hat_in is not None:
        actor.gestures.append(Gesture("under_arm" if actor.hat_in == "arm" else "bag", -10.0, 1000.0))
    if "hat_off" in words:
        actor.take_hat_off(*words["hat_off"])
