# SPDX-License-Identifier: Apache-2.0
"""A scene description turned into a Blender scene: floor, things, light, camera, people over time."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from pathlib import Path

import bpy
import mathutils
import numpy as np

import textures
from actor import Actor, Gesture, Look
from camera import Camera
from gait import Walk
from kit import flat, mesh_object
from paint import baked, material_of
from people import Person, make_person
from scenery import place_props
from surfaces import floor_material, surface
from wardrobe import Part

HEAD_INDEX, BODY_INDEX, HELD_INDEX, FLOOR_INDEX = 2, 1, 200, 300
SENSIBLE_STEP_M = 0.66
QUIET_STEP_S = 0.3


@dataclass
class Figure:
    """A person on the stage: what it is, how it moves, its Blender objects by part name."""

    track: int
    words: dict
    person: Person
    actor: Actor
    things: dict[str, bpy.types.Object]

    def shadow_meshes(self, look: Look) -> list[tuple[np.ndarray, np.ndarray | None]]:
        """What throws a shadow: the garment's quads; hulls (None) of head, hat, each hand and shoe."""
        meshes: list[tuple[np.ndarray, np.ndarray | None]] = []
        for part in self.person.parts:
            points = look.points[part.name]
            if part.name == "garment":
                meshes.append((points, quads(part.faces)))
            elif part.name == "face":
                meshes.append((points, None))
            elif part.name in ("hands", "shoes"):
                left = part.points[:, 0] > 0
                meshes += [(points[left], None), (points[~left], None)]
        hat = self.person.hat
        if hat is not None and look.hat is not None:
            meshes.append((hat.points @ look.hat[:3, :3].T + look.hat[:3, 3], None))
        return meshes


class Stage:
    """Everything of one scene; `show(time)` moves the people."""

    def __init__(self, path: Path) -> None:
        self.words = scene_words(path)
        clip = self.words["clip"]
        self.seed, self.place_seed = int(clip["seed"]), int(self.words["place_seed"])
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self.scene = bpy.context.scene
        camera = self.words["camera"]
        width, height = clip.get("size_px", [1280, 720])
        self.camera = Camera(
            tuple(camera["at"]), tuple(camera["look"]), camera["lens_mm"], width, height, camera.get("roll", 0.0)
        )
        self.camera.add_to(self.scene)
        self._floor()
        place_props(self.words.get("props", []))
        self._light()
        self.shown: dict[int, tuple[float, Look]] = {}
        self.figures = [self._figure(number, words) for number, words in enumerate(self.words["people"], start=1)]

    def _floor(self) -> None:
        spec = self.words["floor"]
        half = spec["size_m"] / 2
        material = floor_material(spec, self.place_seed)
        flat([(-half, -half, 0), (half, -half, 0), (half, half, 0), (-half, half, 0)], material).pass_index = FLOOR_INDEX
        if spec.get("beyond", True):
            far = 150
            ground = surface(spec["base"], tuple(spec["colour"]), 6.0)
            flat(
                [(-far, -far, -0.02), (far, -far, -0.02), (far, far, -0.02), (-far, far, -0.02)], ground
            ).pass_index = FLOOR_INDEX

    def _light(self) -> None:
        light = self.words["light"]
        rng = np.random.default_rng(self.place_seed + 7)
        world = bpy.data.worlds.new("world")
        self.scene.world = world
        world.use_nodes = True
        tree = world.node_tree
        image = tree.nodes.new("ShaderNodeTexEnvironment")
        image.image = baked("sky", textures.sky(rng, light.get("cover", 0.3)) ** (1 / 2.2))
        background = tree.nodes["Background"]
        background.inputs[1].default_value = light.get("sky", 1.0)
        tree.links.new(image.outputs[0], background.inputs[0])
        self.sun = self.sun_direction = None
        if light.get("sun", 0) > 0:
            sun = bpy.data.lights.new("sun", "SUN")
            sun.energy, sun.angle = light["sun"], math.radians(light.get("sun_width", 1.5))
            sun.color = tuple(light.get("sun_colour", (1.0, 0.95, 0.87)))
            thing = bpy.data.objects.new("sun", sun)
            elevation, azimuth = math.radians(light["elevation"]), math.radians(light["azimuth"])
            thing.rotation_euler = (math.pi / 2 - elevation, 0, azimuth)
            self.scene.collection.objects.link(thing)
            self.sun = thing
            bpy.context.view_layer.update()
            self.sun_direction = np.array(thing.matrix_world.to_3x3().col[2])
        for lamp in light.get("lamps", []):
            self._lamp(lamp)

    def _lamp(self, words: dict) -> None:
        data = bpy.data.lights.new("lamp", "AREA")
        data.energy, data.shape = words["watts"], "RECTANGLE"
        data.size, data.size_y = words.get("size", [2.0, 0.5])
        data.color = tuple(words.get("colour", (1.0, 0.95, 0.88)))
        thing = bpy.data.objects.new("lamp", data)
        thing.location = tuple(words["at"])
        thing.rotation_euler = tuple(math.radians(angle) for angle in words.get("turn", [0, 0, 0]))
        self.scene.collection.objects.link(thing)

    def _figure(self, track: int, words: dict) -> Figure:
        seed = self.seed * 100 + track
        person = make_person(words, seed)
        actor = Actor(f"person{track}", person.body, person.parts, person.hat, plan_walk(words, person), seed)
        direct(actor, words)
        things: dict[str, bpy.types.Object] = {}
        for part in person.parts:
            index = 2 * track + (HEAD_INDEX if part.is_head else BODY_INDEX) - 2
            things[part.name] = self._part(f"{track}-{part.name}", part, index, 1.7 / person.body.traits.stature_m)
        if person.hat is not None:
            hat = person.hat
            things["hat"] = mesh_object(
                f"{track}-hat", hat.points, hat.faces, material_of(f"{track}-hat", person.hat_paint), True
            )
            things["hat"].pass_index = 2 * track + HEAD_INDEX - 2
            hair = next((part for part in person.parts if part.name == "hair"), None)
            if hair is not None:
                low = below(hair, hat.seat[2] - 0.005)
                person.parts.append(low)
                things["hair-low"] = self._part(f"{track}-hair-low", low, 2 * track + HEAD_INDEX - 2, 1.0)
        return Figure(track, words, person, actor, things)

    @staticmethod
    def _part(name: str, part: Part, index: int, rest_scale: float) -> bpy.types.Object:
        thing = mesh_object(name, part.points, part.faces, material_of(name, part.paint), True)
        mesh = thing.data
        mesh.uv_layers.new(name="uv").data.foreach_set("uv", np.asarray(part.uvs, dtype=np.float32).ravel())
        rest = mesh.attributes.new("rest", "FLOAT_VECTOR", "POINT")
        rest.data.foreach_set("vector", np.asarray(part.points * rest_scale, dtype=np.float32).ravel())
        for key, values in part.attributes.items():
            mesh.attributes.new(key, "FLOAT", "POINT").data.foreach_set("value", np.asarray(values, dtype=np.float32))
        thing.pass_index = index
        return thing

    def hide_people(self, is_hidden: bool) -> None:
        """For the picture of the empty scene."""
        for figure in self.figures:
            for thing in figure.things.values():
                thing.hide_render = is_hidden

    def pose_time(self, figure: Figure, time_s: float) -> float:
        """The time whose pose a person shows: somebody who only sways is posed a few times a second."""
        if not figure.actor.is_quiet(time_s):
            return time_s
        step_s = self.words["clip"].get("quiet_step_s", QUIET_STEP_S)
        return int(time_s / step_s + 1e-6) * step_s

    def hold_out_things(self) -> None:
        """From now on the camera sees only people; everything else hides and lights them."""
        people = {thing for figure in self.figures for thing in figure.things.values()}
        for thing in self.scene.objects:
            if thing.type in ("MESH", "CURVE") and thing not in people:
                thing.is_holdout = True

    def show(self, time_s: float) -> list[Look]:
        """Moves everybody to a time; what they look like then, in the order of `figures`."""
        looks = []
        for figure in self.figures:
            moment = self.pose_time(figure, time_s)
            shown = self.shown.get(figure.track)
            if shown is not None and shown[0] == moment:
                looks.append(shown[1])
                continue
            look = figure.actor.at(moment)
            self.shown[figure.track] = moment, look
            for name, points in look.points.items():
                mesh = figure.things[name].data
                mesh.vertices.foreach_set("co", np.asarray(points, dtype=np.float32).ravel())
                mesh.update()
            if "hat" in figure.things:
                hat = figure.things["hat"]
                hat.matrix_world = mathutils.Matrix(look.hat.tolist())
                hat.pass_index = HELD_INDEX if look.hat_is_off else 2 * figure.track + HEAD_INDEX - 2
                if "hair-low" in figure.things:
                    figure.things["hair"].hide_render = not look.hat_is_off
                    figure.things["hair-low"].hide_render = look.hat_is_off
            looks.append(look)
        bpy.context.view_layer.update()
        return looks


def scene_words(path: Path) -> dict:
    """A scene file; `like = "NAME"` takes place, light, camera and zones that it leaves out from another."""
    words = tomllib.loads(path.read_text(encoding="utf-8"))
    if "like" not in words:
        return words | {"place": path.stem, "place_seed": words["clip"]["seed"]}
    other = scene_words(path.with_stem(words["like"]))
    if words.keys() & {"camera", "light", "floor", "props", "more_props"}:
        other |= {"place": path.stem}
    props = words.get("props", other["props"]) + words.get("more_props", [])
    return other | words | {"clip": other["clip"] | words["clip"], "props": props}


def quads(faces: list[list[int]]) -> np.ndarray:
    """Faces as index rows of four; triangles repeat a corner."""
    return np.array([face if len(face) == 4 else [*face, face[-1]] for face in faces])


def below(part: Part, height: float) -> Part:
    """The faces of a part that lie below a height at rest: hair that shows under a hat."""
    faces, uvs, corner = [], [], 0
    for face in part.faces:
        if part.points[face, 2].max() < height:
            faces.append(face)
            uvs += list(part.uvs[corner : corner + len(face)])
        corner += len(face)
    return Part(f"{part.name}-low", part.points, part.weights, faces, np.array(uvs).reshape(-1, 2), part.paint, True)


def plan_walk(words: dict, person: Person) -> Walk:
    """Turns the list `do` of a person into a plan of steps: `walk`, `stand`, `face`."""
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
    walk.stand(600.0)
    return walk


def direct(actor: Actor, words: dict) -> None:
    """Gestures, glances and the hat, from the scene's words."""
    for gesture in words.get("gestures", []):
        actor.gestures.append(Gesture(gesture["name"], gesture.get("from", -10.0), gesture.get("to", 1000.0)))
    actor.glances += [tuple(glance) for glance in words.get("glances", [])]
    if "hat_off" in words:
        actor.take_hat_off(*words["hat_off"])
