# SPDX-License-Identifier: Apache-2.0
"""Where root and feet of a person are at any time: a plan of footsteps, then positions between them.

A foot is planted at one place until it is lifted, so nothing slides. The root runs along a smooth path
with eased start and stop; steps are spread evenly over each walk, the last one brings the feet together.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass

import numpy as np

STANCE_SHARE = 0.62
EASE_S = 0.5
TURN_S = 0.9
SAMPLE_M = 0.02


def smooth(value: float) -> float:
    """0..1 with zero speed at both ends."""
    value = min(max(value, 0.0), 1.0)
    return value * value * (3 - 2 * value)


def angle_between(start: float, end: float) -> float:
    """The shorter way from one angle to another, in radians."""
    return (end - start + np.pi) % (2 * np.pi) - np.pi


def heading_to(direction: np.ndarray) -> float:
    """The heading that looks along a floor direction (heading 0 looks along -y)."""
    return float(np.arctan2(direction[0], -direction[1]))


def forward(heading: float) -> np.ndarray:
    """Floor direction of a heading."""
    return np.array([np.sin(heading), -np.cos(heading)])


def leftward(heading: float) -> np.ndarray:
    """Floor direction to the left of a heading."""
    return np.array([np.cos(heading), np.sin(heading)])


@dataclass
class Plant:
    """A foot on the floor: place, direction, when it lands and when it is lifted."""

    place: np.ndarray
    heading: float
    land_s: float
    lift_s: float = 1e9


@dataclass
class FootState:
    """A foot at one time: floor place, height of the sole, direction, pitch (positive: heel up)."""

    place: np.ndarray
    height: float
    heading: float
    pitch: float


@dataclass
class Leg:
    """One stretch of a plan: a walk along samples of a path, or a stand (one sample)."""

    start_s: float
    end_s: float
    path: np.ndarray
    headings: np.ndarray
    speed: float


class Walk:
    """The plan of one person: add stretches in order, then ask for any time."""

    def __init__(self, place: tuple[float, float], heading: float, hip_width: float, step_m: float) -> None:
        self.half_hip = hip_width / 2
        self.step_m = step_m
        self.place = np.array(place, dtype=float)
        self.heading = heading
        self.time_s = 0.0
        self.legs: list[Leg] = []
        self.plants: dict[str, list[Plant]] = {
            "L": [Plant(self.place + leftward(heading) * self.half_hip, heading + 0.12, -10.0)],
            "R": [Plant(self.place - leftward(heading) * self.half_hip, heading - 0.16, -10.0)],
        }

    def stand(self, duration_s: float) -> None:
        """Stays where it is."""
        self.legs.append(Leg(self.time_s, self.time_s + duration_s, self.place[None], np.array([self.heading]), 0.0))
        self.time_s += duration_s

    def brace(self, duration_s: float, steps_m: tuple[float, float]) -> None:
        """Stays, with the feet (left, right) put ahead by some metres in the meantime, as for a crouch."""
        away = forward(self.heading)
        end_s = self.time_s + duration_s
        for number, (foot, step_m) in enumerate(zip("LR", steps_m, strict=True)):
            if abs(step_m) < 0.02:
                continue
            self._step(
                foot, self.place + away * step_m, self.heading, self.time_s + 0.3 * number, self.time_s + 0.3 * number + 0.4, True
            )
            if duration_s < 500:
                self._step(foot, self.place, self.heading, end_s - 0.75 + 0.3 * number, end_s - 0.4 + 0.3 * number, True)
        self.stand(duration_s)

    def face(self, heading: float) -> None:
        """Turns on the spot in two small steps."""
        by = angle_between(self.heading, heading)
        if abs(by) < 0.15:
            return
        first, second = ("L", "R") if by > 0 else ("R", "L")
        end = self.heading + by
        for foot, lift, land in ((first, 0.08, 0.42), (second, 0.46, 0.82)):
            self._step(foot, self.place, end, self.time_s + lift, self.time_s + land, standing=True)
        steps = np.linspace(0, 1, 20)
        headings = self.heading + by * np.array([smooth(step) for step in steps])
        self.legs.append(Leg(self.time_s, self.time_s + TURN_S, np.repeat(self.place[None], 20, axis=0), headings, 0.0))
        self.heading = end
        self.time_s += TURN_S

    def walk(self, points: list[list[float]], speed: float) -> None:
        """Walks through the points at a speed in m/s."""
        path = smooth_path(np.array([self.place.tolist(), *points], dtype=float))
        headings = path_headings(path)
        if abs(angle_between(self.heading, headings[0])) > 0.6:
            self.face(float(headings[0]))
        headings = self.heading + np.unwrap(headings) - headings[0] + angle_between(self.heading, headings[0])
        length = SAMPLE_M * (len(path) - 1)
        duration = length / speed + EASE_S
        leg = Leg(self.time_s, self.time_s + duration, path, headings, speed)
        self.legs.append(leg)
        self._steps(leg, length, duration)
        self.place, self.heading = path[-1], float(headings[-1])
        self.time_s += duration

    def _steps(self, leg: Leg, length: float, duration: float) -> None:
        count = max(1, round(length / self.step_m))
        step = length / count
        when = [travelled(t, duration, leg.speed, length) for t in np.linspace(0, duration, 400)]
        clock = np.linspace(0, duration, 400)

        def at(distance: float) -> float:
            return leg.start_s + float(np.interp(distance, when, clock))

        feet = "LR" if count % 2 else "RL"
        for number in range(1, count + 2):
            foot = feet[number % 2]
            where = min(number * step, length)
            sample = min(int(where / SAMPLE_M), len(leg.path) - 1)
            lift = at(max((number - 2 + STANCE_SHARE) * step, 0.06 * step * number))
            land = at((number - STANCE_SHARE) * step) if number <= count else at(length) + 0.12
            self._step(foot, leg.path[sample], leg.headings[sample], lift, max(land, lift + 0.22), number >= count)

    def _step(self, foot: str, place: np.ndarray, heading: float, lift_s: float, land_s: float, standing: bool) -> None:
        sign, splay = (1, 0.1) if foot == "L" else (-1, -0.1)
        width = self.half_hip if standing else self.half_hip * 0.75
        before = self.plants[foot][-1]
        before.lift_s = max(lift_s, before.land_s + 0.02)
        self.plants[foot].append(
            Plant(place + leftward(heading) * width * sign, heading + splay, max(land_s, before.lift_s + 0.2))
        )

    def is_turning(self, time_s: float) -> bool:
        """Whether the person turns on the spot."""
        return any(leg.start_s <= time_s < leg.end_s and len(leg.path) > 1 and not leg.speed for leg in self.legs)

    def root(self, time_s: float) -> tuple[np.ndarray, float, float]:
        """Floor place, heading and speed of the root."""
        leg = self.legs[min(bisect.bisect_right([leg.start_s for leg in self.legs], time_s), len(self.legs)) - 1]
        if len(leg.path) == 1:
            return leg.path[0], float(leg.headings[0]), 0.0
        length = SAMPLE_M * (len(leg.path) - 1)
        if leg.speed:
            far = travelled(time_s - leg.start_s, leg.end_s - leg.start_s, leg.speed, length) / length
        else:
            far = (time_s - leg.start_s) / (leg.end_s - leg.start_s)
        spot = min(max(far, 0), 1) * (len(leg.path) - 1)
        places = [float(np.interp(spot, np.arange(len(leg.path)), leg.path[:, axis])) for axis in (0, 1)]
        heading = float(np.interp(spot, np.arange(len(leg.path)), leg.headings))
        return np.array(places), heading, leg.speed

    def foot(self, foot: str, time_s: float) -> FootState:
        """Where one foot is."""
        plants = self.plants[foot]
        number = max(0, bisect.bisect_right([plant.land_s for plant in plants], time_s) - 1)
        plant = plants[number]
        if time_s <= plant.lift_s:
            return FootState(plant.place, 0.0, plant.heading, self._stance_pitch(plant, time_s))
        after = plants[number + 1]
        done = (time_s - plant.lift_s) / (after.land_s - plant.lift_s)
        go = smooth(done) * 0.6 + done * 0.4
        far = float(np.linalg.norm(after.place - plant.place))
        height = np.sin(np.pi * done) * min(0.03 + 0.06 * far, 0.09)
        before_pitch, after_pitch = self._stance_pitch(plant, plant.lift_s), self._stance_pitch(after, after.land_s)
        pitch = before_pitch * (1 - smooth(done * 1.4)) + after_pitch * smooth((done - 0.5) * 2)
        heading = plant.heading + angle_between(plant.heading, after.heading) * smooth(done)
        return FootState(plant.place * (1 - go) + after.place * go, height, heading, pitch)

    def _stance_pitch(self, plant: Plant, time_s: float) -> float:
        """Toes up while the heel lands in front, heel up once the root has passed."""
        place, heading, _ = self.root(time_s)
        ahead = float((place - plant.place) @ forward(heading)) / max(self.step_m, 0.3)
        return 0.85 * smooth((ahead - 0.22) / 0.55) - 0.3 * smooth((-ahead - 0.35) / 0.3)


def travelled(time_s: float, duration: float, speed: float, length: float) -> float:
    """Path length after a time: constant speed with eased start and stop."""
    time_s = min(max(time_s, 0.0), duration)
    ease = min(EASE_S, duration / 2)
    top = length / (duration - ease)
    if time_s < ease:
        return top * time_s * time_s / (2 * ease)
    if time_s > duration - ease:
        left = duration - time_s
        return length - top * left * left / (2 * ease)
    return top * (time_s - ease / 2)


def smooth_path(points: np.ndarray) -> np.ndarray:
    """A Catmull-Rom curve through the points, sampled every 2 cm."""
    padded = np.concatenate([[2 * points[0] - points[1]], points, [2 * points[-1] - points[-2]]])
    samples = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for t in np.linspace(0, 1, 60, endpoint=False):
            samples.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    curve = np.array([*samples, points[-1]])
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(curve, axis=0), axis=1))])
    spots = np.arange(0, along[-1], SAMPLE_M)
    return np.stack([np.interp(spots, along, curve[:, axis]) for axis in (0, 1)], axis=1)


def path_headings(path: np.ndarray) -> np.ndarray:
    """Heading at every sample, from the direction over a quarter metre each way."""
    reach = 12
    ahead = path[np.minimum(np.arange(len(path)) + reach, len(path) - 1)]
    behind = path[np.maximum(np.arange(len(path)) - reach, 0)]
    return np.unwrap([heading_to(step) for step in ahead - behind])
