"""Person crops with their garment: rendered pictures and clips. The crop follows the product's contract."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from rendered import scene_of

WIDTH, HEIGHT = 96, 192


@dataclass
class Garment:
    name: str
    scene: str  # the set of pictures, or the clip
    track: int
    crop: np.ndarray


def cut(picture: np.ndarray, box: list[float]) -> np.ndarray | None:
    """The person box without its upper 15 %, resized; None where the product would not look."""
    left, top, right, bottom = box
    high, wide = bottom - top, right - left
    if high < 64 or (bottom >= picture.shape[0] - 1 and high < 1.2 * wide):
        return None
    rows = slice(max(0, round(top + 0.15 * high)), min(picture.shape[0], round(bottom)))
    part = picture[rows, max(0, round(left)) : min(picture.shape[1], round(right))]
    if min(part.shape[:2]) < 8:
        return None
    how = cv2.INTER_AREA if part.shape[0] > HEIGHT else cv2.INTER_LINEAR
    return cv2.resize(part, (WIDTH, HEIGHT), interpolation=how)


def of_people(persons: list[dict], picture: np.ndarray, scene: str, least: float) -> list[Garment]:
    size, out = (picture.shape[1], picture.shape[0]) * 2, []
    for person in persons:
        if person["visible"] < least:
            continue
        crop = cut(picture, [v * s for v, s in zip(person["box"], size)])
        if crop is not None:
            out.append(Garment(person["garment"], scene, person["track"], crop))
    return out


def of_pictures(folder: Path, least: float = 0.6) -> list[Garment]:
    out = []
    for path in sorted((folder / "labels").glob("*.txt")):
        people = folder / "people" / (path.stem + ".json")
        if people.exists():
            picture = cv2.imread(str(folder / "images" / (path.stem + ".jpg")))
            out += of_people(json.loads(people.read_text())["persons"], picture, scene_of(path.stem), least)
    return out


def outfits(folder: Path, truth: dict) -> dict[int, str]:
    """Garment and hi-vis vest of each track: the truth has no vests, the scene has."""
    scene = tomllib.loads((folder.parent / "studio" / "scenes" / f"{folder.name}.toml").read_text())
    vests = {i + 1: person.get("vest") for i, person in enumerate(scene["people"])}
    out = {t["track"]: t["garment"] for t in truth["tracks"]}
    return {track: f"{name}+{vests[track]}" if vests.get(track) else name for track, name in out.items()}


def of_clip(folder: Path, every: int = 5, least: float = 0.6) -> list[Garment]:
    truth = json.loads((folder / "truth.json").read_text())
    garments = outfits(folder, truth)
    video, out = cv2.VideoCapture(str(folder / "clip.mp4")), []
    for number, frame in enumerate(truth["per_frame"]):
        ok, picture = video.read()
        if ok and number % every == 0:
            persons = [{**p, "garment": garments[p["track"]]} for p in frame["persons"]]
            out += of_people(persons, picture, folder.name, least)
    return out


def jittered(garment: Garment, rng: np.random.Generator) -> np.ndarray:
    """The crop in other light: gain, gamma, tint, blur, grain; a box that sits a little wrong."""
    crop = garment.crop
    dx, dy = rng.uniform(-0.08, 0.08, 2)
    sx, sy = 1 + rng.uniform(-0.08, 0.08, 2)
    move = np.array([[sx, 0, WIDTH * (dx + (1 - sx) / 2)], [0, sy, HEIGHT * (dy * 0.6 + (1 - sy) / 2)]], np.float32)
    out = cv2.warpAffine(crop, move, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
    if rng.random() < 0.5:
        out = out[:, ::-1]
    if rng.random() < 0.4:
        out = cv2.GaussianBlur(np.ascontiguousarray(out), (0, 0), rng.uniform(0.5, 2.5))
    light = out.astype(np.float32) / 255
    light = light ** float(np.exp(rng.normal(0, 0.3))) * float(np.exp(rng.normal(0, 0.25)))
    light = 255 * light * np.exp(rng.normal(0, 0.06, 3)) + rng.normal(0, rng.uniform(0, 8), out.shape[:2])[..., None]
    return light.clip(0, 255).astype(np.uint8)
