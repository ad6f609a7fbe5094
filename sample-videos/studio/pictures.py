# SPDX-License-Identifier: Apache-2.0
"""Training pictures with YOLO labels: `python studio.py pictures --count 2500 --seed 1 --out DIR [--part 1/2] [--backs | --fires]`.

Pictures come in sets: one scene by chance (chance.py), several cameras, several moments. A set is rendered by a
process of its own; what is there already stays, so a stopped run goes on and parts can run side by side.
In DIR: `images/*.jpg`, `labels/*.txt` (class, middle x, middle y, width, height, all 0..1), `people/*.json`
(boxes, headwear, garment of everybody), `scenes/*.toml`, `classes.txt`.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

CLASSES = ("person", "head", "helmet", "other-headwear", "arc", "sparks", "flame")
HEADS = {"bare": "head", "helmet": "helmet", "other": "other-headwear"}
CAMERAS, MOMENTS, CANDIDATES, BACKS_CANDIDATES = 3, 8, 3, 12
LEAST_VISIBLE, LEAST_PERSON_PX, LEAST_HEAD_PX = 0.15, 14, 4
LENS_MM = (20.0, 75.0)


def pictures(count: int, seed: int, out: Path, part: tuple[int, int], kind: str = "all") -> int:
    """Renders the sets of a part, each in a process of its own; kind `backs`: heads from behind and above, more hot
    work; `fires`: hot work in all. 0, or 1 when one failed."""
    failed = 0
    for folder in ("images", "labels", "people", "scenes"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    (out / "classes.txt").write_text("\n".join(CLASSES) + "\n")
    a_set = CAMERAS * MOMENTS
    for number in range(part[0] - 1, math.ceil(count / a_set), part[1]):
        wanted = min(a_set, count - number * a_set)
        names = [picture_name(seed, number, which) for which in range(wanted)]
        if all((out / "labels" / f"{name}.txt").exists() for name in names):
            continue
        before = os.times()
        command = [sys.executable, __file__, str(seed), str(number), str(wanted), str(out), kind]
        rc = subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode
        after = os.times()
        spent = after.children_user + after.children_system - before.children_user - before.children_system
        failed += rc != 0
        print(f"set {number}: {wanted} pictures, {spent / wanted:.1f} CPU seconds each{' FAILED' * (rc != 0)}", flush=True)
    return 1 if failed else 0


def picture_name(seed: int, number: int, which: int) -> str:
    """File name without ending."""
    return f"s{seed}-{number:04}-{which:02}"


def picture_set(seed: int, number: int, wanted: int, out: Path, kind: str = "all") -> None:
    """One scene from several cameras at several moments."""
    from chance import LASTS_S, random_scene
    from film import Film
    from gait import forward
    from render import Quality, Renderer
    from stage import Stage

    scene = out / "scenes" / f"s{seed}-{number:04}.toml"
    scene.write_text(as_toml(random_scene(seed, number, kind)), encoding="utf-8")
    stage, is_backs = Stage(scene), kind == "backs"
    rng = np.random.default_rng([seed, number, 1])
    for view in range(math.ceil(wanted / MOMENTS)):
        moments = np.sort(rng.uniform(1.0, LASTS_S - 1, MOMENTS)).round(1)
        roots = [[figure.actor.walk.root(moment) for figure in stage.figures] for moment in moments]
        places = np.array([[root[0] for root in row] for row in roots])
        ahead = np.array([[forward(root[1]) for root in row] for row in roots]) if is_backs else None
        tries = BACKS_CANDIDATES if is_backs else CANDIDATES
        cameras = [random_camera(rng, places, stage.words["clip"]["size_px"], is_backs) for _ in range(tries)]
        stage.camera = max(cameras, key=lambda camera: people_in(camera, places, ahead))
        target, quality = float(rng.uniform(0.10, 0.28)), int(rng.integers(68, 95))
        which = [view * MOMENTS + moment for moment in range(MOMENTS) if view * MOMENTS + moment < wanted]
        if all((out / "labels" / f"{picture_name(seed, number, one)}.txt").exists() for one in which):
            continue
        unhide(stage)
        stage.camera.add_to(stage.scene)
        renderer = Renderer(stage, Quality(empty=4, people=3))
        renderer.empty()
        stage.shown.clear()
        words = stage.words["clip"] | {"exposure": exposure(renderer.still, [glow.name for glow in stage.glows], target)}
        film = Film(words, (renderer.width, renderer.height), stage.seed + view)
        for one, moment in zip(which, moments, strict=False):
            frame = renderer.frame(float(moment))
            picture = film.frame(frame.light, round(moment * 977))
            keep(out, picture_name(seed, number, one), picture, quality, facts(stage, frame))


def people_in(camera: object, places: np.ndarray, ahead: np.ndarray | None = None) -> float:
    """How many people a camera sees a picture, five being enough; places (moments, people, 2) on the floor. With the
    directions they face, only those count that turn their backs."""
    head, feet = (camera.project(np.insert(places.reshape(-1, 2), 2, height, axis=1)) for height in (1.6, 0.4))
    is_seen = ((head[:, :2] > 0.03) & (head[:, :2] < 0.97)).all(axis=1) & (feet[:, 1] < 1.15)
    if ahead is not None:
        away = places - np.array(camera.at[:2])
        is_seen &= ((away * ahead).sum(axis=-1) > 0.3 * np.linalg.norm(away, axis=-1)).ravel()
    return float(np.minimum(is_seen.reshape(places.shape[:2]).sum(axis=1), 5).mean())


def random_camera(rng: np.random.Generator, places: np.ndarray, size_px: list[int], is_steep: bool = False) -> object:
    """3 to 8 m high, 4 to 15 m away, with a lens that shows a few people at heads of about 8 to 60 pixels; a steep one
    looks down from nearer, and from any side."""
    from camera import Camera

    spots = places.reshape(-1, 2)
    middle = spots[int(rng.integers(len(spots)))] * 0.8 + rng.normal(0, 0.6, 2)
    high, far, turn = rng.uniform(3, 8), rng.uniform(3.5, 14), rng.uniform(-1.05, 1.05)
    if is_steep:
        high, far, turn = 0.6 * high + 3.2, 0.5 * far + 0.5, 1.3 * turn
    at = (float(middle[0] + far * math.sin(turn)), float(middle[1] - far * math.cos(turn)), float(high))
    away = math.hypot(far, high - 1)
    wide_m = 2.6 * 4.2 ** rng.random()
    lens = float(np.clip(36.0 * away / wide_m, *LENS_MM))
    look = (float(middle[0]), float(middle[1]), float(rng.uniform(0.6, 1.3)))
    return Camera(at, look, lens, size_px[0], size_px[1], float(rng.normal(0, 0.02)))


def unhide(stage: object) -> None:
    """Undoes what a renderer did for people only, before the empty scene is seen from another side."""
    stage.scene.render.film_transparent = False
    for thing in stage.scene.objects:
        thing.is_holdout = False


def exposure(still: dict[str, np.ndarray], glows: list[str], target: float) -> float:
    """What a camera's automatic chooses: mean light, fires included, at a target, within reason."""
    light = still["all"] + sum(still[name] for name in glows) * 0.7
    mean = float(np.minimum(light, 2.0).mean())
    return round(float(np.clip(target / max(mean, 1e-4), 0.5, 2.2)), 3)


def facts(stage: object, frame: object) -> dict:
    """Everybody who can be seen, and what burns."""
    from truth import person_truth

    pairs = zip(stage.figures, frame.looks, strict=True)
    people = [person_truth(figure, look, frame.index, stage.camera) for figure, look in pairs]
    return {"persons": [person for person in people if person], "events": frame.events}


def labels(found: dict, size_px: tuple[int, int]) -> list[str]:
    """The lines of a YOLO label file."""
    lines = []

    def add(name: str, box: list[float], least_px: float) -> None:
        wide, high = box[2] - box[0], box[3] - box[1]
        if min(wide * size_px[0], high * size_px[1]) >= least_px:
            middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
            lines.append(f"{CLASSES.index(name)} {middle[0]:.5f} {middle[1]:.5f} {wide:.5f} {high:.5f}")

    for person in found["persons"]:
        if person["visible"] >= LEAST_VISIBLE:
            add("person", person["box"], LEAST_PERSON_PX)
        if person["head"] and person["headwear"] in HEADS:
            add(HEADS[person["headwear"]], person["head"], LEAST_HEAD_PX)
    for event in found["events"]:
        add(event["kind"], event["box"], 3)
    return lines


def keep(out: Path, name: str, picture: object, quality: int, found: dict) -> None:
    """Writes a picture and what is true in it; the label file last, as the sign that all is there."""
    picture.save(out / "images" / f"{name}.jpg", quality=quality)
    (out / "people" / f"{name}.json").write_text(json.dumps(found))
    lines = labels(found, picture.size)
    (out / "labels" / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines))


def as_toml(words: dict) -> str:
    """Scene words as a TOML file, one inline table a line."""

    def value(thing: object) -> str:
        if isinstance(thing, dict):
            return "{ " + ", ".join(f"{key} = {value(part)}" for key, part in thing.items()) + " }"
        if isinstance(thing, list):
            return "[" + ", ".join(value(part) for part in thing) + "]"
        return json.dumps(thing, ensure_ascii=False)

    lines = []
    for key, thing in words.items():
        if isinstance(thing, list) and thing and isinstance(thing[0], dict):
            lines.append(f"{key} = [\n" + "".join(f"  {value(part)},\n" for part in thing) + "]")
        else:
            lines.append(f"{key} = {value(thing)}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    picture_set(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]), sys.argv[5])
