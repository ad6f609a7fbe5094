"""Corrections by eye: heads of a source that wear other headwear, and labels that are plainly wrong.

`looked_at.json` has for a picture (its name without ending) rows [x, y, what] with the middle of the box in pixels;
what is "other" (a cap, scarf, hood or hat: no helmet) or "wrong": the box is taken out, and nothing is known there,
but for surveillance-people, where it was a pseudo-label on a chair or a bag.
"""

from __future__ import annotations

import json
from pathlib import Path

from sources import HEADS_MASK, OTHER, PERSON

FILE = Path(__file__).with_name("looked_at.json")


def correct(records: list[dict]) -> int:
    """Applies the corrections to boxes within 3 px; how many boxes changed."""
    wanted = json.loads(FILE.read_text())
    changed = 0
    for record in records:
        for x, y, what in wanted.get(Path(record["path"]).stem, ()):
            for box in list(record["boxes"]):
                if box[0] == PERSON or abs((box[1] + box[3]) / 2 - x) > 3 or abs((box[2] + box[4]) / 2 - y) > 3:
                    continue
                changed += 1
                if what == "other":
                    box[0] = OTHER
                else:
                    record["boxes"].remove(box)
                    if record["source"] != "surveillance-people":
                        record["ignore"].append([*box[1:5], HEADS_MASK])
    return changed
