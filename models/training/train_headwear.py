"""Trains the second look at heads: helmet, bare, other headwear, hidden; calibrated, exported.

python train_headwear.py --index index.json [--pictures DIR] [--clips DIR] --out headwear.onnx --minutes 12
"""

from __future__ import annotations

import argparse
import math
import os
import queue
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from heads import SIDE, Heads, add_pictures, gather, plain, roughened
from lite import pretrained
from loss import ANY_BARE

# How often each (source, label) is drawn; what has no patches gives its share to the others.
SHARES = {
    ("hard-hat-workers", 0): 0.13, ("construction-safety-rf100", 0): 0.07, ("construction-site-safety", 0): 0.03,
    ("bare-heads-extra", 0): 0.01, ("rendered", 0): 0.10,
    ("hard-hat-workers", 1): 0.15, ("bare-heads-extra", ANY_BARE): 0.05, ("surveillance-people", ANY_BARE): 0.09,
    ("construction-safety-rf100", ANY_BARE): 0.02, ("construction-site-safety", ANY_BARE): 0.03,
    ("rendered", 1): 0.09, ("rendered", 2): 0.20, ("surveillance-people", 2): 0.05, ("bare-heads-extra", 2): 0.025,
    ("construction-safety-rf100", 2): 0.01,
    ("rendered", 3): 0.04, ("hard-hat-workers", 3): 0.03, ("bare-heads-extra", 3): 0.01, ("hot-work-negatives", 3): 0.03,
}  # fmt: skip
BATCH = 48


class Headwear(nn.Module):
    """Crops RGB 0..255 (n, 3, 96, 96) to four odds; `sharpness` is the inverse temperature."""

    def __init__(self):
        super().__init__()
        self.features = pretrained(5)
        self.mix = nn.Conv2d(self.features.width, 160, 1)
        self.last = nn.Linear(320, 4)
        self.register_buffer("sharpness", torch.ones(()))

    def logits(self, crops: torch.Tensor) -> torch.Tensor:
        x = F.relu6(self.mix(self.features(crops)))
        return self.last(F.dropout(torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1), 0.2, self.training))

    def forward(self, crops: torch.Tensor) -> torch.Tensor:
        return (self.logits(crops) * self.sharpness).softmax(1)


def misfit(logits: torch.Tensor, labels: torch.Tensor, soft: float = 0.04) -> torch.Tensor:
    """Cross entropy with smoothed labels; for ANY_BARE bare and other count together."""
    log_p = F.log_softmax(logits, 1)
    either = torch.logsumexp(log_p[:, 1:3], 1)
    unsure = labels == ANY_BARE
    right = log_p.gather(1, torch.where(unsure, 0, labels)[:, None])[:, 0]
    right = torch.where(unsure, either, right)
    return -((1 - soft) * right + soft * log_p.mean(1)).mean()


def batches(heads: Heads, pictures: Path | None, seed: int, out: queue.Queue) -> None:
    rng = np.random.default_rng(seed)
    number = 0
    while True:
        if pictures and number % 60 == 0:
            add_pictures(heads, pictures, "train")
        number += 1
        keys = [k for k in SHARES if heads.patches.get(k)]
        odds = np.array([SHARES[k] * min(1, len(heads.patches[k]) / 60) for k in keys])
        crops, labels = [], []
        for k in rng.choice(len(keys), BATCH, p=odds / odds.sum()):
            pool = heads.patches[keys[k]]
            crops.append(roughened(pool[rng.integers(len(pool))], rng))
            labels.append(keys[k][1])
        out.put((tensor(crops), torch.tensor(labels)))


def tensor(crops: list[np.ndarray]) -> torch.Tensor:
    return torch.from_numpy(np.stack(crops)[..., ::-1].transpose(0, 3, 1, 2).astype(np.float32))


@torch.no_grad()
def judged(net: Headwear, heads: Heads, most: int = 400) -> tuple[torch.Tensor, torch.Tensor, list[str]]:
    net.eval()
    logits, labels, names = [], [], []
    for (source, label), pool in sorted(heads.patches.items()):
        step = max(1, len(pool) // most)
        crops = [plain(p) for p in pool[::step]]
        for i in range(0, len(crops), 64):
            logits.append(net.logits(tensor(crops[i : i + 64])))
        labels += [label] * len(crops)
        names += [source] * len(crops)
    net.train()
    return torch.cat(logits), torch.tensor(labels), names


def report(logits: torch.Tensor, labels: torch.Tensor, names: list[str], sharpness: float) -> None:
    odds = (logits * sharpness).softmax(1)
    for source in sorted(set(names)):
        for label in sorted(set(labels.tolist())):
            rows = [i for i, (n, k) in enumerate(zip(names, labels.tolist())) if n == source and k == label]
            if rows:
                sure = odds[rows].max(1).values >= 0.6
                said = torch.where(sure, odds[rows].argmax(1), 4)
                shares = [f"{(said == c).float().mean():.3f}" for c in range(5)]
                print(f"  {source} {label}: n {len(rows)}  helmet/bare/other/hidden/unsure {' '.join(shares)}")


def calibrated(logits: torch.Tensor, labels: torch.Tensor) -> float:
    """The sharpness with the least misfit on heads that were not trained on, never sharper than learnt."""
    grid = np.geomspace(0.3, 1.0, 25)
    return float(min(grid, key=lambda s: misfit(logits * float(s), labels, 0.0).item()))


def export(net: Headwear, path: Path) -> None:
    net.eval()
    torch.onnx.export(net, torch.zeros(2, 3, SIDE, SIDE), str(path), input_names=["crops"], output_names=["odds"],
                      dynamic_axes={"crops": {0: "n"}, "odds": {0: "n"}}, opset_version=17)  # fmt: skip


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--index", type=Path, required=True)
    ap.add_argument("--pictures", type=Path)
    ap.add_argument("--clips", type=Path)
    ap.add_argument("--out", type=Path, required=True)
    ap.add_argument("--minutes", type=float, default=12)
    ap.add_argument("--peak", type=float, default=1.2e-3)
    ap.add_argument("--caution", type=float, default=0.7, help="taken from the logit of helmet: it has to be earned")
    ap.add_argument("--seed", type=int, default=4)
    args = ap.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(2)
    cv2.setNumThreads(1)
    train = gather(args.index, args.pictures, args.clips, "train", args.seed)
    valid = gather(args.index, args.pictures, None, "valid", args.seed)
    print({k: len(v) for k, v in sorted(train.patches.items())}, flush=True)
    net = Headwear().to(memory_format=torch.channels_last)
    state, step, used = args.out.with_suffix(".pt"), 0, 0.0
    optimizer = torch.optim.AdamW([{"params": net.features.parameters(), "factor": 0.4},
                                   {"params": [*net.mix.parameters(), *net.last.parameters()], "factor": 1.0}],
                                  weight_decay=1e-3)  # fmt: skip
    average = {k: v.clone() for k, v in net.state_dict().items()}
    if state.exists():
        saved = torch.load(state, weights_only=True)
        net.load_state_dict(saved["net"])
        optimizer.load_state_dict(saved["optimizer"])
        average, step, used = saved["average"], saved["step"], saved["used"]
    ready: queue.Queue = queue.Queue(4)
    threading.Thread(target=batches, args=(train, args.pictures, args.seed + step, ready), daemon=True).start()
    last, saved_at = time.monotonic(), used
    while used < args.minutes * 60:
        crops, labels = ready.get()
        rate = (
            args.peak * min(1, (step + 1) / 60) * (0.02 + 0.98 * (1 + math.cos(math.pi * used / args.minutes / 60)) / 2)
        )
        for group in optimizer.param_groups:
            group["lr"] = rate * group["factor"]
        value = misfit(net.logits(crops.contiguous(memory_format=torch.channels_last)), labels)
        optimizer.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimizer.step()
        keep = min(0.99, (1 + step) / (10 + step))
        for key, now in net.state_dict().items():
            average[key].mul_(keep).add_(now, alpha=1 - keep)
        step += 1
        used, last = used + time.monotonic() - last, time.monotonic()
        if step % 40 == 0:
            print(f"{step} {used / 60:.1f} min  misfit {value.item():.3f}", flush=True)
        if used - saved_at > 120:
            saved_at = used
            kept = {
                "net": net.state_dict(),
                "optimizer": optimizer.state_dict(),
                "average": average,
                "step": step,
                "used": used,
            }
            torch.save(kept, str(state) + ".new")
            os.replace(str(state) + ".new", state)
    net.load_state_dict(average)
    logits, labels, names = judged(net, valid)
    sharpness = calibrated(logits, labels)
    net.sharpness.fill_(sharpness)
    with torch.no_grad():
        net.last.bias[0] -= args.caution / sharpness
    print(f"done: {step} steps, {step * BATCH} crops, sharpness {sharpness:.3f}")
    report(logits, labels, names, sharpness)
    export(net, args.out)


if __name__ == "__main__":
    main()
