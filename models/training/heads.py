"""Head crops for the second look: where they come from, how they are cut and roughened.

The crop follows the contract of the product: a square of twice the longer side of the head box, centred on it;
without a head box 0.30 of the person's height, centred 0.4 of that below the top. Outside the picture: 114.
"""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from looks import HEAD as HEAD_LOOK
from looks import seen
from loss import ANY_BARE
from rendered import TRAIN_CLIPS, scene_of, split_of_scene
from sources import HEAD, HELMET, OTHER, PERSON

HIDDEN = 3
SIDE = 96
MARGIN = 1.7  # a patch shows this much more than the crop, for jitter
PATCH = 150


def head_square(box) -> tuple[float, float, float]:
    left, top, right, bottom = box
    return (left + right) / 2, (top + bottom) / 2, 2.0 * max(right - left, bottom - top)


def person_square(box) -> tuple[float, float, float]:
    left, top, right, bottom = box
    side = min(0.30 * (bottom - top), 1.2 * (right - left))
    return (left + right) / 2, top + 0.4 * side, side


def cut(picture: np.ndarray, x: float, y: float, side: float, out: int) -> np.ndarray:
    """The square as out x out: averaged over areas when shrinking, bilinear when growing."""
    left, top, size = round(x - side / 2), round(y - side / 2), max(2, round(side))
    height, width = picture.shape[:2]
    inner = picture[max(top, 0) : max(min(top + size, height), 0), max(left, 0) : max(min(left + size, width), 0)]
    canvas = np.full((size, size, 3), 114, np.uint8)
    if inner.size:
        oy, ox = max(-top, 0), max(-left, 0)
        canvas[oy : oy + inner.shape[0], ox : ox + inner.shape[1]] = inner
    return cv2.resize(canvas, (out, out), interpolation=cv2.INTER_AREA if size > out else cv2.INTER_LINEAR)


class Heads:
    """Patches with labels, by (source, label). Labels: helmet 0, bare 1, other 2, hidden 3, ANY_BARE."""

    def __init__(self):
        self.patches: dict[tuple[str, int], list[np.ndarray]] = {}
        self.known: set[str] = set()

    def add(self, source: str, label: int, picture: np.ndarray, square: tuple[float, float, float]) -> None:
        x, y, side = square
        if side < 20:
            return
        patch = cut(picture, x, y, side * MARGIN, min(PATCH, max(24, round(side * MARGIN))))
        self.patches.setdefault((source, label), []).append(patch)


ORDER = {HELMET: 0, HEAD: 1, OTHER: 2, ANY_BARE: ANY_BARE}


def inside(point, box) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def add_record(heads: Heads, record: dict, picture: np.ndarray, rng: np.random.Generator) -> None:
    """All heads of a record, by the head box, by the person's box too, and a place without any head."""
    source = record["source"].split("/")[0]
    found = [b for b in record["boxes"] if b[0] != PERSON and b[0] in ORDER]
    people = [b[1:5] for b in record["boxes"] if b[0] == PERSON]
    for kind, *box, weight in found:
        heads.add(source, ORDER[kind], picture, head_square(box))
        middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        for person in people:
            square = person_square(person)
            near = abs(square[0] - middle[0]) < 0.25 * square[2] and abs(square[1] - middle[1]) < 0.25 * square[2]
            if near and 0.35 < max(box[2] - box[0], box[3] - box[1]) / max(square[2], 1) < 0.8 and rng.random() < 0.5:
                heads.add(source, ORDER[kind], picture, square)
    if record["source"] in ("hard-hat-workers", "bare-heads-extra") or source.startswith(("hot-work", "rendered")):
        nothing(heads, source, picture, [b[1:5] for b in found], people, rng)


def nothing(
    heads: Heads, source: str, picture: np.ndarray, found: list, people: list, rng: np.random.Generator
) -> None:
    """A torso or background: no head to be seen there."""
    height, width = picture.shape[:2]
    if people and rng.random() < 0.5:
        left, top, right, bottom = people[rng.integers(len(people))]
        side = 0.3 * (bottom - top)
        square = (rng.uniform(left, right), top + rng.uniform(0.35, 0.9) * (bottom - top), side)
    else:
        square = (rng.uniform(0, width), rng.uniform(0, height), float(np.exp(rng.uniform(np.log(24), np.log(160)))))
    x, y, side = square
    reach = [x - 0.5 * side, y - 0.5 * side, x + 0.5 * side, y + 0.5 * side]
    if not any(b[2] > reach[0] and b[0] < reach[2] and b[3] > reach[1] and b[1] < reach[3] for b in found):
        heads.add(source, HIDDEN, picture, square)


def add_people(heads: Heads, source: str, persons: list[dict], picture: np.ndarray) -> None:
    """Rendered people, whose headwear is known exactly."""
    height, width = picture.shape[:2]
    order = {"helmet": 0, "bare": 1, "other": 2, "hidden": HIDDEN}
    for person in persons:
        label = order.get(person["headwear"])
        if label is None or person["visible"] < 0.15:
            continue
        box = [v * s for v, s in zip(person["box"], (width, height, width, height))]
        if person["head"]:
            head = [v * s for v, s in zip(person["head"], (width, height, width, height))]
            if max(head[2] - head[0], head[3] - head[1]) >= 9:
                heads.add(source, label, picture, head_square(head))
        elif label == HIDDEN and person["visible"] < 0.7:
            heads.add(source, label, picture, person_square(box))


def add_pictures(heads: Heads, folder: Path, split: str) -> None:
    """Rendered pictures that are there and not known yet: the stage may still be rendering."""
    for path in sorted(folder.glob("labels/*.txt")):
        people = folder / "people" / (path.stem + ".json")
        if path.stem in heads.known or split_of_scene(scene_of(path.stem)) != split or not people.exists():
            continue
        heads.known.add(path.stem)
        picture = cv2.imread(str(folder / "images" / (path.stem + ".jpg")))
        add_people(heads, "rendered", json.loads(people.read_text())["persons"], picture)


def gather(index: Path, pictures: Path | None, clips: Path | None, split: str, seed: int) -> Heads:
    rng, heads = np.random.default_rng(seed), Heads()
    for record in json.loads(index.read_text()):
        if record["split"] == split and not record["source"].startswith("flame"):
            add_record(heads, record, cv2.imread(record["path"]), rng)
    if pictures:
        add_pictures(heads, pictures, split)
    for name in TRAIN_CLIPS if clips and split == "train" else ():
        truth = json.loads((clips / name / "truth.json").read_text())
        video = cv2.VideoCapture(str(clips / name / "clip.mp4"))
        for number, frame in enumerate(truth["per_frame"]):
            ok, picture = video.read()
            if ok and number % 12 == 6:
                add_people(heads, "rendered", frame["persons"], picture)
    return heads


def roughened(patch: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A training crop: moved, turned, mirrored, seen from afar, in other light, compressed."""
    size = patch.shape[0]
    side = size / MARGIN * float(np.exp(rng.uniform(-0.28, 0.3)))
    centre = size / 2 + rng.normal(0, 0.06, 2) * size / MARGIN
    turn = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), float(rng.normal(0, 7)), SIDE / side)
    turn[:, 2] += SIDE / 2 - centre
    if rng.random() < 0.5:
        patch = patch[:, ::-1]
    if side > SIDE * 1.5:
        patch = cv2.blur(patch, (2, 2))
    out = cv2.warpAffine(
        np.ascontiguousarray(patch), turn, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderValue=(114,) * 3
    )
    if rng.random() < 0.6:
        small = int(np.exp(rng.uniform(np.log(22), np.log(90))))
        out = cv2.resize(
            cv2.resize(out, (small, small), interpolation=cv2.INTER_AREA), (SIDE, SIDE), interpolation=cv2.INTER_LINEAR
        )
    out = seen(out, HEAD_LOOK)
    if rng.random() < 0.15:
        edge = int(rng.integers(SIDE // 4, SIDE))
        out[edge:] = rng.integers(0, 255, 3) if edge > SIDE * 0.6 else out[edge:]
    return out


def plain(patch: np.ndarray) -> np.ndarray:
    size = patch.shape[0]
    return cut(patch, size / 2, size / 2, size / MARGIN, SIDE)
