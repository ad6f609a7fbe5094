"""The garment embedding: fixed features of torso and legs, projected so that light matters little.

    python train_garment.py --index index.json --clips sample-videos [--pictures DIR] --out garment.onnx

Features are means and spreads of EfficientNet-Lite0's early stages and of light-free colours, over torso and legs,
weighted towards the middle of the crop. The projection is closed form: the spread within a garment (views, light,
people, and the same crops in other light) is whitened, then the directions in which garments differ most are kept.
No random descent, so a second is enough and nothing can be trained to death on few garments. Real persons of building
sites, each a garment of its own, show how much light and a box that sits a little wrong change a crop.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from garments import HEIGHT, WIDTH, Garment, of_clip, of_pictures, relit
from lite import pretrained
from vests import of_sites

DIMENSIONS = 64
# Clips that are only measured: nothing of them goes into the projection or the calibration.
KEPT_OUT = ("filling-room-garments", "night-anti-static")
APPROVED = {"esd-smock-white", "esd-smock-blue", "esd-coverall-white", "esd-coverall-blue"}


class Features(nn.Module):
    """Crops RGB 0..255 (n, 3, 192, 96) to plain statistics of torso and legs."""

    def __init__(self):
        super().__init__()
        net = pretrained(4)
        self.stem, self.early, self.late = net.stem, net.blocks[:5], net.blocks[5:]
        y = torch.linspace(0, 1, HEIGHT // 8)[:, None]
        x = torch.linspace(-1, 1, WIDTH // 8)[None, :]
        middle = torch.exp(-((x / 0.45) ** 2))
        torso = torch.exp(-(((y - 0.24) / 0.17) ** 2)) * middle
        legs = torch.exp(-(((y - 0.64) / 0.2) ** 2)) * middle
        self.register_buffer("parts", torch.stack([p / p.sum() for p in (torso, legs)]).flatten(1))

    def pooled(self, maps: torch.Tensor) -> list[torch.Tensor]:
        """Weighted mean and spread of maps (n, c, 24, 12) over each part."""
        flat = maps.flatten(2)
        mean = torch.matmul(flat, self.parts.T)
        spread = (torch.matmul(flat * flat, self.parts.T) - mean * mean).clamp(min=1e-6).sqrt()
        return [mean.flatten(1), spread.flatten(1)]

    def forward(self, crops: torch.Tensor) -> torch.Tensor:
        luma = (crops * crops.new_tensor([0.299, 0.587, 0.114])[None, :, None, None]).sum(1, keepdim=True)
        level = luma.mean((2, 3), keepdim=True) + 8
        chroma = torch.cat([crops[:, :1] - crops[:, 1:2], (crops[:, :1] + crops[:, 1:2]) / 2 - crops[:, 2:]], 1) / (
            luma + 12
        )
        colours = F.avg_pool2d(torch.cat([chroma * 3, luma / level, (luma + 8).log() - level.log()], 1), 8)
        x = self.early(F.relu6(self.stem((crops / level * 110 - 127.0) / 128.0)))
        late = F.interpolate(self.late(x), scale_factor=2.0)
        mean_c, spread_c = self.pooled(colours)
        mean_x, spread_x = self.pooled(x)
        mean_l, _ = self.pooled(late)
        return torch.cat([mean_c * 2, spread_c, mean_x, spread_x, mean_l], 1)


class Embedder(nn.Module):
    def __init__(self, features: Features, centre: np.ndarray, matrix: np.ndarray):
        super().__init__()
        self.features = features
        self.register_buffer("centre", torch.from_numpy(centre.astype(np.float32)))
        self.register_buffer("matrix", torch.from_numpy(matrix.astype(np.float32)))

    def forward(self, crops: torch.Tensor) -> torch.Tensor:
        x = torch.matmul(self.features(crops) - self.centre, self.matrix)
        return x / (x * x).sum(1, keepdim=True).clamp(min=1e-12).sqrt()


def tensor(crops: list[np.ndarray]) -> torch.Tensor:
    return torch.from_numpy(np.stack(crops)[..., ::-1].transpose(0, 3, 1, 2).astype(np.float32))


@torch.no_grad()
def run(net: nn.Module, crops: list[np.ndarray]) -> np.ndarray:
    return torch.cat([net(tensor(crops[i : i + 64])) for i in range(0, len(crops), 64)]).numpy()


@dataclass
class Crops:
    """Features of crops as they are, and in other light, with what each is called."""

    plain: np.ndarray
    lit: np.ndarray
    names: np.ndarray

    def of(self, mask: np.ndarray) -> Crops:
        return Crops(self.plain[mask], self.lit[mask], self.names[mask])


def looked_at(net: nn.Module, items: list[Garment], names: list[str], rng: np.random.Generator) -> Crops:
    return Crops(run(net, [g.crop for g in items]), run(net, [relit(g, rng) for g in items]), np.array(names))


def joined(*parts: Crops) -> tuple[np.ndarray, list[str]]:
    return np.concatenate([x for p in parts for x in (p.plain, p.lit)]), [n for p in parts for n in (*p.names, *p.names)]


def block_weights(width: int) -> np.ndarray:
    """Features come in blocks of different length; each weighs the same, mean colours three times as much."""
    weights, start = np.empty(width, np.float32), 0
    for length, weight in ((8, 3.0), (8, 1.0), (80, 1.0), (80, 1.0), (160, 1.0)):
        weights[start : start + length] = weight / np.sqrt(length)
        start += length
    assert start == width
    return weights


def projection(x: np.ndarray, names: list[str], ridge: float) -> tuple[np.ndarray, np.ndarray]:
    """Centre and matrix: gentle whitening of the spread within garments, then the main directions."""
    scale = block_weights(x.shape[1]) / (x.std(0) + 1e-6)
    z, centre = x * scale, x.mean(0)
    classes = sorted(set(names))
    index = np.array([classes.index(n) for n in names])
    means = np.stack([z[index == c].mean(0) for c in range(len(classes))])
    within = np.cov((z - means[index]).T)
    within = (1 - ridge) * within + ridge * np.eye(len(within)) * np.trace(within) / len(within)
    values, vectors = np.linalg.eigh(within)
    white = vectors / np.sqrt(values)
    spread, axes = np.linalg.eigh(np.cov(((z - z.mean(0)) @ white).T))
    keep = np.argsort(-spread)[:DIMENSIONS]
    return centre, (scale[:, None] * white) @ axes[:, keep]


def embedded(x: np.ndarray, centre: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    y = (x - centre) @ matrix
    return y / np.linalg.norm(y, axis=1, keepdims=True)


def unseen_trials(crops: Crops, real: Crops, items: list[Garment], ridge: float, rng: np.random.Generator):
    """Trials of garments that the projection never saw: four folds by garment, dealt four times."""
    names = np.array([g.name for g in items])
    plain = [n.split("+")[0] for n in names]
    values, same = [], []
    for number in range(16):
        if number % 4 == 0:
            fold = {n: i % 4 for i, n in enumerate(rng.permutation(sorted(set(plain))))}
            folds = np.array([fold[n] for n in plain])
        seen = folds != number % 4
        fit = projection(*joined(crops.of(seen), real), ridge)
        v, s = trials(embedded(crops.plain, *fit), items, 15, rng, only=set(names[~seen]))
        values.append(v)
        same.append(s)
    return np.concatenate(values), np.concatenate(same)


def similarity(gallery: np.ndarray, probe: np.ndarray) -> np.ndarray:
    """The mean of the three best cosines with the gallery, as the product takes it."""
    return np.sort(probe @ gallery.T, axis=1)[:, -3:].mean(1)


def trials(
    vectors: np.ndarray, items: list[Garment], size: int, rng: np.random.Generator, only: set[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Galleries of one garment from one scene against people of other scenes: similarities and same or not."""
    names, scenes = np.array([i.name for i in items]), np.array([i.scene for i in items])
    values, same = [], []
    for name in sorted(only):
        for scene in sorted(set(scenes[names == name])):
            mine = np.nonzero((names == name) & (scenes == scene))[0]
            others = np.nonzero(scenes != scene)[0]
            if len(mine) < 4 or not (names[others] == name).any():
                continue
            gallery = rng.permutation(mine)[:size]
            values.append(similarity(vectors[gallery], vectors[others]))
            same.append(names[others] == name)
    return np.concatenate([*values, np.zeros(0)]), np.concatenate([*same, np.zeros(0, bool)])


def logistic(values: np.ndarray, same: np.ndarray) -> tuple[float, float]:
    """Scale and offset of p = sigmoid(scale (s - offset)), both kinds weighing the same."""
    best, found = np.inf, (1.0, 0.5)
    for offset in np.linspace(-0.2, 0.95, 116):
        for scale in (3, 4, 6, 8, 10, 12, 15, 20, 25):
            p = 1 / (1 + np.exp(-scale * (values - offset)))
            cost = -np.log(p[same] + 1e-6).mean() - np.log(1 - p[~same] + 1e-6).mean()
            if cost < best:
                best, found = cost, (float(scale), float(offset))
    return found


def balanced(values: np.ndarray, same: np.ndarray, offset: float) -> float:
    return float(((values[same] >= offset).mean() + (values[~same] < offset).mean()) / 2)


def vests_apart(net: nn.Module, offset: float, known: list[Garment], probe: list[Garment], rng: np.random.Generator) -> float:
    """Real vests: twenty persons with one and twenty without, of other pictures, enrolled as approved and not; the mean
    balanced accuracy over twenty draws."""
    vectors, asked = run(net, [g.crop for g in known]), run(net, [g.crop for g in probe])
    worn, fine = (np.array([g.name == "vest" for g in garments]) for garments in (known, probe))
    halves = []
    for _ in range(20):
        approved, not_approved = (vectors[rng.permutation(np.nonzero(mask)[0])[:20]] for mask in (worn, ~worn))
        value, nearer = similarity(approved, asked), similarity(not_approved, asked)
        halves.append(balanced(value - (nearer - value).clip(min=0), fine, offset))
    return float(np.mean(halves))


def judge(
    net: nn.Module, scale: float, offset: float, enrol: list[Garment], probe: list[Garment], approved: set[str]
) -> str:
    gallery = run(net, [g.crop for g in enrol if g.name in approved][::3])
    known = {g.name for g in enrol} & approved
    probe = [g for g in probe if g.name in known or g.name not in approved]
    fine = np.array([g.name in known for g in probe])
    values = similarity(gallery, run(net, [g.crop for g in probe]))
    p = 1 / (1 + np.exp(-scale * (values - offset)))
    each = {n: f"{p[[g.name == n for g in probe]].mean():.2f}" for n in sorted({g.name for g in probe})}
    unsure = ((p > 0.4) & (p < 0.6)).mean()
    half = ((p[fine] >= 0.5).mean() + (p[~fine] < 0.5).mean()) / 2
    return f"balanced {half:.3f}, unsure {unsure:.3f}, mean probability {each}"


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--index", type=Path, required=True)
    ap.add_argument("--clips", type=Path, required=True)
    ap.add_argument("--pictures", type=Path)
    ap.add_argument("--out", type=Path, required=True)
    ap.add_argument("--ridge", type=float, default=0.5)
    ap.add_argument("--seed", type=int, default=4)
    args = ap.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(2)
    cv2.setNumThreads(1)
    rng = np.random.default_rng(args.seed)
    folders = {p.parent.name: p.parent for p in sorted(args.clips.glob("*/truth.json"))}
    kept = {name: of_clip(folders[name]) for name in KEPT_OUT}
    items = [g for name, folder in folders.items() if name not in KEPT_OUT for g in of_clip(folder, 10, 0.5)]
    items += of_pictures(args.pictures) if args.pictures else []
    print(
        f"{len(items)} crops of {len({g.name for g in items})} outfits in {len({g.scene for g in items})} scenes",
        flush=True,
    )
    net = Features().eval()
    crops = looked_at(net, items, [g.name for g in items], rng)
    people = of_sites(args.index, "train")
    real = looked_at(net, people, [f"real {i}" for i in range(len(people))], rng)
    values, same = unseen_trials(crops, real, items, args.ridge, rng)
    scale, offset = logistic(values, same)
    print(f"calibration scale {scale:.1f} offset {offset:.3f}; outfits never seen, enrolled in one scene and judged in others: "
          f"balanced {balanced(values, same, offset):.3f}")  # fmt: skip
    embedder = Embedder(net, *projection(*joined(crops, real), args.ridge)).eval()
    apart = vests_apart(embedder, offset, people, of_sites(args.index, "test"), rng)
    print(f"real vests of construction-site-safety, kept out, enrolled from other sites: balanced {apart:.3f}")
    for a in KEPT_OUT:
        for b in KEPT_OUT:
            print(f"enrolled from {a}, judged in {b}: {judge(embedder, scale, offset, kept[a], kept[b], APPROVED)}")
    torch.onnx.export(embedder, torch.zeros(2, 3, HEIGHT, WIDTH), str(args.out), input_names=["crops"], output_names=["embedding"],
                      dynamic_axes={"crops": {0: "n"}, "embedding": {0: "n"}}, opset_version=17)  # fmt: skip


if __name__ == "__main__":
    main()
