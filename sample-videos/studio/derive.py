# SPDX-License-Identifier: Apache-2.0
"""Derives the violations of a clip from its per-frame truth; plain Python, no packages.

The rules of a perfect analyzer, on what is visible:
- a person is in a zone when the middle of the lower edge of the box is inside its polygon;
- `no_hard_hat`: the head is `bare` or `other` for at least BARE_S in the zone; the episode goes on over
  `hidden` heads and over gaps shorter than GAP_S and is one violation a person;
- `overcrowding`: more persons than the zone allows for at least CROWD_S; it ends when they have been no
  more than allowed for CALM_S;
- `hot_work`: `events` name fire in the zone for at least HOT_S, without a permit at that time, or with one that
  asks for a fire watcher while fewer than WATCHED persons are in the zone (the worker and another); gaps shorter
  than GAP_S, as when an arc drops out, are bridged;
- `no_anti_static`: a garment not approved there for at least BARE_S.
Start is the first frame of the episode, end the moment after its last.
"""

from __future__ import annotations

BARE_S = 2.0
GAP_S = 1.0
CROWD_S = 2.0
CALM_S = 1.0
HOT_S = 1.0
HOT_KINDS = ("arc", "sparks", "flame")
WATCHED = 2


def inside(point: tuple[float, float], polygon: list[list[float]]) -> bool:
    """Whether a point is in a polygon (even-odd rule)."""
    x, y = point
    is_in = False
    for (x0, y0), (x1, y1) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
            is_in = not is_in
    return is_in


def anchor(box: list[float]) -> tuple[float, float]:
    """The point of a box that decides about zones: the middle of the lower edge."""
    return (box[0] + box[2]) / 2, box[3]


def episodes(flags: list[bool | None], fps: float, shortest_s: float, gap_s: float) -> list[tuple[int, int]]:
    """First and last frame of the runs of True; None (unknown) and gaps up to `gap_s` do not end a run."""
    runs: list[list[int]] = []
    falses = 0
    for number, flag in enumerate(flags):
        if flag:
            if runs and falses / fps < gap_s:
                runs[-1][1] = number
            else:
                runs.append([number, number])
            falses = 0
        elif flag is False:
            falses += 1
    return [(first, last) for first, last in runs if (last - first + 1) / fps >= shortest_s]


def flags_of_track(truth: dict, zone: dict, track: int) -> list[bool | None]:
    """Per frame: is this person in the zone bare-headed (None: head hidden, or nobody to see)."""
    flags: list[bool | None] = []
    for frame in truth["per_frame"]:
        person = next((person for person in frame["persons"] if person["track"] == track), None)
        if person is None or not inside(anchor(person["box"]), zone["points"]):
            flags.append(False)
        elif person["headwear"] == "hidden":
            flags.append(None)
        else:
            flags.append(person["headwear"] in ("bare", "other"))
    return flags


def garment_flags(truth: dict, zone: dict, track: int) -> list[bool | None]:
    """Per frame: does this person in the zone wear a garment that is not approved there."""
    flags: list[bool | None] = []
    for frame in truth["per_frame"]:
        person = next((person for person in frame["persons"] if person["track"] == track), None)
        is_in = person is not None and inside(anchor(person["box"]), zone["points"])
        flags.append(is_in and person["garment"] not in zone["approved_garments"])
    return flags


def crowd_flags(truth: dict, zone: dict) -> list[bool | None]:
    """Per frame: are more persons in the zone than it allows."""
    counts = [sum(inside(anchor(person["box"]), zone["points"]) for person in frame["persons"]) for frame in truth["per_frame"]]
    return [count > zone["max_persons"] for count in counts]


def hot_flags(truth: dict, zone: dict) -> list[bool | None]:
    """Per frame: is there fire in the zone that no permit covers, or that nobody watches though somebody must."""
    flags: list[bool | None] = []
    for frame in truth["per_frame"]:
        burns = any(event["kind"] in HOT_KINDS and inside(anchor(event["box"]), zone["points"]) for event in frame["events"])
        flags.append(burns and not is_permitted(zone, frame))
    return flags


def is_permitted(zone: dict, frame: dict) -> bool:
    """Whether the zone's permit covers a frame's time and its fire watcher is there."""
    permit = zone.get("permit")
    if permit is None or not permit["from_s"] <= frame["time_s"] < permit["to_s"]:
        return False
    there = sum(inside(anchor(person["box"]), zone["points"]) for person in frame["persons"])
    return there >= WATCHED or not permit["fire_watcher"]


def violations(truth: dict) -> list[dict]:
    """All violations of a clip, by start."""
    found = []

    def add(zone: dict, flags: list[bool | None], shortest_s: float, gap_s: float, track: int | None) -> None:
        for first, last in episodes(flags, truth["fps"], shortest_s, gap_s):
            start_s, end_s = round(first / truth["fps"], 3), round((last + 1) / truth["fps"], 3)
            found.append({"behaviour": zone["behaviour"], "zone": zone["id"], "start_s": start_s, "end_s": end_s, "track": track})

    tracks = [track["track"] for track in truth["tracks"]]
    for zone in truth["zones"]:
        if zone["behaviour"] == "no_hard_hat":
            for track in tracks:
                add(zone, flags_of_track(truth, zone, track), BARE_S, GAP_S, track)
        if zone["behaviour"] == "no_anti_static":
            for track in tracks:
                add(zone, garment_flags(truth, zone, track), BARE_S, GAP_S, track)
        if zone["behaviour"] == "overcrowding":
            add(zone, crowd_flags(truth, zone), CROWD_S, CALM_S, None)
        if zone["behaviour"] == "hot_work":
            add(zone, hot_flags(truth, zone), HOT_S, GAP_S, None)
    return sorted(found, key=lambda violation: (violation["start_s"], violation["behaviour"], violation["track"] or 0))
