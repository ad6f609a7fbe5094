"""Person crops with their garment: rendered pictures and clips. The crop follows the product's contract."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from looks import GARMENT, seen
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


def relit(garment: Garment, rng: np.random.Generator) -> np.ndarray:
    """The crop in other light, from a box that sits a little wrong."""
    tint = np.exp(rng.normal(0, 0.06, 3))  # white balance; torchvision has nothing for it
    return seen((garment.crop * tint).clip(0, 255).astype(np.uint8), GARMENT)
