# SPDX-License-Identifier: Apache-2.0
"""Clips from scenes: stills to look at, the clip with its truth, and the proof that a seed gives them again."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

import derive
from film import Film, encode
from render import Frame, Quality, Renderer
from stage import Stage
from truth import person_truth, tracks_of, zones_of

LEAST_PSNR_DB = 30.0


def still(scene: Path, times: list[float], out: Path, samples: int, scale: float) -> None:
    """Finished pictures of a few moments, for looking at; `scale` makes them smaller."""
    stage = Stage(scene, scale)
    renderer = Renderer(stage, Quality(empty=samples, share=samples))
    renderer.empty()
    film = Film(stage.words["clip"], (renderer.width, renderer.height), stage.seed)
    for at in times:
        start = time.perf_counter()
        frame = renderer.frame(at)
        target = out if len(times) == 1 else out.with_stem(f"{out.stem}-{at:g}")
        film.frame(frame.light, round(at * stage.words["clip"]["fps"])).save(target)
        print(f"{target}: {time.perf_counter() - start:.1f} s", flush=True)


def facts_of(stage: Stage, frame: Frame) -> dict:
    """Persons and events of a frame as the truth has them."""
    pairs = zip(stage.figures, frame.looks, strict=True)
    persons = [person_truth(figure, look, frame.index, stage.camera) for figure, look in pairs]
    return {"persons": [person for person in persons if person], "events": frame.events}


def head_of(stage: Stage) -> dict:
    """The truth of a clip without its frames."""
    clip, camera = stage.words["clip"], stage.camera
    frames = round(clip["fps"] * clip["seconds"])
    truth = {"clip": "clip.mp4", "width_px": camera.width_px, "height_px": camera.height_px, "fps": clip["fps"], "frames": frames}
    truth |= {"camera": clip["label"], "description": clip["description"], "seed": stage.seed}
    return truth | {"zones": zones_of(stage), "tracks": tracks_of(stage)}


def render(scene: Path, target: Path, work: Path | None) -> None:
    """Renders a clip and its truth; with `work`, frames are kept there and a stopped run goes on."""
    stage = Stage(scene)
    clip = stage.words["clip"]
    truth = head_of(stage) | {"per_frame": [], "violations": []}
    with tempfile.TemporaryDirectory() as scratch:
        folder = work / scene.stem if work else Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        empty = folder.with_name(f"{stage.words['place']}.npz") if work else None
        film_frames(stage, truth["frames"], folder, empty)
        for number in range(truth["frames"]):
            facts = json.loads((folder / f"{number:05}.json").read_text())
            truth["per_frame"].append({"frame": number, "time_s": round(number / clip["fps"], 3)} | facts)
        truth["violations"] = derive.violations(truth)
        target.mkdir(parents=True, exist_ok=True)
        encode(folder, target / "clip.mp4", clip["fps"], clip.get("crf", 26))
        if clip.get("h265", False):
            encode(folder, target / "clip-h265.mp4", clip["fps"], clip.get("crf", 26) + 2, "libx265")
    write_truth(truth, target / "truth.json")
    print(json.dumps(truth["violations"], indent=1))


def film_frames(stage: Stage, count: int, folder: Path, empty: Path | None) -> None:
    """Pictures `00000.png` with facts `00000.json` in a folder; those that are there already stay."""
    clip = stage.words["clip"]
    renderer = None
    film = Film(clip, (stage.camera.width_px, stage.camera.height_px), stage.seed)
    for number in range(count):
        picture, facts = folder / f"{number:05}.png", folder / f"{number:05}.json"
        if picture.exists() and facts.exists():
            continue
        if renderer is None:
            renderer = Renderer(stage, Quality())
            renderer.empty(empty)
        start = time.perf_counter()
        if number % fresh_every(clip) == 0:
            renderer.forget()
        frame = renderer.frame(number / clip["fps"])
        film.frame(frame.light, number).save(picture, compress_level=1)
        facts.write_text(json.dumps(facts_of(stage, frame)))
        print(f"{folder.name} {number + 1}/{count} {time.perf_counter() - start:.1f} s", flush=True)


def fresh_every(clip: dict) -> int:
    """Every so many frames nothing is kept from the frame before, so that such a frame can be rendered alone."""
    return round(clip["fps"])


def rerender(scene: Path, made: Path, count: int) -> bool:
    """Renders a few frames of a clip again, from seed: is the truth the same and the picture, but for compression?"""
    stage = Stage(scene)
    clip = stage.words["clip"]
    truth = json.loads((made / "truth.json").read_text(encoding="utf-8"))
    head = json.loads(json.dumps(head_of(stage)))
    other = [key for key in head if head[key] != truth[key]]
    is_same = not other
    print(f"{scene.stem}: {'other ' + ', '.join(other) if other else 'clip, zones and tracks the same'}", flush=True)
    renderer = Renderer(stage, Quality())
    renderer.empty()
    film = Film(clip, (renderer.width, renderer.height), stage.seed)
    numbers = range(0, truth["frames"], fresh_every(clip))
    for pick in np.linspace(0, len(numbers) - 1, count).round().astype(int):
        number = numbers[pick]
        renderer.forget()
        frame = renderer.frame(number / clip["fps"])
        facts = json.loads(json.dumps(facts_of(stage, frame)))
        same_facts = all(truth["per_frame"][number][key] == facts[key] for key in facts)
        psnr_db = psnr(np.asarray(film.frame(frame.light, number)), decoded(made / truth["clip"], number))
        print(f"frame {number}: truth {'the same' if same_facts else 'differs'}, {psnr_db:.1f} dB", flush=True)
        is_same = is_same and same_facts and psnr_db >= LEAST_PSNR_DB
    return is_same


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    """Peak signal to noise ratio of two 8-bit pictures in decibels."""
    error = np.mean((one.astype(float) - other.astype(float)) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def decoded(clip: Path, number: int) -> np.ndarray:
    """One frame of a clip (height, width, 3)."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "frame.png"
        choose = f"select=eq(n\\,{number}),scale=in_color_matrix=bt709:in_range=tv"
        subprocess.run(["ffmpeg", "-v", "error", "-i", str(clip), "-vf", choose, "-frames:v", "1", str(out)], check=True)
        return np.asarray(Image.open(out).convert("RGB"))


def write_truth(truth: dict, path: Path) -> None:
    """Writes truth with one line a frame, so that changes can be read."""
    head = {key: value for key, value in truth.items() if key != "per_frame"}
    lines = json.dumps(head, ensure_ascii=False, indent=1).rstrip("}\n ")
    rows = ",\n".join("  " + json.dumps(frame, ensure_ascii=False, separators=(",", ":")) for frame in truth["per_frame"])
    path.write_text(f'{lines},\n "per_frame": [\n{rows}\n ]\n}}\n', encoding="utf-8")
