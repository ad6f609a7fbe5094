# SPDX-License-Identifier: Apache-2.0
"""How well detectors see the rendered people: `python measure_persons.py --coco M.onnx [--heads M.onnx]`.

For every clip and every fifth frame: the share of truth persons at least 60 px tall (in a 640 px wide
letterbox) and at least half visible that a COCO person box covers with IoU 0.5; and, with a head model,
which share of helmets and bare heads it finds and names rightly, and what it finds where nothing is.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from detect import Detector, overlap, suppress

SIDE_PX = 640
MIN_PERSON_PX = 60
MIN_VISIBLE = 0.5
PERSON_SCORE = 0.3
HEAD_SCORES = (0.61, 0.49)
STEP = 5


def frames_of(folder: Path, truth: dict) -> list[tuple[dict, Image.Image]]:
    """Every fifth frame's truth and picture."""
    with tempfile.TemporaryDirectory() as scratch:
        command = [
            "ffmpeg",
            "-v",
            "error",
            "-i",
            str(folder / truth["clip"]),
            "-vf",
            f"select=not(mod(n\\,{STEP}))",
            "-vsync",
            "0",
            f"{scratch}/%05d.png",
        ]
        subprocess.run(command, check=True)
        pictures = [Image.open(path).copy() for path in sorted(Path(scratch).glob("*.png"))]
    return list(zip(truth["per_frame"][::STEP], pictures, strict=True))


def covered(box: list[float], picture: Image.Image, found: np.ndarray, iou: float) -> int | None:
    """Index of the found box that covers a normalised box best, or None."""
    if not len(found):
        return None
    pixels = np.array(box) * [picture.width, picture.height, picture.width, picture.height]
    shares = overlap(pixels, found)
    return int(shares.argmax()) if shares.max() >= iou else None


def count_persons(detector: Detector, frames: list[tuple[dict, Image.Image]], person_class: int) -> tuple[int, int]:
    """Persons found and persons there are."""
    found = total = 0
    for frame, picture in frames:
        rows = detector(picture)
        boxes = rows[suppress(rows[:, :4], rows[:, 4 + person_class], PERSON_SCORE, 0.6), :4]
        for person in frame["persons"]:
            tall = (person["box"][3] - person["box"][1]) * picture.height * SIDE_PX / max(picture.size)
            if tall >= MIN_PERSON_PX and person["visible"] >= MIN_VISIBLE:
                total += 1
                found += covered(person["box"], picture, boxes, 0.5) is not None
    return found, total


def count_heads(detector: Detector, frames: list[tuple[dict, Image.Image]]) -> dict[str, int]:
    """Bare heads and helmets: there are, named rightly, named as the other; and found where no head is."""
    counts = dict.fromkeys(("bare", "bare_right", "bare_wrong", "helmet", "helmet_right", "helmet_wrong", "nowhere"), 0)
    for frame, picture in frames:
        rows = detector(picture)
        over = rows[:, 4:6] / np.array(HEAD_SCORES)
        kept = suppress(rows[:, :4], over.max(axis=1), 1.0)
        boxes, kinds = rows[kept, :4], ["bare" if row[0] > row[1] else "helmet" for row in over[kept]]
        used = set()
        for person in frame["persons"]:
            if person["head"] is None:
                continue
            hit = covered(person["head"], picture, boxes, 0.3)
            used |= {hit} - {None}
            if person["headwear"] in ("bare", "helmet"):
                counts[person["headwear"]] += 1
                if hit is not None:
                    counts[f"{person['headwear']}_{'right' if kinds[hit] == person['headwear'] else 'wrong'}"] += 1
        counts["nowhere"] += len(kept) - len(used)
    return counts


def main() -> None:
    """Prints a line a clip and the sum."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--coco", type=Path, required=True)
    parser.add_argument("--heads", type=Path)
    parser.add_argument("clips", nargs="*", help="names of clips; all when none is given")
    words = parser.parse_args()
    coco, heads = Detector(words.coco, SIDE_PX), Detector(words.heads, SIDE_PX) if words.heads else None
    found = total = 0
    for path in sorted(Path(__file__).resolve().parent.parent.glob("*/truth.json")):
        if words.clips and path.parent.name not in words.clips:
            continue
        truth = json.loads(path.read_text(encoding="utf-8"))
        frames = frames_of(path.parent, truth)
        here, there = count_persons(coco, frames, 0)
        found, total = found + here, total + there
        print(f"{path.parent.name}: COCO persons {here}/{there} = {here / max(there, 1):.1%} (input {coco.side_px} px)")
        if heads:
            here, there = count_persons(heads, frames, 2)
            print(f"  head model: persons {here}/{there}; {count_heads(heads, frames)}")
    print(f"all: COCO persons {found}/{total} = {found / max(total, 1):.1%}")


if __name__ == "__main__":
    main()
