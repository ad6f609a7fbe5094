# SPDX-License-Identifier: Apache-2.0
"""The studio's command line.

python studio.py still loading-bay-hat-off --at 4.0 --out still.png
python studio.py render loading-bay-hat-off
python studio.py all
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCENES = HERE / "scenes"


def scene_path(name: str) -> Path:
    """The description of a scene; names those there are when it is unknown."""
    path = SCENES / f"{name}.toml"
    if not path.exists():
        known = ", ".join(sorted(path.stem for path in SCENES.glob("*.toml")))
        raise SystemExit(f"no scene {name!r}; known: {known}")
    return path


def still(name: str, times: list[float], out: Path, samples: int) -> None:
    """Finished pictures of a few moments, for looking at."""
    from film import Film
    from render import Quality, Renderer
    from stage import Stage

    stage = Stage(scene_path(name))
    renderer = Renderer(stage, Quality(empty=samples))
    renderer.empty()
    film = Film(stage.words["clip"], (renderer.width, renderer.height), stage.seed)
    for at in times:
        start = time.perf_counter()
        light, _, _ = renderer.frame(at)
        target = out if len(times) == 1 else out.with_stem(f"{out.stem}-{at:g}")
        film.frame(light, round(at * stage.words["clip"]["fps"])).save(target)
        print(f"{target}: {time.perf_counter() - start:.1f} s", flush=True)


def render(name: str, target: Path, work: Path | None) -> None:
    """Renders a clip and its truth; with `work`, frames are kept there and a stopped run goes on."""
    import derive
    from film import Film, encode
    from render import Quality, Renderer
    from stage import Stage
    from truth import person_truth, tracks_of, zones_of

    stage = Stage(scene_path(name))
    clip, camera = stage.words["clip"], stage.camera
    frames = round(clip["fps"] * clip["seconds"])
    truth = {"clip": "clip.mp4", "width_px": camera.width_px, "height_px": camera.height_px, "fps": clip["fps"], "frames": frames}
    truth |= {"camera": clip["label"], "description": clip["description"], "seed": stage.seed}
    truth |= {"zones": zones_of(stage), "tracks": tracks_of(stage), "per_frame": [], "violations": []}
    with tempfile.TemporaryDirectory() as scratch:
        folder = work / name if work else Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        renderer = None
        film = Film(clip, (camera.width_px, camera.height_px), stage.seed)
        for number in range(frames):
            picture, facts = folder / f"{number:05}.png", folder / f"{number:05}.json"
            if not (picture.exists() and facts.exists()):
                if renderer is None:
                    renderer = Renderer(stage, Quality())
                    renderer.empty(folder / ".." / f"{stage.words['place']}.npz" if work else None)
                start = time.perf_counter()
                light, index, looks = renderer.frame(number / clip["fps"])
                film.frame(light, number).save(picture, compress_level=1)
                persons = [person_truth(figure, look, index, camera) for figure, look in zip(stage.figures, looks, strict=True)]
                facts.write_text(json.dumps([person for person in persons if person]))
                print(f"{name} {number + 1}/{frames} {time.perf_counter() - start:.1f} s", flush=True)
            entry = {
                "frame": number,
                "time_s": round(number / clip["fps"], 3),
                "persons": json.loads(facts.read_text()),
                "events": [],
            }
            truth["per_frame"].append(entry)
        truth["violations"] = derive.violations(truth)
        target.mkdir(parents=True, exist_ok=True)
        encode(folder, target / "clip.mp4", clip["fps"])
    write_truth(truth, target / "truth.json")
    print(json.dumps(truth["violations"], indent=1))


def write_truth(truth: dict, path: Path) -> None:
    """Writes truth with one line a frame, so that changes can be read."""
    head = {key: value for key, value in truth.items() if key != "per_frame"}
    lines = json.dumps(head, ensure_ascii=False, indent=1).rstrip("}\n ")
    rows = ",\n".join("  " + json.dumps(frame, ensure_ascii=False, separators=(",", ":")) for frame in truth["per_frame"])
    path.write_text(f'{lines},\n "per_frame": [\n{rows}\n ]\n}}\n', encoding="utf-8")


def main() -> None:
    """Parses the command line and does what it says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("still", help="pictures of a few moments of a scene")
    one.add_argument("scene")
    one.add_argument("--at", type=float, nargs="+", default=[0.0])
    one.add_argument("--out", type=Path, default=Path("still.png"))
    one.add_argument("--samples", type=int, default=32)
    clip = commands.add_parser("render", help="one clip with its truth")
    clip.add_argument("scene")
    every = commands.add_parser("all", help="every clip")
    for command in (clip, every):
        command.add_argument("--work", type=Path, help="keep frames here and go on where a run stopped")
    words = parser.parse_args()
    if words.command == "still":
        still(words.scene, words.at, words.out, words.samples)
    names = [words.scene] if words.command == "render" else sorted(path.stem for path in SCENES.glob("*.toml"))
    if words.command != "still":
        for name in names:
            render(name, HERE.parent / name, words.work)


if __name__ == "__main__":
    main()
