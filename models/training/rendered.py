"""Rendered pictures of the stage, and a few frames of its clips, as records like those of `sources`."""

from __future__ import annotations

import json
from pathlib import Path

import cv2

from paint import burnt_out
from sources import (
    ARC,
    FLAME,
    HEAD,
    HEADS_MASK,
    HELMET,
    OTHER,
    PERSON,
    PERSON_MASK,
    SMOKE,
    SPARKS,
    WHOLE,
    share,
)

KINDS = (PERSON, HEAD, HELMET, OTHER, ARC, SPARKS, FLAME)
HEADWEAR = {"bare": HEAD, "helmet": HELMET, "other": OTHER}
EVENTS = {"arc": ARC, "sparks": SPARKS, "flame": FLAME}

# Clips of which some frames are trained on; all others are only ever measured.
TRAIN_CLIPS = (
    "loading-bay-two-bare",
    "tank-farm-torch",
    "night-anti-static",
    "workshop-crowd",
    "gate-crowd-fog",
    "drum-fire",
)
FRAMES_A_CLIP = 15


def scene_of(stem: str) -> str:
    return stem.rsplit("-", 1)[0]


def split_of_scene(scene: str) -> str:
    """A tenth of the scenes only chooses thresholds and tells whether training goes well."""
    return "valid" if share(scene) < 0.1 else "train"


def stage_pictures(folder: Path, known: set[str]) -> list[dict]:
    """Records of pictures that are there and not in `known` (which grows): the stage may still be rendering."""
    out = []
    for path in sorted((folder / "labels").glob("*.txt")):
        picture = folder / "images" / (path.stem + ".jpg")
        if path.stem in known or not picture.exists():
            continue
        known.add(path.stem)
        boxes = []
        for line in path.read_text().splitlines():
            c, x, y, w, h = map(float, line.split())
            corners = [(x - w / 2) * 800, (y - h / 2) * 450, (x + w / 2) * 800, (y + h / 2) * 450]
            boxes.append([KINDS[int(c)], *corners, 1.0])
        if any(b[0] == ARC for b in boxes):
            seen = cv2.imread(str(picture))
            boxes = [[ARC, *burnt_out(seen, b[1:5]), b[5]] if b[0] == ARC else b for b in boxes]
        ignore = [[*WHOLE, 1 << SMOKE]]
        people = folder / "people" / (path.stem + ".json")
        if people.exists():
            ignore += unlabelled(json.loads(people.read_text())["persons"], boxes, 800, 450)
        split = split_of_scene(scene_of(path.stem))
        source = "rendered-fire" if any(b[0] in EVENTS.values() for b in boxes) else "rendered"
        out.append({"path": str(picture), "source": source, "split": split, "size": [800, 450], "boxes": boxes,
                    "ignore": ignore, "scales": (0.5, 1.7)})  # fmt: skip
    return out


def unlabelled(persons: list[dict], boxes: list, width: int, height: int) -> list:
    """Persons and heads too hidden for a label: nothing is known there."""
    scale, out = (width, height, width, height), []
    for person in persons:
        for key, kinds, mask in (("box", (PERSON,), PERSON_MASK), ("head", (HEAD, HELMET, OTHER), HEADS_MASK)):
            if not person.get(key):
                continue
            box = [v * s for v, s in zip(person[key], scale)]
            if not any(b[0] in kinds and all(abs(p - q) < 3 for p, q in zip(b[1:5], box)) for b in boxes):
                out.append([*box, mask])
    return out


def truth_record(truth: dict, frame: dict, path: Path) -> dict:
    width, height = truth["width_px"], truth["height_px"]
    scale, boxes, ignore = (width, height, width, height), [], [[*WHOLE, 1 << SMOKE]]
    for person in frame["persons"]:
        box = [v * s for v, s in zip(person["box"], scale)]
        if person["visible"] >= 0.15:
            boxes.append([PERSON, *box, 1.0])
        else:
            ignore.append([*box, PERSON_MASK])
        if person["head"]:
            head = [v * s for v, s in zip(person["head"], scale)]
            if person["headwear"] in HEADWEAR:
                boxes.append([HEADWEAR[person["headwear"]], *head, 1.0])
            else:
                ignore.append([*head, HEADS_MASK])
    boxes += [[EVENTS[e["kind"]], *(v * s for v, s in zip(e["box"], scale)), 1.0] for e in frame["events"]]
    return {"path": str(path), "source": "rendered-clip", "split": "train", "size": [width, height], "boxes": boxes,
            "ignore": ignore, "scales": (0.35, 1.3)}  # fmt: skip


def clip_frames(clips: Path, work: Path) -> list[dict]:
    """FRAMES_A_CLIP frames of each training clip, written to `work` as PNG once."""
    out = []
    work.mkdir(parents=True, exist_ok=True)
    for name in TRAIN_CLIPS:
        truth = json.loads((clips / name / "truth.json").read_text())
        wanted = {round((i + 0.5) * truth["frames"] / FRAMES_A_CLIP) for i in range(FRAMES_A_CLIP)}
        video = cv2.VideoCapture(str(clips / name / "clip.mp4"))
        for number, frame in enumerate(truth["per_frame"]):
            ok, picture = video.read()
            if not ok:
                break
            if number in wanted:
                path = work / f"{name}-{number:04d}.png"
                if not path.exists():
                    cv2.imwrite(str(path), picture)
                out.append(truth_record(truth, frame, path))
    return out
