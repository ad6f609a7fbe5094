"""A sheet of what goes wrong in the sample clips that are kept out of training, for the cards.

    python failures.py --clips ../../sample-videos --detector F.onnx --thresholds head=.5,... --headwear H.onnx --out sheet.jpg

One picture a person (or fire) and kind of failure, the earliest; `truth > what was said`, and where.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from detect import Detector
from evaluate import ALL, Eyes, frames, named
from heads import cut
from headwear_session import HeadwearSession, said
from rendered import TRAIN_CLIPS
from scores import overlaps

SIDE, ACROSS, MOST, EVERY = 176, 6, 24, 5
LEAST_HEAD_PX = 12
RIGHT = {"bare": "head", "helmet": "helmet", "other": "other_headwear"}


def of_heads(eyes: Eyes, picture: np.ndarray, found: list, frame: dict, size: tuple):
    """Wrong heads of a frame: key, square around, words."""
    for person in frame["persons"]:
        if not person["head"] or person["headwear"] not in RIGHT:
            continue
        head = [v * s for v, s in zip(person["head"], size)]
        if max(head[2] - head[0], head[3] - head[1]) < LEAST_HEAD_PX:
            continue
        called, looked = named(found, head), said(eyes.second.heads(picture, [head])[0])
        worn = person["headwear"]
        if (looked == "helmet") != (worn == "helmet") or called == "nothing":
            square = ((head[0] + head[2]) / 2, (head[1] + head[3]) / 2, 4.0 * max(head[2] - head[0], head[3] - head[1]))
            yield (person["track"], worn, called, looked), square, f"{worn} > {called}, {looked}"


def of_fires(found: list, frame: dict, size: tuple):
    """Fires of a frame that nothing was found on, and what was taken for fire."""
    hot = [d for d in found if d[0] in ("flame", "arc", "sparks")]
    boxes = np.array([[v * s for v, s in zip(e["box"], size)] for e in frame["events"]]).reshape(-1, 4)
    shared = overlaps(boxes, np.array([d[1:5] for d in hot]).reshape(-1, 4)) > 0
    for event, box, hits in zip(frame["events"], boxes, shared):
        if not hits.any():
            yield (event["kind"],), square_of(box), f"{event['kind']} > nothing"
    for d, hits in zip(hot, shared.T):
        if not hits.any():
            yield ("decoy", round(d[1] / 40)), square_of(d[1:5]), f"nothing > {d[0]}"


def square_of(box) -> tuple[float, float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, max(90.0, 2.5 * max(box[2] - box[0], box[3] - box[1]))


def tile(picture: np.ndarray, square: tuple, words: list[str]) -> np.ndarray:
    shown = cut(picture, *square, SIDE)
    strip = np.full((16 * len(words) + 6, SIDE, 3), 255, np.uint8)
    for row, text in enumerate(words):
        cv2.putText(strip, text, (3, 14 + 16 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.37, (0, 0, 0), 1, cv2.LINE_AA)
    return np.vstack([shown, strip])


def failures(eyes: Eyes, folder: Path, longer: int) -> dict[tuple, np.ndarray]:
    truth, tiles = json.loads((folder / "truth.json").read_text()), {}
    size = (truth["width_px"], truth["height_px"]) * 2
    for number, picture in frames(folder / "clip.mp4", EVERY):
        found, frame = eyes.sure(picture, longer), truth["per_frame"][number]
        wrong = [*of_heads(eyes, picture, found, frame, size), *of_fires(found, frame, size)]
        for key, square, words in wrong:
            if (folder.name, *key) not in tiles:
                tiles[folder.name, *key] = tile(picture, square, [words, f"{folder.name} {frame['time_s']:.1f} s"])
    return tiles


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--clips", type=Path, required=True)
    ap.add_argument("--detector", required=True)
    ap.add_argument("--thresholds", required=True)
    ap.add_argument("--headwear", required=True)
    ap.add_argument("--longer", type=int, default=640)
    ap.add_argument("--out", type=Path, required=True)
    args = ap.parse_args()
    thresholds = {k: float(v) for k, v in (t.split("=") for t in args.thresholds.split(","))}
    eyes = Eyes(Detector(args.detector, ALL), thresholds, HeadwearSession(args.headwear))
    folders = [p.parent for p in sorted(args.clips.glob("*/truth.json")) if p.parent.name not in TRAIN_CLIPS]
    tiles = [tile for folder in folders for tile in failures(eyes, folder, args.longer).values()]
    print(f"{len(tiles)} failures")
    tiles = tiles[:: max(1, -(-len(tiles) // MOST))]
    tiles += [np.full_like(tiles[0], 255)] * (-len(tiles) % ACROSS)
    rows = [np.hstack(tiles[i : i + ACROSS]) for i in range(0, len(tiles), ACROSS)]
    cv2.imwrite(str(args.out), np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, 80])


if __name__ == "__main__":
    main()
