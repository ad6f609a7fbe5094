# SPDX-License-Identifier: Apache-2.0
"""Tests of derive.py: `python -m unittest test_derive`, standard library only."""

from __future__ import annotations

import unittest

import derive

FPS = 10
ZONE = [[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]]
INSIDE, OUTSIDE = [0.1, 0.1, 0.2, 0.5], [0.7, 0.1, 0.8, 0.5]
WATCHED = {"from_s": 0.0, "to_s": 60.0, "fire_watcher": True}
ALONE = {"from_s": 0.0, "to_s": 60.0, "fire_watcher": False}
EARLY = {"from_s": 0.0, "to_s": 4.0, "fire_watcher": False}


def scene(zone: dict, frames: int, persons: object, fires: object) -> dict:
    """Truth of some frames; `persons(frame)` and `fires(frame)` give lists of boxes."""
    per_frame = []
    for number in range(frames):
        people = [
            {"track": track, "box": box, "head": None, "headwear": "helmet", "garment": "blue"}
            for track, box in enumerate(persons(number), start=1)
        ]
        events = [{"kind": "arc", "box": box} for box in fires(number)]
        per_frame.append({"frame": number, "time_s": number / FPS, "persons": people, "events": events})
    zone = {"id": "z", "points": ZONE} | zone
    return {"fps": FPS, "zones": [zone], "tracks": [{"track": 1}, {"track": 2}], "per_frame": per_frame}


def spans(truth: dict) -> list[tuple[float, float]]:
    """Start and end of every violation."""
    return [(found["start_s"], found["end_s"]) for found in derive.violations(truth)]


def burning(start: int, end: int, box: list[float] = INSIDE) -> object:
    """Fire in the frames from `start` to before `end`."""
    return lambda number: [box] if start <= number < end else []


def with_watcher(start: int, end: int, box: list[float] = INSIDE) -> object:
    """A worker all the time, a watcher in some frames."""
    return lambda number: [INSIDE, box] if start <= number < end else [INSIDE]


class HotWork(unittest.TestCase):
    """Fire, permits and watchers."""

    def test_table(self) -> None:
        """Each row: what happens, permit, persons, fires, the violations."""
        nobody = with_watcher(0, 0)

        def comes_back(number: int) -> list[list[float]]:
            return nobody(number) if 20 <= number < 40 else [INSIDE, INSIDE]

        for name, permit, persons, fires, expected in (
            ("no permit", None, nobody, burning(10, 50), [(1.0, 5.0)]),
            ("too short", None, nobody, burning(10, 19), []),
            ("elsewhere", None, nobody, burning(10, 50, OUTSIDE), []),
            ("a permit without watcher", ALONE, nobody, burning(10, 50), []),
            ("after the permit", EARLY, nobody, burning(10, 60), [(4.0, 6.0)]),
            ("nobody watches", WATCHED, nobody, burning(10, 50), [(1.0, 5.0)]),
            ("watched", WATCHED, with_watcher(0, 80), burning(10, 50), []),
            ("watched from outside", WATCHED, with_watcher(0, 80, OUTSIDE), burning(10, 50), [(1.0, 5.0)]),
            ("the watcher comes", WATCHED, with_watcher(35, 80), burning(10, 60), [(1.0, 3.5)]),
            ("the watcher goes and comes back", WATCHED, comes_back, burning(5, 60), [(2.0, 4.0)]),
        ):  # fmt: skip
            zone = {"behaviour": "hot_work"} | ({"permit": permit} if permit else {})
            with self.subTest(name):
                self.assertEqual(spans(scene(zone, 80, persons, fires)), expected)

    def test_dropouts_are_bridged(self) -> None:
        """An arc that goes out for less than a second stays one violation."""
        truth = scene(
            {"behaviour": "hot_work"}, 80, with_watcher(0, 0), lambda n: [INSIDE] if 10 <= n < 60 and n % 10 > 4 else []
        )
        self.assertEqual(spans(truth), [(1.5, 6.0)])


class Crowd(unittest.TestCase):
    """Persons in a zone."""

    def test_limit(self) -> None:
        """One more than allowed, for long enough, inside."""
        zone = {"behaviour": "overcrowding", "max_persons": 1}
        for name, persons, expected in (
            ("two stay", with_watcher(10, 50), [(1.0, 5.0)]),
            ("two for a moment", with_watcher(10, 25), []),
            ("one passes by outside", with_watcher(10, 50, OUTSIDE), []),
        ):
            with self.subTest(name):
                self.assertEqual(spans(scene(zone, 80, persons, burning(0, 0))), expected)


if __name__ == "__main__":
    unittest.main()
