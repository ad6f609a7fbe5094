"""The public sources as one list of records: what each labels, what it leaves open, what is kept out.

A record is {path, source, split, size, boxes, ignore}: boxes are [kind, left, top, right, bottom, weight] in
pixels (weight below 1: rough, the place teaches little), ignore is [left, top, right, bottom, mask] with a bit
for each class about which nothing is known there. Splits are by picture groups (near-duplicates together),
never by single picture; `test` is never trained on, `valid` only chooses thresholds.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import numpy as np

from loss import ANY_BARE

HEAD, HELMET, OTHER, PERSON, FLAME, SMOKE, ARC, SPARKS = range(8)
BARE_MASK = 1 << HEAD | 1 << OTHER
HEADS_MASK = BARE_MASK | 1 << HELMET
PERSON_MASK = 1 << PERSON
FIRES_MASK = 1 << FLAME | 1 << SMOKE | 1 << ARC | 1 << SPARKS
WHOLE = (-1e5, -1e5, 1e5, 1e5)

# Frames of the camera with the wooden floor; the other camera of the set is kept out of training.
SURVEILLANCE_TRAIN = {*range(48), 108, 109, *range(111, 118), 119, 120, 122, 123, 125, 126, 127, 129, 132, 133, 135,
                      136, 137, 139, *range(141, 148), *range(156, 169)}  # fmt: skip


def read_labels(path: Path, width: int, height: int) -> list[tuple[int, list[float]]]:
    out = []
    for line in path.read_text().splitlines():
        c, x, y, w, h = map(float, line.split()[:5])
        out.append((int(c), [(x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height]))
    return out


def share(name: str) -> float:
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) / 2**32


def thumbnail(path: Path) -> np.ndarray:
    """A grey 16x16 picture without mean, of length one: its product with another tells likeness."""
    small = cv2.resize(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), (16, 16), interpolation=cv2.INTER_AREA)
    small = small.astype(np.float32).ravel()
    small -= small.mean()
    return small / (np.linalg.norm(small) + 1e-6)


def groups(paths: list[Path], likeness: float) -> list[str]:
    """A name for each picture; pictures alike (also mirrored) have the same."""
    flat = np.stack([thumbnail(p) for p in paths])
    mirrored = flat.reshape(-1, 16, 16)[:, :, ::-1].reshape(len(flat), -1)
    parent = list(range(len(paths)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for other in (flat, mirrored):
        for a, b in zip(*np.nonzero(flat @ other.T > likeness)):
            ra, rb = root(int(a)), root(int(b))
            parent[max(ra, rb)] = min(ra, rb)
    return [paths[root(i)].stem for i in range(len(paths))]


def split_of(group: str, test: float, valid: float = 0.05) -> str:
    s = share(group)
    return "test" if s < test else "valid" if s < test + valid else "train"


def pictures(folder: Path) -> list[Path]:
    return sorted((folder / "images").iterdir())


def blank(path: Path, source: str, split: str) -> tuple[dict, list]:
    height, width = cv2.imread(str(path)).shape[:2]
    labels = path.parent.parent / "labels" / (path.stem + ".txt")
    record = {"path": str(path), "source": source, "split": split, "size": [width, height], "boxes": [], "ignore": []}
    return record, read_labels(labels, width, height)


def hard_hats(root: Path) -> list[dict]:
    """Heads and helmets complete; persons come from pseudo-labels. No fire in it."""
    out = []
    paths = [p for part in ("train", "valid", "test") for p in pictures(root / part)]
    names = groups(paths, 0.985)
    seen_elsewhere: dict[str, set] = {}
    for path, name in zip(paths, names):
        seen_elsewhere.setdefault(name, set()).add(path.parts[-3])
    for path, name in zip(paths, names):
        part = path.parts[-3]
        if part == "train" and len(seen_elsewhere[name]) > 1:
            continue  # a near-duplicate of a picture that is scored
        record, labels = blank(path, "hard-hat-workers", part)
        record["boxes"] = [[HELMET if c else HEAD, *box, 1.0] for c, box in labels]
        out.append(record)
    return out


def bare_heads(root: Path) -> list[dict]:
    """Its heads may wear caps or beanies, so they are only known to wear no helmet."""
    out = []
    paths = pictures(root / "train")
    for path, name in zip(paths, groups(paths, 0.93)):
        record, labels = blank(path, "bare-heads-extra", split_of(name, 0.4, 0.0))
        record["boxes"] = [[HELMET if c else ANY_BARE, *box, 1.0] for c, box in labels]
        out.append(record)
    return out


def grown(box: list[float], down: float, side: float = 0.0) -> list[float]:
    left, top, right, bottom = box
    return [left - side * (right - left), top, right + side * (right - left), bottom + down * (bottom - top)]


def construction(root: Path, source: str, classes: dict[int, str]) -> list[dict]:
    """Persons and helmets; head boxes of another convention are grown to the chin and marked rough."""
    out = []
    paths = pictures(root / "train")
    for path, name in zip(paths, groups(paths, 0.96)):
        record, labels = blank(path, source, split_of(name, 0.15))
        persons = [box for c, box in labels if classes.get(c) == "person"]
        record["boxes"] = [[PERSON, *box, 1.0] for box in persons]
        for c, box in labels:
            kind = classes.get(c)
            if kind not in ("helmet", "bare"):
                continue
            x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
            worn = any(p[0] <= x <= p[2] and p[1] - 4 <= y <= p[1] + 0.5 * (p[3] - p[1]) for p in persons)
            whole = grown(box, 0.45) if kind == "helmet" else grown(box, 0.9)
            if worn:
                record["boxes"].append([HELMET if kind == "helmet" else ANY_BARE, *whole, 0.25])
            else:
                record["ignore"].append([*whole, HEADS_MASK])
        out.append(record)
    return out


def surveillance(root: Path) -> list[dict]:
    """Persons complete, nobody wears a helmet; heads come from pseudo-labels. One camera is kept out."""
    out = []
    for i, path in enumerate(pictures(root / "train")):
        record, labels = blank(path, "surveillance-people", "train" if i in SURVEILLANCE_TRAIN else "test")
        record["boxes"] = [[PERSON, *box, 1.0] for _, box in labels]
        out.append(record)
    return out


def fires(root: Path) -> list[dict]:
    """Flames; smoke only in `forest`. People are not labelled, so nothing is known about them."""
    out = []
    for part, alike in (("firesense", 0.9), ("continuous", 0.93), ("forest", 0.93)):
        paths = pictures(root / part)
        for path, name in zip(paths, groups(paths, alike)):
            record, labels = blank(path, f"flame-smoke/{part}", split_of(name, 0.15))
            record["boxes"] = [[SMOKE if c else FLAME, *box, 1.0] for c, box in labels]
            unknown = HEADS_MASK | PERSON_MASK | (0 if part == "forest" else 1 << SMOKE)
            record["ignore"] = [[*WHOLE, unknown]]
            out.append(record)
    return out


def no_fires(root: Path) -> list[dict]:
    """Halls, vehicles and lamps without any fire; people in them are not labelled."""
    out = []
    for part in ("industrial", "lamps"):
        paths = pictures(root / part)
        for path, name in zip(paths, groups(paths, 0.93)):
            record, _ = blank(path, f"hot-work-negatives/{part}", split_of(name, 0.3))
            record["ignore"] = [[*WHOLE, HEADS_MASK | PERSON_MASK]]
            out.append(record)
    return out


def all_sources(root: Path) -> list[dict]:
    rf100 = {0: "helmet", 1: "bare", 3: "person"}
    site = {0: "helmet", 2: "bare", 5: "person"}
    return [
        *hard_hats(root / "hard-hat-workers"),
        *bare_heads(root / "bare-heads-extra"),
        *construction(root / "construction-safety-rf100", "construction-safety-rf100", rf100),
        *construction(root / "construction-site-safety", "construction-site-safety", site),
        *surveillance(root / "surveillance-people"),
        *fires(root / "flame-smoke"),
        *no_fires(root / "hot-work-negatives"),
    ]
