# SPDX-License-Identifier: Apache-2.0
"""Sparks: hot grains that fly with gravity and drag, bounce on the floor, cool, and draw streaks.

All grains of a clip are simulated once from a seed; a frame draws what each did while the shutter was open.
"""

from __future__ import annotations

import numpy as np

from canvas import Canvas

STEP_S = 1 / 150
GRAVITY = 9.8
MOST_POINTS = 48


class Sparks:
    """A jet of sparks from a place; times in seconds, angles in degrees."""

    def __init__(self, words: dict, bursts: list[tuple[float, float]], seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.shutter_s, self.bright = words.get("shutter_s", 1 / 30), words.get("bright", 7.0)
        births = [rng.uniform(start, end, int((end - start) * words.get("rate", 260))) for start, end in bursts]
        self.birth = np.sort(np.concatenate([*births, np.zeros(0)]))
        count = len(self.birth)
        # Grains come in gusts, as the pressure on the tool changes.
        gust = 0.5 + 0.5 * np.sin(self.birth * 9.1 + rng.uniform(0, 6)) * np.sin(self.birth * 2.3 + 1)
        keep = rng.random(count) < 0.45 + 0.55 * gust
        self.birth, count = self.birth[keep], int(keep.sum())
        self.life = rng.gamma(4.0, words.get("life_s", 0.55) / 4.0, count).clip(0.08, 1.2)
        self.tone = rng.uniform(0.35, 1.0, count)
        self.track = self._fly(rng, np.array(words["at"], dtype=float), self._speeds(rng, words, count), words)

    @staticmethod
    def _speeds(rng: np.random.Generator, words: dict, count: int) -> np.ndarray:
        """Start velocities: most in a narrow fan round `towards` and `rise`, some astray."""
        astray = np.where(rng.random(count) < 0.12, 3.5, 1.0)
        spread = np.radians(words.get("spread", 9.0)) * astray
        yaw = np.radians(words.get("towards", 0.0)) + rng.normal(0, 1, count) * spread
        rise = np.radians(words.get("rise", -20.0)) + rng.normal(0, 1, count) * spread
        speed = words.get("speed", 8.0) * rng.uniform(0.35, 1.0, count) ** 0.7
        return speed[:, None] * np.stack([np.cos(rise) * np.cos(yaw), np.cos(rise) * np.sin(yaw), np.sin(rise)], axis=1)

    @staticmethod
    def _fly(rng: np.random.Generator, at: np.ndarray, speed: np.ndarray, words: dict) -> np.ndarray:
        """Places (steps, n, 3) at every STEP_S after birth."""
        count, steps = len(speed), int(1.25 / STEP_S)
        place = np.repeat(at[None], count, axis=0)
        track = np.empty((steps, count, 3))
        drag = 1 - STEP_S / words.get("drag_s", 0.5)
        for step in range(steps):
            track[step] = place
            speed = speed * drag
            speed[:, 2] -= GRAVITY * STEP_S
            place = place + speed * STEP_S
            hit = place[:, 2] < 0.01
            place[hit, 2] = 0.02 - place[hit, 2]
            bounced = speed[hit] * [0.55, 0.55, -0.42]
            speed[hit] = bounced + rng.normal(0, 0.35, bounced.shape) * np.linalg.norm(bounced, axis=1, keepdims=True)
        return track

    def draw(self, canvas: Canvas, time_s: float) -> np.ndarray:
        """Adds the streaks of one frame; the pixels (n, 2) they cover."""
        opened = time_s - self.shutter_s
        live = np.flatnonzero((self.birth < time_s) & (self.birth + self.life > opened))
        if not len(live):
            return np.zeros((0, 2), dtype=int)
        first = np.maximum(opened - self.birth[live], 0)
        last = np.minimum(time_s - self.birth[live], self.life[live])
        ages = first[:, None] + (last - first)[:, None] * np.linspace(0, 1, MOST_POINTS)[None]
        places = self._places(live, ages)
        ends = canvas.camera.project(np.concatenate([places[:, 0], places[:, -1]]))[:, :2] * [canvas.width, canvas.height]
        length = np.linalg.norm(ends[: len(live)] - ends[len(live) :], axis=1)
        heat = (1 - ages / self.life[live][:, None]).clip(0, 1)
        white = heat[..., None] ** 1.5
        colour = np.array([1.0, 0.42, 0.08]) * (1 - white) + np.array([1.0, 0.82, 0.48]) * white
        amount = self.bright * self.tone[live][:, None] * (0.15 + heat) * np.maximum(length, 1.2)[:, None] / MOST_POINTS
        thick = canvas.height / 720
        return canvas.points(places.reshape(-1, 3), (colour * amount[..., None] * thick).reshape(-1, 3))

    def _places(self, live: np.ndarray, ages: np.ndarray) -> np.ndarray:
        """Places (n, points, 3) of grains at ages (n, points)."""
        step = np.clip(ages / STEP_S, 0, len(self.track) - 1.001)
        low, share = step.astype(int), (step % 1)[..., None]
        grains = live[:, None]
        return self.track[low, grains] * (1 - share) + self.track[low + 1, grains] * share
