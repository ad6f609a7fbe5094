# SPDX-License-Identifier: Apache-2.0
"""What is true in a frame: boxes of the visible pixels of persons and heads, headwear, garment.

Boxes come from the object-index pass of the renderer, so they hold what the camera sees and nothing
behind a drum or outside the picture. Shares of visibility compare with the projected whole body.
"""

from __future__ import annotations

import numpy as np

from actor import Look
from camera import Camera, box_of
from figure import Figure
from stage import Stage

MIN_PERSON_PX = 40
MIN_HEAD_PX = 12
HIDDEN_BELOW = 0.35


def extent(camera: Camera, points: np.ndarray) -> float:
    """Area of the projected box of points, in pixels, also outside the picture."""
    spots = camera.project(points)[:, :2] * [camera.width_px, camera.height_px]
    return float(np.prod(np.ptp(spots, axis=0)))


def area_of(box: list[float] | None, camera: Camera) -> float:
    """Pixels of a normalised box."""
    return 0.0 if box is None else (box[2] - box[0]) * (box[3] - box[1]) * camera.width_px * camera.height_px


def person_truth(figure: Figure, look: Look, index: np.ndarray, camera: Camera) -> dict | None:
    """The entry of one person in one frame, or None when it cannot be seen."""
    head_mask, body_mask = index == 2 * figure.track, index == 2 * figure.track - 1
    mask = head_mask | body_mask
    if mask.sum() < MIN_PERSON_PX:
        return None
    box = box_of(mask)
    whole = np.concatenate([points for name, points in look.points.items() if name != "hair-low"])
    visible = min(1.0, area_of(box, camera) / max(extent(camera, whole), 1.0))
    head = box_of(head_mask) if head_mask.sum() >= MIN_HEAD_PX else None
    seen = area_of(head, camera) / max(extent(camera, look.points["face"]), 1.0)
    headwear = "hidden" if head is None or seen < HIDDEN_BELOW else figure.headwear(look)
    entry = {"track": figure.track, "box": box, "head": head, "headwear": headwear}
    return entry | {"garment": figure.person.garment, "visible": round(visible, 3)}


def zones_of(stage: Stage) -> list[dict]:
    """The scene's floor zones as polygons in the picture."""
    zones = []
    for zone in stage.words.get("zones", []):
        points = stage.camera.project(np.array([[x, y, 0.0] for x, y in zone["floor"]]))[:, :2]
        entry = {
            "id": zone["id"],
            "behaviour": zone["behaviour"],
            "points": [[round(float(x), 5), round(float(y), 5)] for x, y in np.clip(points, 0, 1)],
        }
        entry |= {key: zone[key] for key in ("max_persons", "approved_garments", "permit") if key in zone}
        zones.append(entry)
    return zones


def tracks_of(stage: Stage) -> list[dict]:
    """What stays the same about each person."""
    return [
        {"track": figure.track, "headwear_note": figure.person.headwear_note, "garment": figure.person.garment}
        for figure in stage.figures
    ]
