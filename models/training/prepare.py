"""Writes the index of all training pictures: labels of the sources, completed with pseudo-labels.

    python prepare.py --datasets DIR --weights DIR --out index.json

Persons come from the COCO network at two sizes (sure above 0.5, left open from 0.15), heads of unlabelled
people from the start model (sure above 0.35, their kind left open but for "no helmet").
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from detect import Detector, suppressed
from looked_at import correct
from loss import ANY_BARE
from sources import BARE_MASK, HEADS_MASK, PERSON, PERSON_MASK, all_sources

COCO = ("person", *(f"class-{i}" for i in range(1, 80)))
START = ("head", "helmet", "person")


def iou(a, b) -> float:
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    inter = max(w, 0) * max(h, 0)
    return inter / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - inter + 1e-6)


def covered(a, b) -> float:
    """Share of `a` that lies in `b`."""
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return max(w, 0) * max(h, 0) / ((a[2] - a[0]) * (a[3] - a[1]) + 1e-6)


def persons(record: dict, picture, coco: Detector, complete: bool) -> None:
    """Adds persons; where the labels claim to be complete, unmatched finds are only left open."""
    found = [d for size in (416, 640) for d in coco(picture, size, 0.15, [("person",)], 0.6)]
    if not found:
        return
    boxes, scores = np.array([d[1:5] for d in found]), np.array([d[5] for d in found])
    labelled = [b[1:5] for b in record["boxes"] if b[0] == PERSON]
    for i in suppressed(boxes, scores, 0.6):
        box = boxes[i].tolist()
        if any(iou(box, other) > 0.4 for other in labelled):
            continue
        if scores[i] >= 0.5 and not complete:
            record["boxes"].append([PERSON, *box, 1.0])
        else:
            record["ignore"].append([*box, PERSON_MASK])


def heads(record: dict, picture, start: Detector, helmet_free: bool) -> None:
    """Gives rough boxes the start model's place, and adds or leaves open what the labels lack."""
    found = start(picture, 640, 0.1, [("head", "helmet")], 0.5)
    for d in found:
        box = d[1:5]
        near = [b for b in record["boxes"] if b[0] != PERSON and (iou(b[1:5], box) > 0.3 or covered(b[1:5], box) > 0.7)]
        rough = [b for b in near if b[5] < 1]
        if rough and d[5] >= 0.3:
            best = max(rough, key=lambda b: iou(b[1:5], box))
            best[1:6] = [*box, 1.0]
        elif not near and helmet_free and d[5] >= 0.35:
            record["boxes"].append([ANY_BARE, *box, 1.0])
        elif not near:
            record["ignore"].append([*box, BARE_MASK if helmet_free else HEADS_MASK])


def open_heads(record: dict) -> None:
    """Where heads are not labelled for everybody, a person without one leaves open what is on top of it."""
    if not record["source"].startswith(("surveillance", "construction")):
        return
    heads_found = [b for b in record["boxes"] if b[0] != PERSON]
    for kind, left, top, right, bottom, _ in record["boxes"]:
        upper = [left, top - 0.05 * (bottom - top), right, top + 0.45 * (bottom - top)]
        if kind == PERSON and not any(covered(b[1:5], upper) > 0.6 for b in heads_found):
            record["ignore"].append([*upper, BARE_MASK])


def complete(record: dict, coco: Detector, start: Detector) -> None:
    source = record["source"]
    if source.startswith(("flame-smoke", "hot-work")) or record["split"] == "test":
        return
    picture = cv2.imread(record["path"])
    assert picture is not None, f"{record['path']} is no picture"
    if source in ("hard-hat-workers", "bare-heads-extra"):
        persons(record, picture, coco, complete=False)
        return
    persons(record, picture, coco, complete=True)
    heads(record, picture, start, helmet_free=source == "surveillance-people")


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--datasets", type=Path, required=True)
    ap.add_argument("--weights", type=Path, required=True)
    ap.add_argument("--out", type=Path, required=True)
    args = ap.parse_args()
    coco = Detector(str(args.weights / "yolox_nano_coco.onnx"), COCO, 2)
    start = Detector(str(args.weights / "start_head_helmet_person.onnx"), START, 2)
    records = all_sources(args.datasets)
    for i, record in enumerate(records):
        complete(record, coco, start)
        open_heads(record)
        if i % 500 == 0:
            print(i, len(records), flush=True)
    print(f"{correct(records)} boxes corrected by eye")
    args.out.write_text(json.dumps(records))


if __name__ == "__main__":
    main()
