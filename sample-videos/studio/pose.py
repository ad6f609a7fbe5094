# SPDX-License-Identifier: Apache-2.0
"""From a stance (pelvis, feet, hands, gaze) to the turns and positions of all bones.

Legs and arms are two-bone chains solved exactly, so a planted foot stays where it was planted. A body
looks along its forward direction -y at rest; `heading` turns that about the vertical.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from body import Body, Pose

SPINE = ("spine05", "spine04", "spine03", "spine02", "spine01")
NECK = ("neck01", "neck02", "neck03", "head")


def turn_x(angle: float) -> np.ndarray:
    """Turn about x: positive leans forward."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def turn_y(angle: float) -> np.ndarray:
    """Turn about y: positive leans to the body's left."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def turn_z(angle: float) -> np.ndarray:
    """Turn about the vertical, anticlockwise from above."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def unit(vector: np.ndarray) -> np.ndarray:
    """The vector at length one."""
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def frame(direction: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """Right-handed axes whose first is `direction` and whose second is nearest to `normal`."""
    first = unit(direction)
    second = unit(normal - first * (normal @ first))
    return np.stack([first, second, np.cross(first, second)], axis=1)


@dataclass
class Foot:
    """Ankle position, direction and pitch (positive: heel up) of one foot, in the world."""

    ankle: np.ndarray
    heading: float = 0.0
    pitch: float = 0.0


@dataclass
class Hand:
    """Wrist position and elbow side of one arm, both in the turned chest's axes from the shoulder.

    `target` draws the wrist to a place in the world by `share`; `busy` tells that a gesture has the hand.
    """

    wrist: np.ndarray
    pole: np.ndarray
    roll: float = 0.0
    grip: float = 0.35
    target: np.ndarray | None = None
    share: float = 0.0
    busy: float = 0.0


@dataclass
class Stance:
    """All that decides a pose."""

    pelvis: np.ndarray
    heading: float
    feet: dict[str, Foot]
    hands: dict[str, Hand] = field(default_factory=dict)
    hip_turn: float = 0.0
    lean: float = 0.0
    side: float = 0.0
    twist: float = 0.0
    look_turn: float = 0.0
    look_down: float = 0.0
    knees_out: float = 0.0


class Poser:
    """Solves stances for one body; keeps the lengths and rest frames it needs."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.chains = {}
        for side in "LR":
            self.chains["leg" + side] = self._chain(
                f"upperleg01.{side}", f"lowerleg01.{side}", f"foot.{side}", np.array([0, -1.0, 0])
            )
            elbow, shoulder, wrist = (body.head(f"{name}.{side}") for name in ("lowerarm01", "upperarm01", "wrist"))
            self.chains["arm" + side] = self._chain(
                f"upperarm01.{side}", f"lowerarm01.{side}", f"wrist.{side}", elbow - (shoulder + wrist) / 2
            )
        self.hip_height = float(body.head("upperleg01.L")[2])
        self.ankle_height = float(body.head("foot.L")[2])
        self.leg_length = self.chains["legL"][3] + self.chains["legL"][4]
        self.arm_length = self.chains["armL"][3] + self.chains["armL"][4]

    def _chain(self, top: str, middle: str, end: str, pole: np.ndarray) -> tuple:
        a, b, c = (self.body.head(name) for name in (top, middle, end))
        normal = np.cross(pole, c - a)
        return (
            top,
            middle,
            end,
            float(np.linalg.norm(b - a)),
            float(np.linalg.norm(c - b)),
            frame(b - a, normal),
            frame(c - b, normal),
        )

    def solve(self, stance: Stance) -> Pose:
        """The pose of all bones."""
        turns: dict[str, np.ndarray] = {}
        base = turn_z(stance.heading)
        turns["root"] = base @ turn_z(stance.hip_turn)
        for number, name in enumerate(SPINE, start=1):
            part = number / len(SPINE)
            turn = stance.hip_turn * (1 - part) + stance.twist * part
            turns[name] = base @ turn_z(turn) @ turn_x(stance.lean * part) @ turn_y(stance.side * part)
        for number, name in enumerate(NECK, start=1):
            part = number / len(NECK)
            turns[name] = (
                base
                @ turn_z(stance.twist * (1 - part) + stance.look_turn * part)
                @ turn_x(stance.lean * (1 - 0.7 * part) + stance.look_down * part)
            )
        pose = self._spread(turns, stance.pelvis)
        for side in "LR":
            foot = stance.feet[side]
            out = stance.knees_out if side == "L" else -stance.knees_out
            self._limb("leg" + side, turns, pose, foot.ankle, base @ turn_z(out) @ np.array([0, -1.0, 0]))
            turns["foot." + side] = turn_z(foot.heading) @ turn_x(foot.pitch)
            self._arm(side, stance.hands[side], turns, pose)
        return self._spread(turns, stance.pelvis)

    def _arm(self, side: str, hand: Hand, turns: dict, pose: Pose) -> None:
        chest = turns["spine01"]
        raised = float(np.clip((hand.wrist[2] + 0.25) / 0.6, 0, 1))
        lift = turn_y(-0.35 * raised if side == "L" else 0.35 * raised)
        turns["clavicle." + side] = turns["shoulder01." + side] = chest @ lift
        shoulder = self._spread(turns, pose.origins[self.body.bone_index["root"]] - self._root_offset(turns)).origins[
            self.body.bone_index["upperarm01." + side]
        ]
        spot = shoulder + chest @ hand.wrist
        if hand.target is not None:
            spot = spot * (1 - hand.share) + hand.target * hand.share
        self._limb("arm" + side, turns, pose, spot, chest @ hand.pole, shoulder)
        lower = turns["lowerarm01." + side]
        axis = self.chains["arm" + side][6][:, 0]
        turns["lowerarm02." + side] = lower @ about(axis, hand.roll * 0.5)
        turns["wrist." + side] = lower @ about(axis, hand.roll)
        self._fingers(side, hand.grip, turns)

    def _root_offset(self, turns: dict) -> np.ndarray:
        hips = (self.body.head("upperleg01.L") + self.body.head("upperleg01.R")) / 2
        return turns["root"] @ (self.body.head("root") - hips)

    def _limb(
        self, chain: str, turns: dict, pose: Pose, target: np.ndarray, pole: np.ndarray, start: np.ndarray | None = None
    ) -> None:
        top, middle, _, upper, lower, upper_rest, lower_rest = self.chains[chain]
        start = pose.origins[self.body.bone_index[top]] if start is None else start
        reach = target - start
        distance = float(np.clip(np.linalg.norm(reach), abs(upper - lower) + 0.02, (upper + lower) * 0.9995))
        along = unit(reach)
        side = unit(pole - along * (pole @ along))
        ahead = (upper**2 - lower**2 + distance**2) / (2 * distance)
        joint = along * ahead + side * np.sqrt(max(upper**2 - ahead**2, 0))
        normal = np.cross(side, along)
        upper_turn = frame(joint, normal) @ upper_rest.T
        lower_turn = frame(along * distance - joint, normal) @ lower_rest.T
        for name in (top, top.replace("01", "02")):
            turns[name] = upper_turn
        for name in (middle, middle.replace("01", "02")):
            turns[name] = lower_turn

    def _fingers(self, side: str, grip: float, turns: dict) -> None:
        wrist, knuckle, tip = (self.body.head(f"{name}.{side}") for name in ("wrist", "finger3-1", "finger3-3"))
        axis = unit(np.cross(knuckle - wrist, tip - knuckle))
        for finger in range(2, 6):
            for joint in range(1, 4):
                turns[f"finger{finger}-{joint}.{side}"] = turns["wrist." + side] @ about(axis, grip * joint)

    def _spread(self, turns: dict[str, np.ndarray], pelvis: np.ndarray) -> Pose:
        """Bones without a turn of their own follow their parents; `pelvis` is the middle of the hips."""
        body = self.body
        all_turns = np.zeros((len(body.bones), 3, 3))
        origins = np.zeros((len(body.bones), 3))
        for number in body.order:
            parent = body.parents[number]
            own = turns.get(body.bones[number])
            if parent < 0:
                all_turns[number] = own
                origins[number] = pelvis + self._root_offset(turns)
                continue
            all_turns[number] = own if own is not None else all_turns[parent]
            origins[number] = origins[parent] + all_turns[parent] @ (body.heads[number] - body.heads[parent])
        return Pose(all_turns, origins)


def about(axis: np.ndarray, angle: float) -> np.ndarray:
    """Turn about a unit axis (Rodrigues)."""
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * (cross @ cross)
