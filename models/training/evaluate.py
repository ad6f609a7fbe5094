"""Prints the figures of the cards: every row that can be measured on single pictures and clips.

    python evaluate.py --index index.json --clips sample-videos [--shared-clips DIR] --detector F.onnx \
        [--old] [--headwear H.onnx] [--thresholds valid|head=0.4,...] [--only hard-hats,surveillance,...]

Thresholds are chosen by F1 on the validation part (or given); what is scored was never trained on. With `--old` the
graph has the three classes of the first model.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from detect import Detector, Mirrored
from heads import gather, plain
from headwear_session import STATES, HeadwearSession, said
from loss import ANY_BARE
from rendered import TRAIN_CLIPS
from scores import Tally, overlaps
from sources import FLAME, HEAD, HELMET, PERSON, SMOKE, WHOLE
from tracks import followed

ALL = ("head", "helmet", "other_headwear", "person", "flame", "smoke", "arc", "sparks")
OLD = ("head", "helmet", "person")
GROUPS = [("head", "helmet", "other_headwear"), ("person",), ("flame",), ("smoke",), ("arc",), ("sparks",)]
START = {"head": 0.61, "helmet": 0.49, "person": 0.5}
# As `anjian eval` has it: average precision counts weak detections too.
LEAST = 0.01
# The product enlarges a small picture by no more.
MOST_ENLARGED = 1.6
# Each class by itself, as most published figures have it; the product lets headwear of one head compete.
ALONE = [(name,) for name in ALL]
FIRES = ("flame", "smoke", "arc", "sparks")


class Eyes:
    """A detector with its thresholds, and a second look if there is one."""

    def __init__(self, detector: Detector, thresholds: dict, second: HeadwearSession | None):
        self.detector, self.thresholds, self.second = detector, thresholds, second
        self.known: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def of_file(self, path: str, groups: list = GROUPS) -> list:
        """All detections at 640 px in a picture file, which several rows ask for: the network sees it once."""
        if path not in self.known:
            picture = cv2.imread(path)
            boxes, scores = self.detector.raw(picture, self.longer(picture, 640))
            keep = scores.max(1) >= LEAST
            self.known[path] = boxes[keep], scores[keep]
        return self.detector.grouped(*self.known[path], LEAST, groups)

    def longer(self, picture: np.ndarray, asked: int) -> int:
        return min(asked, round(MOST_ENLARGED * max(picture.shape[:2])))

    def sure_of_file(self, path: str) -> list:
        return self.certain(self.of_file(path))

    def sure(self, picture: np.ndarray, longer: int = 640) -> list:
        return self.certain(self.detector(picture, self.longer(picture, longer), LEAST, GROUPS))

    def certain(self, found: list) -> list:
        return [d for d in found if d[5] >= self.thresholds.get(d[0], 1.1)]


def records(index: Path, source: str, split: str) -> list[dict]:
    return [r for r in json.loads(index.read_text()) if r["split"] == split and r["source"].startswith(source)]


def tallies(
    eyes: Eyes, chosen: list[dict], names: dict[str, tuple], overlap: float = 0.5, groups: list = GROUPS
) -> dict:
    """A tally for each name of `names`, which says the kinds that its truth has."""
    out = {name: Tally(overlap) for name in names}
    for record in chosen:
        found = eyes.of_file(record["path"], groups)
        for name, kinds in names.items():
            truth = [b[1:5] for b in record["boxes"] if b[0] in kinds]
            mine = [d[1:6] for d in found if d[0] == name]
            bit = 1 << kinds[0] if kinds[0] < 8 else 1
            open_places = [i[:4] for i in record["ignore"] if i[4] & bit and tuple(i[:4]) != WHOLE]
            if open_places:
                matched = overlaps(np.array(mine).reshape(-1, 5)[:, :4], np.array(truth).reshape(-1, 4)) >= overlap
                nearby = overlaps(np.array(mine).reshape(-1, 5)[:, :4], np.array(open_places)) >= 0.3
                mine = [m for m, a, b in zip(mine, matched.any(1), nearby.any(1)) if a or not b]
            out[name].add(mine, truth)
    return out


def say(title: str, tally: Tally, threshold: float) -> None:
    p, r, f = tally.at(threshold)
    print(
        f"{title:58s} n {tally.truths:5d}  P {p:.3f}  R {r:.3f}  F1 {f:.3f}  AP {tally.average_precision():.3f}"
        f"  COCO AP {tally.coco_precision():.3f}",
        flush=True,
    )


def hard_hats(eyes: Eyes, args) -> None:
    chosen = records(args.index, "hard-hat-workers", "test")
    for title, groups in (("test", GROUPS), ("test, each class alone", ALONE)):
        for name, tally in tallies(eyes, chosen, {"head": (HEAD,), "helmet": (HELMET,)}, groups=groups).items():
            say(f"hard-hat-workers {title}, 640: {name}", tally, eyes.thresholds[name])


def looks(eyes: Eyes, args) -> None:
    """The second look alone, at labelled heads of the sources and at places without any."""
    if not eyes.second:
        return
    for split in ("valid", "test"):
        heads = gather(args.index, None, None, split, 4)
        for (source, label), pool in sorted(heads.patches.items()):
            crops = np.stack([plain(p) for p in pool[:: max(1, len(pool) // 400)]])[..., ::-1].transpose(0, 3, 1, 2)
            odds = eyes.second.session.run(None, {"crops": crops.astype(np.float32)})[0]
            all_said = [said(row) for row in odds]
            shares = " ".join(f"{all_said.count(state) / len(odds):.3f}" for state in (*STATES, "unsure"))
            print(f"look {source} {split} {label}: n {len(odds)}  helmet/bare/other/hidden/unsure {shares}", flush=True)


def bare_heads(eyes: Eyes, args) -> None:
    chosen = records(args.index, "bare-heads-extra", "test")
    bare = Tally(0.5)
    helmet = tallies(eyes, chosen, {"helmet": (HELMET,)})["helmet"]
    for record in chosen:
        found = eyes.of_file(record["path"])
        truth = [b[1:5] for b in record["boxes"] if b[0] == ANY_BARE]
        bare.add([d[1:6] for d in found if d[0] in ("head", "other_headwear")], truth)
    say("bare-heads-extra kept out: head or other headwear", bare, eyes.thresholds["head"])
    say("bare-heads-extra kept out: helmet", helmet, eyes.thresholds["helmet"])


def construction(eyes: Eyes, args) -> None:
    for source in ("construction-safety-rf100", "construction-site-safety"):
        chosen = records(args.index, source, "test")
        names = {"helmet": (HELMET,), "person": (PERSON,)}
        for name, tally in tallies(eyes, chosen, names, overlap=0.5 if source.endswith("rf100") else 0.4).items():
            say(f"{source} kept out: {name} (rough boxes)", tally, eyes.thresholds[name])


def surveillance(eyes: Eyes, args) -> None:
    chosen = records(args.index, "surveillance-people", "test")
    people = wrong = pictures = after = 0
    tally = Tally(0.5)
    for record in chosen:
        found = eyes.of_file(record["path"])
        truth = [b[1:5] for b in record["boxes"] if b[0] == PERSON]
        tally.add([d[1:6] for d in found if d[0] == "person"], truth)
        helmets = [d[1:5] for d in found if d[0] == "helmet" and d[5] >= eyes.thresholds["helmet"]]
        people, wrong, pictures = people + len(truth), wrong + len(helmets), pictures + bool(helmets)
        if eyes.second:
            after += sum(said(odds) == "helmet" for odds in eyes.second.heads(cv2.imread(record["path"]), helmets))
    print(f"surveillance-people, camera kept out: {people} persons, false helmets {wrong} ({100 * wrong / people:.2f} %),"
          f" after a second look {after} ({100 * after / people:.2f} %); {pictures} of {len(chosen)} pictures")  # fmt: skip
    say("surveillance-people, camera kept out: person", tally, eyes.thresholds["person"])


def fires(eyes: Eyes, args) -> None:
    for part in ("firesense", "continuous", "forest", ""):
        chosen = records(args.index, f"flame-smoke/{part}", "test")
        for overlap in (0.5, 0.3):
            for name, tally in tallies(eyes, chosen, {"flame": (FLAME,)}, overlap=overlap).items():
                say(f"flame-smoke/{part or 'all'} kept out, IoU {overlap}: {name}", tally, eyes.thresholds.get(name, 1))
    flames = tallies(eyes, records(args.index, "flame-smoke", "test"), {"flame": (FLAME,)})["flame"]
    low, high = flames.f1_by_chance(eyes.thresholds.get("flame", 1))
    print(f"flame-smoke/all kept out, IoU 0.5: F1 from {low} to {high} by chance of the pictures", flush=True)
    tally = tallies(eyes, records(args.index, "flame-smoke/forest", "test"), {"smoke": (SMOKE,)}, overlap=0.3)["smoke"]
    say("flame-smoke/forest kept out, IoU 0.3: smoke", tally, eyes.thresholds.get("smoke", 1))
    seen = empty = both = 0
    for record in records(args.index, "flame-smoke", "test"):
        has = any(b[0] == FLAME for b in record["boxes"])
        called = any(d[0] == "flame" for d in eyes.sure_of_file(record["path"]))
        seen, empty, both = seen + (has and not called), empty + (called and not has), both + (has and called)
    print(f"flame-smoke kept out, by picture: with flame found {both}, missed {seen}, flame called where none {empty}")


def no_fires(eyes: Eyes, args) -> None:
    for part in ("industrial", "lamps"):
        chosen = records(args.index, f"hot-work-negatives/{part}", "test")
        found = [{d[0] for d in eyes.sure_of_file(r["path"]) if d[0] in FIRES} for r in chosen]
        each = {f: sum(f in s for s in found) for f in FIRES}
        hot = sum(bool(s - {"smoke"}) for s in found)
        print(f"hot-work-negatives/{part} kept out: {hot} of {len(chosen)} pictures with fire; by class {each}")


def frames(path: Path, every: int):
    video, number = cv2.VideoCapture(str(path)), 0
    while True:
        ok, picture = video.read()
        if not ok:
            return
        if number % every == 0:
            yield number, picture
        number += 1


def named(found: list, head: list[float]) -> str:
    """What a detector says about a true head: the class of the best box on it, or nothing."""
    on = [(o, d) for d in found if d[0] in GROUPS[0] for o in [overlaps(np.array([d[1:5]]), np.array([head]))[0, 0]]]
    on = [x for x in on if x[0] >= 0.3]
    return max(on, key=lambda x: x[0])[1][0] if on else "nothing"


def clip(eyes: Eyes, folder: Path, longer: int, every: int = 5) -> tuple[dict, dict, dict]:
    """Counts of (truth, said) for heads of 16 px of the input; the same by the second look; and of events."""
    truth = json.loads((folder / "truth.json").read_text())
    size = (truth["width_px"], truth["height_px"]) * 2
    heads, looks, events = {}, {}, {}
    for number, picture in frames(folder / "clip.mp4", every):
        found, frame = eyes.sure(picture, longer), truth["per_frame"][number]
        for person in frame["persons"]:
            if not person["head"] or person["headwear"] == "hidden":
                continue
            head = [v * s for v, s in zip(person["head"], size)]
            if max(head[2] - head[0], head[3] - head[1]) * longer / size[0] < 16:
                continue
            key = (person["headwear"], named(found, head))
            heads[key] = heads.get(key, 0) + 1
            if eyes.second:
                key = (person["headwear"], said(eyes.second.heads(picture, [head])[0]))
                looks[key] = looks.get(key, 0) + 1
        hot = [d for d in found if d[0] in ("flame", "arc", "sparks")]
        for event in frame["events"]:
            box = [v * s for v, s in zip(event["box"], size)]
            near = [d for d in hot if max(d[1], box[0]) < min(d[3], box[2]) and max(d[2], box[1]) < min(d[4], box[3])]
            key = (event["kind"], "found" if near else "missed")
            events[key] = events.get(key, 0) + 1
            hot = [d for d in hot if d not in near]
        if hot and not any(True for _ in frame["events"]):
            events[("none", "false")] = events.get(("none", "false"), 0) + 1
    return heads, looks, events


def clips(eyes: Eyes, args) -> None:
    total: dict[int, dict] = {640: {}, 1280: {}}
    second: dict = {}
    for folder in sorted(p.parent for p in args.clips.glob("*/truth.json")):
        if folder.name in TRAIN_CLIPS:
            continue
        for longer, counts in total.items():
            heads, looks, events = clip(eyes, folder, longer)
            print(
                f"{folder.name} at {longer}: heads {tidy(heads)} | looks {tidy(looks)} | events {tidy(events)}",
                flush=True,
            )
            merge(counts, heads)
            if longer == 1280:
                merge(second, looks)
    for title, counts in (*((f"at {k}", v) for k, v in total.items()), ("second look at true heads", second)):
        summary(f"clips kept out, {title}", counts)


def hot_spells(eyes: Eyes, folder: Path, longer: int) -> list[tuple[str, int, int]]:
    """Arcs, sparks and flames of a clip from lighting to going out (breaks under a second belong to them): kind, frames
    looked at, five a second, and in how many of them some fire was found there."""
    truth = json.loads((folder / "truth.json").read_text())
    size, every = (truth["width_px"], truth["height_px"]) * 2, max(1, round(truth["fps"] / 5))
    spells: dict[str, list[list]] = {}
    for number, picture in frames(folder / "clip.mp4", every):
        events = truth["per_frame"][number]["events"]
        if not events:
            continue
        hot = np.array([d[1:5] for d in eyes.sure(picture, longer) if d[0] in ("flame", "arc", "sparks")]).reshape(-1, 4)
        for kind in sorted({event["kind"] for event in events}):
            boxes = np.array([[v * s for v, s in zip(e["box"], size)] for e in events if e["kind"] == kind])
            mine = spells.setdefault(kind, [])
            if not mine or number - mine[-1][0] > truth["fps"]:
                mine.append([number, 0, 0])
            mine[-1] = [number, mine[-1][1] + 1, mine[-1][2] + bool((overlaps(hot, boxes) > 0).any())]
    return [(kind, looked, seen) for kind, mine in spells.items() for _, looked, seen in mine]


def fire_clips(eyes: Eyes, args) -> None:
    """Event level: found is what half of the frames show, five of them at least, as the rule wants it."""
    for longer in (640, 1280):
        total: dict[str, list[int]] = {}
        for folder in sorted(p.parent for p in args.clips.glob("*/truth.json")):
            if folder.name in TRAIN_CLIPS:
                continue
            for kind, looked, seen in hot_spells(eyes, folder, longer):
                if looked < 5:
                    continue
                found = seen >= 5 and 2 * seen >= looked
                of_kind = total.setdefault(kind, [0, 0])
                total[kind] = [of_kind[0] + found, of_kind[1] + 1]
                print(f"{folder.name} at {longer}: {kind} seen in {seen} of {looked} frames", flush=True)
        print(f"clips kept out at {longer}, events found of all: {total}")


def fire_film(eyes: Eyes, args) -> None:
    """A real fire that burns from the first frame to the last, seen five times a second."""
    if not args.shared_clips:
        return
    looked = [picture for _, picture in frames(args.shared_clips / "house-fire.mp4", 6)]
    best = [max((d[5] for d in eyes.detector(p, eyes.longer(p, 640), LEAST, [("flame",)])), default=0) for p in looked]
    seen = [sum(score >= least for score in best) for least in (0.3, 0.4)]
    print(f"house-fire at 640: flame at .3 / .4 in {seen[0]} / {seen[1]} of {len(looked)} frames", flush=True)


def tidy(counts: dict) -> str:
    return ", ".join(f"{a}>{b} {n}" for (a, b), n in sorted(counts.items()))


def merge(into: dict, more: dict) -> None:
    for key, n in more.items():
        into[key] = into.get(key, 0) + n


def summary(title: str, counts: dict) -> None:
    def of(truths: tuple, wanted: tuple) -> tuple[int, int]:
        return sum(n for (t, s), n in counts.items() if t in truths and s in wanted), sum(
            n for (t, _), n in counts.items() if t in truths
        )

    for label, truths, wanted in (("bare called bare", ("bare",), ("head", "bare")),
                                ("bare called bare or other", ("bare",), ("head", "bare", "other", "other_headwear")),
                                ("other called other or bare", ("other",), ("head", "bare", "other", "other_headwear")),
                                ("helmet on not-helmet", ("bare", "other"), ("helmet",)),
                                ("helmet called helmet", ("helmet",), ("helmet",))):  # fmt: skip
        n, of_all = of(truths, wanted)
        print(f"{title}: {label} {n} of {of_all} ({100 * n / max(of_all, 1):.1f} %)")


def free_clips(eyes: Eyes, args) -> None:
    """Clips in which nobody wears a helmet: tracks with a helmet by the second look, once or more often than not."""
    if not args.shared_clips or not eyes.second:
        return
    total = [0, 0, 0]
    for path in sorted([*args.shared_clips.glob("*.gif"), *args.shared_clips.glob("*.mp4")]):
        if path.stem == "worker-zone":  # he does wear one
            continue
        people = followed(eyes, path)
        once = sum("helmet" in person.said for person in people)
        mostly = sum(2 * person.said.get("helmet", 0) > sum(person.said.values()) for person in people)
        total = [total[0] + len(people), total[1] + once, total[2] + mostly]
        print(f"{path.name}: {len(people)} tracks, worn once {once}, mostly {mostly}", flush=True)
    print(f"clips without helmets: {total[0]} tracks, worn once {total[1]}, mostly {total[2]}")


def chosen_thresholds(detector: Detector, args) -> dict:
    """By F1 on the validation part, each class on its sources."""
    eyes = Eyes(detector, {}, None)
    out = {}
    for source, names in (("hard-hat-workers", {"head": (HEAD,), "helmet": (HELMET,)}),
                          ("construction-safety-rf100", {"person": (PERSON,)}),
                          ("flame-smoke", {"flame": (FLAME,), "smoke": (SMOKE,)})):  # fmt: skip
        for name, tally in tallies(eyes, records(args.index, source, "valid"), names).items():
            out[name], best = tally.best()
            print(f"threshold {name} {out[name]:.3f}: F1 {best:.3f} on {tally.truths} of {source} valid", flush=True)
    out["other_headwear"] = out["head"]
    return out | {"arc": 0.5, "sparks": 0.5}


ROWS = {"hard-hats": hard_hats, "looks": looks, "bare-heads": bare_heads, "construction": construction, "surveillance": surveillance,
        "fires": fires, "no-fires": no_fires, "clips": clips, "fire-clips": fire_clips, "fire-film": fire_film,
        "free-clips": free_clips}  # fmt: skip


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--index", type=Path, required=True)
    ap.add_argument("--clips", type=Path, required=True)
    ap.add_argument("--shared-clips", type=Path)
    ap.add_argument("--detector", required=True)
    ap.add_argument("--mirrored", action="store_true", help="look at mirror images as well, as site_fire_mirrored does")
    ap.add_argument("--old", action="store_true")
    ap.add_argument("--headwear")
    ap.add_argument("--thresholds", default="valid")
    ap.add_argument("--only", default=",".join(ROWS))
    args = ap.parse_args()
    detector = (Mirrored if args.mirrored else Detector)(args.detector, OLD if args.old else ALL)
    if args.thresholds == "valid":
        thresholds = START if args.old else chosen_thresholds(detector, args)
    else:
        thresholds = {k: float(v) for k, v in (t.split("=") for t in args.thresholds.split(","))}
    second = HeadwearSession(args.headwear) if args.headwear else None
    print("thresholds", {k: round(v, 3) for k, v in thresholds.items()}, flush=True)
    for name in args.only.split(","):
        ROWS[name](Eyes(detector, thresholds, second), args)


if __name__ == "__main__":
    main()
