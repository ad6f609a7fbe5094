# SPDX-License-Identifier: Apache-2.0
"""One person of a scene over time: walks, stands, gestures, takes the hat off and puts it on.

`Actor.at(time)` gives posed points of all parts and the place of the hat. Nothing random happens here
after construction, so a time always gives the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from body import Body, Pose
from carry import Load, held_points
from gait import Walk, angle_between, forward, heading_to, leftward, smooth
from headwear import Hat
from pose import Foot, Hand, Poser, Stance, turn_x, turn_y, turn_z
from posture import Posture, lowered
from wardrobe import Part

GESTURE_EASE_S = 0.55
HAT_REACH_S = 0.8
HAT_LIFT_S = 0.5
HAT_LOWER_S = 0.9
LIFTED_M = 0.05

# Hands that never rest, and how far they move, in arm lengths.
LIVELY = {"talk": 0.09, "work": 0.06, "weld": 0.02}

# Wrist (in arm lengths) and elbow side, in the chest's axes from the shoulder: x outward, -y forward, z up.
GESTURES: dict[str, dict[str, tuple]] = {
    "hips": {"L": ((0.10, -0.12, -0.66), (1.0, 0.7, 0.0), 0.0, 0.6), "R": ((0.10, -0.12, -0.66), (1.0, 0.7, 0.0), 0.0, 0.6)},
    "clipboard": {
        "L": ((-0.22, -0.52, -0.42), (0.6, 0.4, -0.6), 0.7, 0.6),
        "R": ((-0.28, -0.50, -0.34), (0.8, 0.3, -0.5), 0.2, 0.7),
    },
    "behind": {"L": ((-0.14, 0.30, -0.76), (0.8, 0.6, 0.0), 0.4, 0.5), "R": ((-0.16, 0.34, -0.74), (0.8, 0.6, 0.0), 0.4, 0.5)},
    "point": {"R": ((0.05, -0.90, -0.08), (0.5, 0.3, -0.8), 0.0, 0.1)},
    "radio": {"R": ((-0.12, -0.32, 0.08), (0.7, 0.1, -0.8), 0.5, 0.8)},
    "wipe": {"L": ((-0.32, -0.30, 0.34), (0.8, 0.0, -0.6), 0.5, 0.3)},
    "work": {"L": ((-0.10, -0.70, -0.30), (0.7, 0.3, -0.7), 0.2, 0.7), "R": ((-0.10, -0.68, -0.22), (0.7, 0.3, -0.7), 0.2, 0.7)},
    "operate": {
        "R": ((-0.10, -0.70, -0.24), (0.7, 0.3, -0.7), 0.2, 0.7),
        "L": ((-0.02, -0.52, -0.46), (0.7, 0.3, -0.7), 0.2, 0.6),
    },
    "talk": {"R": ((-0.05, -0.52, -0.38), (0.7, 0.5, -0.5), -0.6, 0.2)},
    "weld": {"L": ((-0.20, -0.66, -0.46), (0.8, 0.3, -0.5), 0.3, 0.8), "R": ((-0.24, -0.72, -0.50), (0.8, 0.3, -0.5), 0.3, 0.8)},
    "ear": {"R": ((0.02, -0.16, 0.30), (0.8, -0.2, -0.7), 0.6, 0.9)},
    "wave": {"R": ((0.30, -0.25, 0.55), (0.9, 0.1, -0.4), 0.2, 0.05)},
    "carry": {"L": ((0.03, -0.52, -0.56), (0.7, 0.8, -0.3), 0.9, 0.5), "R": ((0.03, -0.52, -0.56), (0.7, 0.8, -0.3), 0.9, 0.5)},
    "push": {"L": ((0.02, -0.60, -0.70), (0.7, 0.5, -0.5), 0.0, 0.9), "R": ((0.02, -0.60, -0.70), (0.7, 0.5, -0.5), 0.0, 0.9)},
    "bag": {"R": ((0.14, -0.05, -0.96), (0.5, 0.9, 0.0), 0.0, 1.0)},
    "under_arm": {"R": ((0.10, -0.34, -0.60), (0.9, 0.7, -0.2), 0.6, 0.5)},
    "crossed": {
        "L": ((-0.42, -0.40, -0.40), (0.9, 0.2, -0.4), 0.6, 0.4),
        "R": ((-0.40, -0.46, -0.44), (0.9, 0.2, -0.4), 0.6, 0.4),
    },
    "hat_held": {"R": ((0.02, -0.42, -0.58), (0.7, 0.7, -0.2), 0.3, 0.8)},
    "hat_up": {"R": ((-0.10, -0.36, 0.62), (0.9, 0.0, -0.4), 0.4, 0.7)},
}


@dataclass
class Gesture:
    """A named arm position from one time to another."""

    name: str
    start_s: float
    end_s: float


@dataclass
class Look:
    """Posed points by part name, the hat's 4x4 place and whether it is off the head, 4x4 places of the wrists
    and world points of what is carried."""

    points: dict[str, np.ndarray]
    hat: np.ndarray | None
    hat_is_off: bool
    place: np.ndarray
    soles: list[np.ndarray]
    hands: dict[str, np.ndarray] = field(default_factory=dict)
    held: dict[str, np.ndarray] = field(default_factory=dict)


class Actor:
    """A body with its parts, hat, walk and gestures."""

    def __init__(self, name: str, body: Body, parts: list[Part], hat: Hat | None, walk: Walk, seed: int) -> None:
        self.name, self.body, self.parts, self.hat, self.walk = name, body, parts, hat, walk
        self.poser = Poser(body)
        self.gestures: list[Gesture] = []
        self.glances: list[tuple[float, float, float]] = []
        self.postures: list[Posture] = []
        self.looks: list[tuple[float, float, float]] = []
        self.hat_off_s: list[tuple[float, float]] = []
        self.hat_in: str | None = None
        self.load: Load | None = None
        rng = np.random.default_rng(seed)
        self.phases = rng.uniform(0, 2 * np.pi, 6)
        self.sway_s = rng.uniform(5.0, 8.0)
        self.sole = min(float(part.points[:, 2].min()) for part in parts)

    def take_hat_off(self, off_s: float, on_s: float) -> None:
        """The right hand fetches the hat at `off_s`, holds it in front, and has put it back at `on_s`."""
        self.hat_off_s.append((off_s, on_s))

    def stance(self, time_s: float) -> Stance:
        """The whole-body stance at a time."""
        place, heading, _ = self.walk.root(time_s)
        still = float(np.mean([self.walk.root(time_s + shift)[2] == 0 for shift in (-0.4, -0.2, 0.0, 0.2, 0.4)]))
        feet = {side: self._foot(side, time_s) for side in "LR"}
        ahead = forward(heading)
        apart = float((feet["R"].ankle - feet["L"].ankle)[:2] @ ahead)
        wave = np.sin(2 * np.pi * time_s / self.sway_s + self.phases[0])
        sway = still * 0.028 * wave + (1 - still) * self._stance_side(time_s) * 0.018
        pelvis = np.array([*(place + leftward(heading) * sway), 0.0])
        pelvis[2] = self._pelvis_height(pelvis, heading, feet)
        turn, down = self._gaze(time_s, place, heading, still)
        breath = 0.008 * np.sin(2 * np.pi * time_s / 3.7 + self.phases[1])
        stance = Stance(pelvis, heading, feet, hip_turn=0.22 * apart * (1 - still), lean=0.03 + 0.04 * (1 - still) + breath)
        stance.twist = -0.28 * apart * (1 - still) + 0.25 * turn * still
        stance.side = -0.6 * sway
        stance.look_turn, stance.look_down = turn, down + 0.04
        stance.hands = {side: self._hand(side, time_s, apart, still) for side in "LR"}
        for posture in self.postures:
            lowered(stance, posture, time_s, self.poser.hip_height)
        return stance

    def _foot(self, side: str, time_s: float) -> Foot:
        state = self.walk.foot(side, time_s)
        pitch = max([state.pitch, *(posture.heel(side, time_s) for posture in self.postures)])
        ankle_z = self.poser.ankle_height
        pivot = np.array([0, -0.125 if pitch > 0 else 0.045, -ankle_z])
        rolled = pivot - turn_x(pitch) @ pivot
        ankle = np.array([*state.place, ankle_z + state.height]) + turn_z(state.heading) @ rolled
        return Foot(ankle, state.heading, pitch)

    def _stance_side(self, time_s: float) -> float:
        heights = [self.walk.foot(side, time_s).height for side in "LR"]
        return float(np.clip((heights[1] - heights[0]) / 0.06, -1, 1))

    def _pelvis_height(self, pelvis: np.ndarray, heading: float, feet: dict[str, Foot]) -> float:
        body = self.body
        half = abs(body.head("upperleg01.L")[0])
        limits = [self.poser.hip_height - 0.012]
        for side, sign in (("L", 1), ("R", -1)):
            hip = pelvis[:2] + leftward(heading) * half * sign
            flat = float(np.sum((feet[side].ankle[:2] - hip) ** 2))
            limits.append(feet[side].ankle[2] + np.sqrt(max((self.poser.leg_length * 0.994) ** 2 - flat, 0.2)))
        softness = 0.012
        lowest = min(limits)
        return lowest - softness * np.log(sum(np.exp(-(limit - lowest) / softness) for limit in limits))

    def _gaze(self, time_s: float, place: np.ndarray, heading: float, still: float) -> tuple[float, float]:
        turn = 0.12 * np.sin(time_s / 2.9 + self.phases[2]) + still * 0.22 * np.sin(time_s / 4.3 + self.phases[3])
        down = 0.1 + 0.05 * np.sin(time_s / 3.1 + self.phases[4])
        for start, x, y in self.glances:
            share = smooth((time_s - start) / 0.7) * still
            towards = angle_between(heading, heading_to(np.array([x, y]) - place))
            turn = turn * (1 - share) + float(np.clip(towards, -1.1, 1.1)) * share
        for start, end, by in self.looks:
            down += by * smooth((time_s - start) / 0.7) * smooth((end - time_s) / 0.7)
        for off_s, on_s in self.hat_off_s:
            share = smooth((time_s - off_s) / 0.6) * smooth((on_s + 0.4 - time_s) / 0.6)
            turn *= 1 - 0.6 * share
        return turn, down

    def _hand(self, side: str, time_s: float, apart: float, still: float) -> Hand:
        sign = 1.0 if side == "L" else -1.0
        length = self.poser.arm_length
        swing = (0.75 * apart * sign) * (1 - 0.7 * still) + 0.05 + 0.02 * np.sin(time_s / 1.7 + self.phases[5])
        flex = 0.28 + 0.5 * max(swing, 0)
        outward = 0.16
        upper = np.array([sign * np.sin(outward), -np.sin(swing), -np.cos(swing)])
        lower = np.array([sign * 0.04, -np.sin(swing + flex), -np.cos(swing + flex)])
        _, _, _, first, second, _, _ = self.poser.chains["arm" + side]
        wrist = upper / np.linalg.norm(upper) * first + lower / np.linalg.norm(lower) * second
        hand = Hand(wrist, np.array([sign * 0.35, 1.0, 0.0]))
        for gesture, share in self._active(side, time_s):
            hand = blend(hand, gesture, share, sign, length)
            hand.busy = share
        return hand

    def _active(self, side: str, time_s: float) -> list[tuple[tuple, float]]:
        found = []
        for gesture in self.gestures:
            target = GESTURES[gesture.name].get(side)
            share = smooth((time_s - gesture.start_s) / GESTURE_EASE_S) * smooth((gesture.end_s - time_s) / GESTURE_EASE_S)
            if target and share > 0:
                found.append((self._lively(gesture.name, target, time_s), share))
        if side == "R":
            for off_s, on_s in self.hat_off_s:
                found += self._hat_hand(time_s, off_s, on_s)
        return found

    def _lively(self, name: str, target: tuple, time_s: float) -> tuple:
        """Small movements of a hand that talks, writes or works."""
        size = LIVELY.get(name, 0.01)
        moved = [target[0][axis] + size * np.sin(time_s * (3.1 + axis) + self.phases[axis]) for axis in range(3)]
        return tuple(moved), *target[1:]

    def _hat_hand(self, time_s: float, off_s: float, on_s: float) -> list[tuple[tuple, float]]:
        """The hand goes to the rim, lifts the hat, lowers it; and the same way back."""
        if not off_s <= time_s <= on_s + HAT_REACH_S:
            return []
        since, left = time_s - off_s, on_s - time_s
        reach = smooth(since / HAT_REACH_S) * smooth((left + HAT_REACH_S) / HAT_REACH_S)
        up = smooth((since - HAT_REACH_S) / HAT_LIFT_S) * smooth(left / HAT_LIFT_S)
        low = smooth((since - HAT_REACH_S - HAT_LIFT_S * 0.7) / HAT_LOWER_S) * smooth((left - HAT_LIFT_S * 0.7) / HAT_LOWER_S)
        return [(self._rim_target(), reach), (GESTURES["hat_up"]["R"], up), (GESTURES["hat_held"]["R"], low)]

    def _rim_target(self) -> tuple:
        """The rim right of the peak, seen from the right shoulder of the upright body, in arm lengths."""
        seat = self.hat.seat if self.hat else self.body.head("head")
        from_shoulder = seat + np.array([-0.10, -0.13, -0.075]) - self.body.head("upperarm01.R")
        x, y, z = from_shoulder / self.poser.arm_length
        return (-x, y, z), (0.9, 0.0, -0.5), 0.4, 0.7

    def is_quiet(self, time_s: float) -> bool:
        """Whether the person only sways and breathes about now: such poses need no full frame rate."""
        if any(
            self.walk.root(time_s + shift)[2] != 0 or self.walk.is_turning(time_s + shift)
            for shift in (-0.5, -0.25, 0.0, 0.25, 0.5)
        ):
            return False
        for gesture in self.gestures:
            in_it = gesture.start_s - 0.2 < time_s < gesture.end_s + 0.2
            plateau = gesture.start_s + 0.7 < time_s < gesture.end_s - 0.7
            if in_it and not (plateau and gesture.name not in LIVELY):
                return False
        if any(posture.is_changing(time_s) for posture in self.postures):
            return False
        for start in [glance[0] for glance in self.glances] + [time for look in self.looks for time in (look[0], look[1] - 0.7)]:
            if start - 0.2 < time_s < start + 0.9:
                return False
        return not any(off_s - 0.2 < time_s < off_s + 2.6 or on_s - 1.6 < time_s < on_s + 1.2 for off_s, on_s in self.hat_off_s)

    def at(self, time_s: float) -> Look:
        """Posed points of all parts at a time."""
        stance = self.stance(time_s)
        pose = self.poser.solve(stance)
        lift = np.array([0, 0, -self.sole])
        points = {part.name: self.body.skin(part.points, part.weights, pose) + lift for part in self.parts}
        hat, is_off = self._hat_place(time_s, pose)
        if hat is not None:
            hat = hat.copy()
            hat[:3, 3] += lift
        soles = [self._sole_spot(stance.feet[side]) for side in "LR"]
        hands = {side: bone_place(self.body, pose, f"wrist.{side}") for side in "LR"}
        for place in hands.values():
            place[:3, 3] += lift
        place, heading, _ = self.walk.root(time_s)
        held = {"held": held_points(self.load, place, heading, hands)} if self.load else {}
        return Look(points, hat, is_off, place, soles, hands, held)

    @staticmethod
    def _sole_spot(foot: Foot) -> np.ndarray:
        """The floor point below the middle of a foot."""
        return foot.ankle[:2] + forward(foot.heading) * 0.06

    def _hat_place(self, time_s: float, pose: Pose) -> tuple[np.ndarray | None, bool]:
        if self.hat is None:
            return None, True
        if self.hat_in is not None:
            return self._carried_hat(pose), True
        worn = self._worn(pose)
        for off_s, on_s in self.hat_off_s:
            grasp_s = off_s + HAT_REACH_S
            if grasp_s < time_s < on_s + 0.25:
                grasped = self.poser.solve(self.stance(grasp_s))
                held = (
                    bone_place(self.body, pose, "wrist.R")
                    @ np.linalg.inv(bone_place(self.body, grasped, "wrist.R"))
                    @ self._worn(grasped)
                )
                share = smooth((time_s - on_s) / 0.25)
                mixed = held if share == 0 else held * (1 - share) + worn * share
                return mixed, float(np.linalg.norm(mixed[:3, 3] - worn[:3, 3])) > LIFTED_M
        return worn, False

    def _carried_hat(self, pose: Pose) -> np.ndarray:
        """The hat held by its rim at the thigh, or pressed to the ribs with the opening inward."""
        seat, body = np.eye(4), self.body
        if self.hat_in == "arm":
            seat[:3, :3] = turn_y(-1.45) @ turn_z(0.4)
            seat[:3, 3] = body.head("upperarm01.R") + [-0.02, -0.08, -0.27] - body.head("spine01")
            return bone_place(body, pose, "spine01") @ seat
        along = body.head("finger3-1.R") - body.head("wrist.R")
        seat[:3, :3] = turn_y(-1.3)
        seat[:3, 3] = along * 1.15 + np.array([-0.02, 0.0, -0.15])
        return bone_place(body, pose, "wrist.R") @ seat

    def _worn(self, pose: Pose) -> np.ndarray:
        seat = np.eye(4)
        seat[:3, :3], seat[:3, 3] = self.hat.turn, self.hat.seat - self.body.head("head")
        return bone_place(self.body, pose, "head") @ seat


def bone_place(body: Body, pose: Pose, bone: str) -> np.ndarray:
    """A bone's turn and position as 4x4."""
    number = body.bone_index[bone]
    place = np.eye(4)
    place[:3, :3], place[:3, 3] = pose.turns[number], pose.origins[number]
    return place


def blend(hand: Hand, target: tuple, share: float, sign: float, length: float) -> Hand:
    """Part of the way from a hand to a gesture's hand."""
    (x, y, z), (px, py, pz), roll, grip = target
    wrist = np.array([x * sign, y, z]) * length
    pole = np.array([px * sign, py, pz])
    return Hand(
        hand.wrist * (1 - share) + wrist * share,
        hand.pole * (1 - share) + pole * share,
        hand.roll * (1 - share) + roll * sign * share,
        hand.grip * (1 - share) + grip * share,
    )
