# SPDX-License-Identifier: Apache-2.0
"""A human body from a handful of traits: shape targets, skeleton, skinning weights.

Everything is numpy. A body knows its points at rest (standing, arms slanting down, facing -y, soles at
z = 0) and how to move points with a pose; what the pose is, gait.py decides. No Blender here.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from assets import DECIMETRE, Fitting, mpfb_root, read_json, read_obj, read_target, to_metres

BODY_POINTS = 13380
TIGHTS = range(15328, 18002)
EYES = range(14598, 14742)
FACE_WORDS = ("oris", "levator", "orbic", "tongue", "special", "temporal", "risor", "oculi", "eye", "jaw")


@dataclass(frozen=True)
class Traits:
    """What makes a body: numbers 0..1, 0.5 the average; `race` one of asian, caucasian, african."""

    male: bool = True
    age: float = 0.2
    muscle: float = 0.55
    weight: float = 0.5
    height: float = 0.5
    race: str = "asian"
    stature_m: float = 1.70


def shares(value: float, low: str, middle: str, high: str) -> dict[str, float]:
    """Splits a 0..1 trait between the two nearest of three named targets."""
    far = abs(value - 0.5) * 2
    return {middle: 1 - far, (high if value > 0.5 else low): far}


def macro_weights(traits: Traits) -> dict[str, float]:
    """Target name (below `targets/macrodetails`) and weight."""
    gender = "male" if traits.male else "female"
    ages = {"young": 1 - traits.age, "old": traits.age}
    muscles = shares(traits.muscle, "minmuscle", "averagemuscle", "maxmuscle")
    weights = shares(traits.weight, "minweight", "averageweight", "maxweight")
    tall = "maxheight" if traits.height > 0.5 else "minheight"
    far = abs(traits.height - 0.5) * 2
    result: dict[str, float] = {}
    for (age, a), (muscle, m), (weight, w) in itertools.product(ages.items(), muscles.items(), weights.items()):
        result[f"universal-{gender}-{age}-{muscle}-{weight}"] = a * m * w
        result[f"height/{gender}-{age}-{muscle}-{weight}-{tall}"] = a * m * w * far
    for age, a in ages.items():
        result[f"{traits.race}-{gender}-{age}"] = a
    return {name: weight for name, weight in result.items() if weight > 1e-3}


class Body:
    """Points at rest in metres, faces of the base mesh, bones and skinning weights."""

    def __init__(self, traits: Traits) -> None:
        self.traits = traits
        base = read_obj(mpfb_root() / "3dobjs" / "base.obj")
        raw = base.points.copy()
        for name, weight in macro_weights(traits).items():
            target = read_target(f"macrodetails/{name}")
            if target is not None:
                raw[target[0]] += target[1] * weight
        self.mesh = base
        tall = np.ptp(to_metres(raw[:BODY_POINTS])[:, 2])
        self.raw = raw = raw * (traits.stature_m / tall)
        points = to_metres(raw)
        self.ground = points[:BODY_POINTS, 2].min()
        self.points = points - [0, 0, self.ground]
        self._read_rig()

    def _read_rig(self) -> None:
        groups = read_json("mesh_metadata/basemesh_vertex_groups.json")
        rig = read_json("rigs/standard/rig.default.json")
        rig = rig.get("bones", rig)
        self.bones = [name for name in rig if self.kept(name) == name]
        self.bone_index = {name: number for number, name in enumerate(self.bones)}
        self.parents = [self.bone_index.get(self.kept(rig[name]["parent"]), -1) for name in self.bones]
        self.heads = np.array([self.joint(rig[name]["head"], groups) for name in self.bones])
        self.order = self._parents_first()
        self.weights = np.zeros((len(self.points), len(self.bones)))
        for name, pairs in read_json("rigs/standard/weights.default.json")["weights"].items():
            table = np.array(pairs)
            if len(table):
                self.weights[table[:, 0].astype(int), self.bone_index[self.kept(name)]] += table[:, 1]
        self.weights /= np.maximum(self.weights.sum(axis=1, keepdims=True), 1e-9)

    @staticmethod
    def kept(bone: str) -> str:
        """Face bones move with the head, toes with the foot, breasts with the chest."""
        if any(word in bone for word in FACE_WORDS):
            return "head"
        if bone.startswith("toe"):
            return "foot" + bone[-2:]
        if bone.startswith("breast"):
            return "spine02"
        return bone

    def joint(self, spec: dict, groups: dict) -> np.ndarray:
        """Where a bone starts: the middle of a joint cube, or of one or two body points."""
        if spec["strategy"] == "CUBE":
            first, last = groups[spec["cube_name"]][0]
            return self.points[first : last + 1].mean(axis=0)
        numbers = spec.get("vertex_indices") or [spec["vertex_index"]]
        return self.points[numbers].mean(axis=0)

    def _parents_first(self) -> list[int]:
        done: list[int] = []
        while len(done) < len(self.bones):
            done += [n for n in range(len(self.bones)) if n not in done and (self.parents[n] < 0 or self.parents[n] in done)]
        return done

    def head(self, bone: str) -> np.ndarray:
        """Rest position of a bone's start."""
        return self.heads[self.bone_index[bone]]

    def fit(self, fitting: Fitting) -> tuple[np.ndarray, np.ndarray]:
        """Rest points and skinning weights of a fitted piece of clothing or hair."""
        scale = np.ones(3)
        for axis, letter in enumerate("xyz"):
            if letter in fitting.scales:
                one, other, reference = fitting.scales[letter]
                scale[axis] = abs(self.raw[one, axis] - self.raw[other, axis]) / reference
        raw = np.einsum("nk,nkc->nc", fitting.weights, self.raw[fitting.anchors]) + fitting.offsets * scale
        weights = np.einsum("nk,nkb->nb", np.clip(fitting.weights, 0, 1), self.weights[fitting.anchors])
        weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
        return to_metres(raw) - [0, 0, self.ground], weights

    def skin(self, points: np.ndarray, weights: np.ndarray, pose: Pose) -> np.ndarray:
        """Rest points moved by a pose: linear blend skinning."""
        shifts = pose.origins - np.einsum("bij,bj->bi", pose.turns, self.heads)
        matrices = np.concatenate([pose.turns, shifts[:, :, None]], axis=2).reshape(len(self.bones), 12)
        blended = (weights @ matrices).reshape(-1, 3, 4)
        return np.einsum("nij,nj->ni", blended[:, :, :3], points) + blended[:, :, 3]


@dataclass
class Pose:
    """World turns (bones, 3, 3) relative to rest and world positions (bones, 3) of all bones."""

    turns: np.ndarray
    origins: np.ndarray


def height_of(body: Body) -> float:
    """Standing height in metres."""
    return float(body.points[:BODY_POINTS, 2].max())


__all__ = ["BODY_POINTS", "DECIMETRE", "EYES", "TIGHTS", "Body", "Pose", "Traits", "height_of"]
