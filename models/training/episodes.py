"""How many violations of the sample clips are found, once each, and how many are made up.

Every clip goes through `anjian analyze` with the zones, limits and permits of its truth.json, not those of the demo:

    python models/training/episodes.py --anjian target/release/anjian --catalogue models/catalogue.toml --model NAME

Galleries are enrolled from cut-outs of people in approved garments: of the other clips (the default: another place and
another light), or of the beginning of the same clip (--enrol own). Needs ffmpeg and nothing else but Python.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
CLIPS = Path(__file__).parents[2] / "sample-videos"
# Rules may open and close so far off the truth; they judge five times a second over smoothed states.
TOLERANCE_S = 2.0
# What truth means by overcrowding; the rule's own defaults are slower.
OWN_KEYS = {"overcrowding": {"hold_s": 2, "release_s": 1}}
# Pictures of each person in a gallery.
CUT_OUTS = 8


def quoted(value) -> str:
    return json.dumps(value, ensure_ascii=False)


def configuration(truth: dict, camera: str, models: dict, galleries: Path, tiles: list) -> str:
    """anjian.toml for one clip, out of its truth."""
    chosen = "".join(f"{key} = {quoted(str(value))}\n" for key, value in models.items() if value is not None)
    text = f"galleries_dir = {quoted(str(galleries))}\n[model]\n{chosen}[[camera]]\nid = {quoted(camera)}\n"
    text += f"motion_gate = false\ntiles = {quoted(tiles)}\n"
    permits = ""
    for zone in truth["zones"]:
        text += f"[[camera.zone]]\nid = {quoted(zone['id'])}\npoints = {quoted(zone['points'])}\n"
        keys = dict(OWN_KEYS.get(zone["behaviour"], {}))
        if zone.get("max_persons") is not None:
            keys["max_persons"] = zone["max_persons"]
        if zone["behaviour"] == "no_anti_static":
            keys["gallery"] = camera
        text += f"[[camera.rule]]\nbehaviour = {quoted(zone['behaviour'])}\nzone = {quoted(zone['id'])}\n"
        text += "".join(f"{key} = {quoted(value)}\n" for key, value in keys.items())
        if permit := zone.get("permit"):
            times = [(START + timedelta(seconds=permit[key])).isoformat() for key in ("from_s", "to_s")]
            permits += f'[[permit]]\nid = "P-1"\ncamera = {quoted(camera)}\nzone = {quoted(zone["id"])}\nclass = "1"\n'
            permits += (
                f"from = {quoted(times[0])}\nto = {quoted(times[1])}\nfire_watcher = {quoted(permit['fire_watcher'])}\n"
            )
    return text + permits


def cut_outs(clip: Path, truth: dict, garments: list[str], until_s: float, folder: Path) -> list[str]:
    """Cut-outs of each person who wears one of these garments, where it is seen whole, or as far as it ever is, spread
    over the time: a gallery that lacks an approved garment would make its wearers violations."""
    frames = [frame for frame in truth["per_frame"] if frame["time_s"] <= until_s]
    wearers = [(frame["frame"], person) for frame in frames for person in frame["persons"] if person["garment"] in garments]
    best: dict[str, float] = {}
    for _, person in wearers:
        best[person["garment"]] = max(best.get(person["garment"], 0.0), person["visible"])
    worn: dict[int, list] = {}
    for number, person in wearers:
        if person["visible"] > 0.9 * min(1.0, best[person["garment"]]):
            worn.setdefault(person["track"], []).append((number, person["box"]))
    paths = []
    for track, seen in worn.items():
        for frame, (left, top, right, bottom) in seen[:: -(-len(seen) // CUT_OUTS)]:
            path = folder / f"{clip.parent.name}-{track}-{frame}.png"
            crop = f"crop=iw*{right - left}:ih*{bottom - top}:iw*{left}:ih*{top}"
            command = ["ffmpeg", "-v", "error", "-y", "-i", clip, "-vf", f"select=eq(n\\,{frame}),{crop}"]
            subprocess.run([*command, "-frames:v", "1", path], check=True)
            paths.append(str(path))
    return paths


def enrol(arguments, camera: str, truths: dict, folder: Path, config: Path) -> None:
    garments = [g for zone in truths[camera]["zones"] for g in zone.get("approved_garments") or []]
    own = arguments.enrol == "own"
    paths = []
    for other, truth in truths.items():
        if (other == camera) == own:
            paths += cut_outs(CLIPS / other / "clip.mp4", truth, garments, 3.0 if own else 1e9, folder)
    command = [arguments.anjian, "enrol", "--config", config, "--gallery", camera, "--cut-out", *paths]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    print(f"{camera}: {done.stdout.strip() or done.stderr.strip()}", file=sys.stderr)


def analyze(arguments, camera: str, truths: dict, folder: Path) -> list[dict]:
    models = {name: getattr(arguments, name) for name in ("catalogue", "headwear", "garment")}
    models["name"] = arguments.model
    config = folder / f"{camera}.toml"
    config.write_text(configuration(truths[camera], camera, models, folder / "galleries", arguments.tile))
    if any(zone["behaviour"] == "no_anti_static" for zone in truths[camera]["zones"]):
        enrol(arguments, camera, truths, folder, config)
    clip = CLIPS / camera / "clip.mp4"
    command = [arguments.anjian, "analyze", clip, "--config", config, "--start", START.isoformat()]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        print(f"{camera}: {done.stderr.strip()}", file=sys.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def compare(expected: list[dict], found: list[dict]) -> tuple[list[dict], list[dict], list[dict]]:
    """True violations that were found, true ones that were missed, and those that were made up."""
    hits, missed, left = [], [], list(found)
    for true in expected:
        same = [f for f in left if (f["behaviour"], f["zone"]) == (true["behaviour"], true["zone"])]
        near = [f for f in same if abs(f["opened_s"] - true["start_s"]) <= TOLERANCE_S]
        if near:
            best = min(near, key=lambda f: abs(f["opened_s"] - true["start_s"]))
            left.remove(best)
            hits.append({**true, "opened_s": best["opened_s"], "closed_s": best["closed_s"]})
        else:
            missed.append(true)
    return hits, missed, left


def told(violation: dict, start: str, end: str) -> str:
    return f"{violation['behaviour']} {violation[start]:.1f} to {violation[end]:.1f} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--anjian", default="target/release/anjian", help="the executable")
    parser.add_argument("--catalogue", type=lambda path: Path(path).resolve(), help="built in, when left out")
    parser.add_argument("--model", help="detector; the shipped one, when left out")
    parser.add_argument("--headwear", help="second look at heads; '' for none")
    parser.add_argument("--garment", help="second look at garments; '' for none")
    parser.add_argument("--tile", action="append", default=[], type=lambda text: [float(n) for n in text.split(",")],
                        metavar="L,T,R,B", help="seen a second time, enlarged; best with one clip")  # fmt: skip
    parser.add_argument("--enrol", choices=("other", "own"), default="other")
    parser.add_argument("clips", nargs="*", help="names of sample clips; all, when left out")
    arguments = parser.parse_args()
    arguments.anjian = str(Path(arguments.anjian).resolve())
    truths = {path.parent.name: json.loads(path.read_text()) for path in sorted(CLIPS.glob("*/truth.json"))}
    total: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        for camera in arguments.clips or truths:
            truth = truths[camera]
            hits, missed, false = compare(truth["violations"], analyze(arguments, camera, truths, Path(name)))
            for zone in {zone["behaviour"] for zone in truth["zones"]}:
                sums = total.setdefault(zone, [0, 0, 0, 0.0])
                counts = [len([v for v in some if v["behaviour"] == zone]) for some in (hits, missed, false)]
                total[zone] = [a + b for a, b in zip(sums, [*counts, truth["frames"] / truth["fps"]])]
            print(f"{camera}: {len(hits)} found, {len(missed)} missed, {len(false)} made up")
            for hit in hits:
                print(f"  found   {told(hit, 'start_s', 'end_s')}, as {hit['opened_s']:.1f} to {hit['closed_s']:.1f} s")
            for miss in missed:
                print(f"  missed  {told(miss, 'start_s', 'end_s')}")
            for made in false:
                print(f"  made up {told(made, 'opened_s', 'closed_s')}, score {made['score']:.2f}")
    for behaviour, (hits, missed, false, seconds) in total.items():
        print(f"{behaviour}: {hits} of {hits + missed} found, {false} made up in {seconds:.0f} s of clips")


if __name__ == "__main__":
    main()
