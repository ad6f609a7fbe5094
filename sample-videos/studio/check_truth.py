# SPDX-License-Identifier: Apache-2.0
"""Checks every truth file against its clip: `python check_truth.py [FOLDER...]`, exit 0 or 1.

Standard library and ffprobe only. A truth file must have the clip's frame count, size and rate, every
frame once and in order, boxes inside the picture with heads inside persons, and exactly the violations
that derive.py finds in its frames.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import derive

HEADWEAR = {"helmet", "bare", "other", "hidden"}
EVENTS = {"arc", "sparks", "flame"}
KEYS = (
    "clip",
    "width_px",
    "height_px",
    "fps",
    "frames",
    "camera",
    "description",
    "seed",
    "zones",
    "tracks",
    "per_frame",
    "violations",
)
SLACK = 1e-4


def probe(clip: Path) -> dict:
    """Size, rate and counted frames of a clip's video stream."""
    fields = "stream=width,height,avg_frame_rate,nb_read_frames,has_b_frames,pix_fmt"
    command = [
        "ffprobe",
        "-v",
        "error",
        "-select_streams",
        "v:0",
        "-count_frames",
        "-show_entries",
        fields,
        "-of",
        "json",
        str(clip),
    ]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["streams"][0]


def is_box(box: object) -> bool:
    """Four numbers, ordered, inside the picture."""
    if not isinstance(box, list) or len(box) != 4:
        return False
    left, top, right, bottom = box
    return 0 <= left < right <= 1 and 0 <= top < bottom <= 1


def clip_faults(truth: dict, folder: Path) -> Iterator[str]:
    """What the clip itself, or the same clip in another coding beside it, says otherwise."""
    if not (folder / truth["clip"]).exists():
        yield f"{truth['clip']} is missing"
    for clip in sorted(folder.glob("*.mp4")):
        yield from (f"{clip.name}: {fault}" for fault in stream_faults(truth, probe(clip)))


def stream_faults(truth: dict, stream: dict) -> Iterator[str]:
    """What a clip's video stream says otherwise."""
    pairs = (
        ("width_px", int(stream["width"])),
        ("height_px", int(stream["height"])),
        ("frames", int(stream["nb_read_frames"])),
        ("fps", float(Fraction(stream["avg_frame_rate"]))),
    )
    for key, found in pairs:
        if abs(truth[key] - found) > 1e-6:
            yield f"{key} is {truth[key]} in the truth, {found} in the clip"
    if stream["has_b_frames"]:
        yield "the clip has B-frames"


def person_faults(person: dict, tracks: set[int]) -> Iterator[str]:
    """What is wrong with one person in one frame."""
    if person["track"] not in tracks:
        yield f"track {person['track']} is not listed"
    if not is_box(person["box"]):
        yield f"track {person['track']}: box {person['box']} is not inside the picture"
    if person["headwear"] not in HEADWEAR:
        yield f"track {person['track']}: unknown headwear {person['headwear']!r}"
    if not 0 <= person["visible"] <= 1:
        yield f"track {person['track']}: visible {person['visible']} is not 0..1"
    head = person["head"]
    if head is None:
        if person["headwear"] != "hidden":
            yield f"track {person['track']}: no head box, but headwear {person['headwear']!r}"
        return
    if not is_box(head):
        yield f"track {person['track']}: head {head} is not inside the picture"
    elif is_box(person["box"]):
        box = person["box"]
        if head[0] < box[0] - SLACK or head[1] < box[1] - SLACK or head[2] > box[2] + SLACK or head[3] > box[3] + SLACK:
            yield f"track {person['track']}: head {head} is not inside box {box}"


def frame_faults(truth: dict) -> Iterator[str]:
    """What is wrong with the frames."""
    if len(truth["per_frame"]) != truth["frames"]:
        yield f"{len(truth['per_frame'])} frames listed, {truth['frames']} announced"
    tracks = {track["track"] for track in truth["tracks"]}
    for number, frame in enumerate(truth["per_frame"]):
        faults = []
        if frame["frame"] != number or abs(frame["time_s"] - number / truth["fps"]) > 2e-3:
            faults.append(f"numbered {frame['frame']} at {frame['time_s']} s")
        seen = [person["track"] for person in frame["persons"]]
        if len(seen) != len(set(seen)):
            faults.append("a track stands twice")
        for person in frame["persons"]:
            faults += person_faults(person, tracks)
        faults += [f"event box {event['box']} is not inside the picture" for event in frame["events"] if not is_box(event["box"])]
        faults += [f"unknown event {event['kind']!r}" for event in frame["events"] if event["kind"] not in EVENTS]
        yield from (f"frame {number}: {fault}" for fault in faults)


def faults(folder: Path) -> Iterator[str]:
    """Everything wrong with one clip's truth."""
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    missing = [key for key in KEYS if key not in truth]
    if missing:
        yield f"keys missing: {', '.join(missing)}"
        return
    yield from clip_faults(truth, folder)
    yield from frame_faults(truth)
    for zone in truth["zones"]:
        if len(zone["points"]) < 3 or not all(0 <= x <= 1 and 0 <= y <= 1 for x, y in zone["points"]):
            yield f"zone {zone['id']}: fewer than three points, or points outside the picture"
    derived = derive.violations(truth)
    if derived != truth["violations"]:
        yield f"violations are {truth['violations']}, the frames give {derived}"


def main() -> int:
    """Checks the named folders, or all beside the studio."""
    root = Path(__file__).resolve().parent.parent
    folders = [Path(name) for name in sys.argv[1:]] or sorted(path.parent for path in root.glob("*/truth.json"))
    if not folders:
        print("no truth.json found", file=sys.stderr)
        return 1
    bad = 0
    for folder in folders:
        found = list(faults(folder))
        bad += bool(found)
        print(f"{folder.name}: {'ok' if not found else f'{len(found)} faults'}")
        for fault in found[:20]:
            print(f"  {fault}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
