# SPDX-License-Identifier: Apache-2.0
"""Low postures of a planted body: crouch, kneel, bend, sit; pelvis, lean, heels and where the hands work.

The feet stay where the plan of steps has them (a crouch puts one foot ahead, a kneel one behind); only
pelvis and spine move, the legs are solved after them, so nobody hovers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gait import forward, smooth
from pose import Stance

EASE_S = 0.9
HANDS_APART_M = 0.17


@dataclass(frozen=True)
class Shape:
    """Pelvis height above the floor (share of hip height) and behind the feet, lean, heels, knees, feet apart."""

    height: float
    back_m: float
    lean: float
    look: float
    heels: tuple[float, float]
    knees_out: float
    steps_m: tuple[float, float]


SHAPES = {
    "crouch": Shape(0.36, 0.16, 0.62, 0.10, (0.08, 0.45), 0.42, (0.20, -0.04)),
    "kneel": Shape(0.56, 0.06, 0.30, 0.25, (0.0, 0.75), 0.18, (0.22, -0.36)),
    "bend": Shape(0.93, 0.14, 1.02, 0.05, (0.0, 0.0), 0.12, (0.10, -0.05)),
    "sit": Shape(0.0, 0.40, 0.10, 0.15, (0.0, 0.0), 0.20, (0.0, 0.0)),
}


@dataclass(frozen=True)
class Posture:
    """A named posture from one time to another; `at` is where both hands work, `seat_m` what is sat on."""

    name: str
    start_s: float
    end_s: float
    at: tuple[float, float, float] | None = None
    seat_m: float = 0.45

    def share(self, time_s: float) -> float:
        """How far the body is in it, 0..1."""
        return smooth((time_s - self.start_s) / EASE_S) * smooth((self.end_s - time_s) / EASE_S)

    def is_changing(self, time_s: float) -> bool:
        """Whether the body goes into it or out of it about now."""
        margin = 0.3
        return (
            self.start_s - margin < time_s < self.start_s + EASE_S + margin
            or self.end_s - EASE_S - margin < time_s < self.end_s + margin
        )

    def heel(self, side: str, time_s: float) -> float:
        """Pitch of a foot whose heel is up."""
        return SHAPES[self.name].heels["LR".index(side)] * self.share(time_s)


def lowered(stance: Stance, posture: Posture, time_s: float, hip_height: float) -> None:
    """Moves pelvis, spine, knees, gaze and hands of a standing stance into a posture."""
    share, shape = posture.share(time_s), SHAPES[posture.name]
    if share <= 0:
        return
    ahead = forward(stance.heading)
    middle = (stance.feet["L"].ankle + stance.feet["R"].ankle)[:2] / 2
    low = posture.seat_m + 0.085 if posture.name == "sit" else shape.height * hip_height
    target = np.array([*(middle - ahead * shape.back_m), min(low, stance.pelvis[2])])
    stance.pelvis = stance.pelvis * (1 - share) + target * share
    stance.lean += (shape.lean - stance.lean) * share
    stance.look_down += (shape.look + 0.25 * shape.lean - stance.look_down) * share
    stance.look_turn *= 1 - 0.7 * share
    stance.twist *= 1 - share
    stance.side *= 1 - 0.6 * share
    stance.knees_out = shape.knees_out * share
    if posture.at is not None:
        across = np.array([np.cos(stance.heading), np.sin(stance.heading), 0.0])
        spot = np.array(posture.at, dtype=float)
        for side, sign in (("L", 1), ("R", -1)):
            hand = stance.hands[side]
            hand.target = spot + across * sign * HANDS_APART_M / 2 - np.array([*ahead, -0.3]) * 0.17
            hand.share, hand.grip = share, hand.grip * (1 - share) + 0.75 * share
            hand.pole = hand.pole * (1 - share) + np.array([sign * 0.8, 0.4, -0.5]) * share
    elif posture.name in REST:
        for side, sign in (("L", 1), ("R", -1)):
            rest_on_thigh(stance, side, sign, share, REST[posture.name])


# Where an idle hand rests: metres ahead of the pelvis, outward, above it.
REST = {"crouch": (0.44, 0.14, 0.16), "kneel": (0.34, 0.15, 0.10), "sit": (0.30, 0.13, 0.09)}


def rest_on_thigh(stance: Stance, side: str, sign: int, share: float, spot: tuple[float, float, float]) -> None:
    """An idle hand lies on the thigh."""
    ahead = forward(stance.heading)
    across = np.array([np.cos(stance.heading), np.sin(stance.heading)])
    hand = stance.hands[side]
    if hand.busy > 0.3:
        return
    hand.target = stance.pelvis + np.array([*(ahead * spot[0] + across * sign * spot[1]), spot[2]])
    hand.share = share * (1 - hand.busy)
