# SPDX-License-Identifier: Apache-2.0
"""Training pictures without rendering any: scenes by chance, their files, the labels. `python -m unittest test_pictures`."""

from __future__ import annotations

import tomllib
import unittest

from chance import random_scene
from garments import OUTFITS
from headgear import split_name
from pictures import as_toml, labels

SIZE_PX = (800, 450)


def person(headwear: str, head: list[float] | None, visible: float = 1.0) -> dict:
    """Somebody in the middle of the picture."""
    return {"box": [0.4, 0.2, 0.6, 0.8], "head": head, "headwear": headwear, "visible": visible}


class Scenes(unittest.TestCase):
    """Scenes by chance."""

    def test_a_seed_gives_its_scene_again_and_another_another(self) -> None:
        """What makes pictures reproducible."""
        self.assertEqual(random_scene(3, 5), random_scene(3, 5))
        self.assertNotEqual(random_scene(3, 5), random_scene(3, 6))
        self.assertNotEqual(random_scene(3, 5), random_scene(4, 5))
        self.assertEqual(random_scene(3, 5, "backs"), random_scene(3, 5, "backs"))
        self.assertNotEqual(random_scene(3, 5), random_scene(3, 5, "backs"))

    def test_scenes_for_fires_all_have_one(self) -> None:
        """And few people."""
        for number in range(20):
            scene = random_scene(3, number, "fires")
            self.assertTrue(scene["fires"])
            self.assertLessEqual(len(scene["people"]), 3)

    def test_a_scene_file_says_the_same_as_the_scene(self) -> None:
        """Lists, tables, Chinese signs and signed numbers come back from TOML."""
        for number in range(12):
            scene = random_scene(1, number)
            self.assertEqual(tomllib.loads(as_toml(scene)), scene)

    def test_every_word_about_people_is_known(self) -> None:
        """A name that garments.py or headgear.py does not know would end a set in the middle of the night."""
        for number in range(40):
            for words in random_scene(2, number)["people"]:
                self.assertIn(words["clothes"], OUTFITS)
                if "headgear" in words:
                    split_name(words["headgear"])


class Labels(unittest.TestCase):
    """Lines of YOLO label files."""

    def check(self, found: dict, expected: list[str]) -> None:
        """Compares the classes and the first line's numbers."""
        self.assertEqual([line.split()[0] for line in labels(found, SIZE_PX)], expected)

    def test_classes(self) -> None:
        """Person, then head by what is on it; hidden and tiny heads and persons hardly seen have no line."""
        head = [0.45, 0.2, 0.55, 0.3]
        cases = [
            (person("bare", head), ["0", "1"]),
            (person("helmet", head), ["0", "2"]),
            (person("other", head), ["0", "3"]),
            (person("hidden", head), ["0"]),
            (person("hidden", None), ["0"]),
            (person("helmet", [0.45, 0.2, 0.452, 0.205]), ["0"]),
            (person("helmet", head, visible=0.1), ["2"]),
        ]
        for found, expected in cases:
            with self.subTest(found=found):
                self.check({"persons": [found], "events": []}, expected)
        events = [{"kind": kind, "box": head} for kind in ("arc", "sparks", "flame")]
        self.check({"persons": [], "events": events}, ["4", "5", "6"])

    def test_middle_and_size(self) -> None:
        """Corners become middle and size."""
        lines = labels({"persons": [person("hidden", None)], "events": []}, SIZE_PX)
        self.assertEqual(lines, ["0 0.50000 0.50000 0.20000 0.60000"])


if __name__ == "__main__":
    unittest.main()
