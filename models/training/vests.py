"""Real persons with and without a safety vest, from construction-site-safety: to fit on one part and measure on another.

The set labels vests and their absence as boxes of their own; each goes to the person whose box holds most of it.
"""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from garments import Garment, cut

PERSON, BARE, VEST = 5, 4, 7
# A vest belongs to somebody whose box holds so much of it.
LEAST_INSIDE = 0.8


def boxes(path: Path, size: tuple[int, int]) -> list[tuple[int, list[float]]]:
    """Class and left, top, right, bottom in pixels of each line of a YOLO label file."""
    out = []
    for line in path.read_text().splitlines():
        kind, x, y, w, h = (float(v) for v in line.split()[:5])
        out.append((int(kind), [(x - w / 2) * size[0], (y - h / 2) * size[1], (x + w / 2) * size[0], (y + h / 2) * size[1]]))
    return out


def inside(part: list[float], whole: list[float]) -> float:
    """Which share of `part` lies in `whole`."""
    wide = min(part[2], whole[2]) - max(part[0], whole[0])
    high = min(part[3], whole[3]) - max(part[1], whole[1])
    return max(wide, 0) * max(high, 0) / ((part[2] - part[0]) * (part[3] - part[1]) + 1e-6)


def of_sites(index: Path, split: str) -> list[Garment]:
    """Persons of a part of the index who wear, or surely do not wear, a vest; a person with both labels is left out."""
    out = []
    for record in json.loads(index.read_text()):
        if record["source"] != "construction-site-safety" or record["split"] != split:
            continue
        picture, path = cv2.imread(record["path"]), Path(record["path"])
        found = boxes(path.parent.parent / "labels" / f"{path.stem}.txt", (picture.shape[1], picture.shape[0]))
        people = [box for kind, box in found if kind == PERSON]
        worn: dict[int, set[str]] = {}
        for kind, box in found:
            if kind in (BARE, VEST) and people:
                shares = [inside(box, person) for person in people]
                if max(shares) >= LEAST_INSIDE:
                    worn.setdefault(int(np.argmax(shares)), set()).add("vest" if kind == VEST else "no-vest")
        for number, names in worn.items():
            crop = cut(picture, people[number])
            if len(names) == 1 and crop is not None:
                out.append(Garment(names.pop(), path.stem, number, crop))
    return out
