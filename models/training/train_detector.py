"""Trains the detector for a given time; stopped, it goes on where it was.

    python train_detector.py --index index.json --weights DIR [--pictures DIR] --out RUN --minutes 60
    python train_detector.py ... --minutes 60 --device cuda --batch 64 --workers 8 --piece 10    # six times the same

The learning rate falls with the time that is used up, not with steps, so that a run ends well on any machine.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import json
import math
import os
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import distributed

from crops import sample
from fire_branch import FireBranch, load_branch
from lessons import LESSONS, Lesson
from lite_backbone import LiteBackbone, imitating
from loss import loss
from net import CLASSES, Detector, cells, load_onnx
from rendered import clip_frames, stage_pictures
from teachers import Teachers, imitation

RESCAN_PICTURES = 60  # batches
IMITATED = 6  # batches


class Crops(torch.utils.data.IterableDataset):
    """Endless batches; looks for new rendered pictures now and then."""

    def __init__(self, args: argparse.Namespace, seed: int):
        self.args, self.seed = args, seed

    def __iter__(self):
        cv2.setNumThreads(1)
        worker = torch.utils.data.get_worker_info()
        seed = self.seed + 7919 * (worker.id if worker else 0)
        torch.manual_seed(seed)
        rng = np.random.default_rng(seed)
        records = [r for r in json.loads(self.args.index.read_text()) if r["split"] == "train"]
        lesson = LESSONS[self.args.learn]
        for r in records:
            r["scales"] = lesson.scales_of(r["source"])
        if self.args.clips:
            records += clip_frames(self.args.clips, self.args.out / "frames")
        by_source: dict[str, list] = {}
        for r in records:
            by_source.setdefault(r["source"], []).append(learnt(r, lesson))
        known: set[str] = set()
        cache: dict[str, np.ndarray] = {}

        def pick():
            names = [n for n in lesson.shares if by_source.get(n)]
            odds = np.array(
                [lesson.shares[n] * (min(1, len(by_source[n]) / 100) if n.startswith("rendered") else 1) for n in names]
            )
            pool = by_source[names[rng.choice(len(names), p=odds / odds.sum())]]
            record = pool[rng.integers(len(pool))]
            if record["path"] not in cache:
                cache[record["path"]] = cv2.imread(record["path"])
            return record, cache[record["path"]]

        number = 0
        while True:
            if self.args.pictures and number % RESCAN_PICTURES == 0:
                for r in stage_pictures(self.args.pictures, known):
                    if r["split"] == "train":
                        by_source.setdefault(r["source"], []).append(learnt(r, lesson))
                print(f"rendered pictures: {len(known)}, some for validation", flush=True)
            number += 1
            shape = lesson.shapes[int(rng.random() < lesson.square_share)]
            yield packed([sample(pick, rng, shape) for _ in range(self.args.batch // self.args.ranks)])


def learnt(record: dict, lesson: Lesson) -> dict:
    return record | {"boxes": [box for box in record["boxes"] if lesson.teaches(int(box[0]))]}


def packed(samples: list) -> tuple[torch.Tensor, list[dict]]:
    pictures = torch.from_numpy(np.stack([s[0] for s in samples])).permute(0, 3, 1, 2)
    targets = []
    for _, boxes, ignore in samples:
        masks = [[m >> c & 1 for c in range(8)] for *_, m in ignore]
        targets.append({
            "boxes": torch.tensor([b[1:5] for b in boxes], dtype=torch.float32).reshape(-1, 4),
            "kinds": torch.tensor([b[0] for b in boxes], dtype=torch.long),
            "weights": torch.tensor([b[5] for b in boxes], dtype=torch.float32),
            "ignore": torch.tensor([i[:4] for i in ignore], dtype=torch.float32).reshape(-1, 4),
            "masks": torch.tensor(masks, dtype=torch.float32).reshape(-1, 8),
        })  # fmt: skip
    return pictures, targets


def averaged(average: dict, net: torch.nn.Module, step: int, most: float) -> None:
    keep = min(most, (1 + step) / (10 + step))
    for key, value in net.state_dict().items():
        average[key].mul_(keep).add_(value, alpha=1 - keep)


def shared(net: torch.nn.Module, used: float, ranks: int) -> float:
    """Makes the gradients, and the time that was used up, the mean over all ranks."""
    if ranks == 1:
        return used
    grads = [p.grad for p in net.parameters() if p.grad is not None]
    flat = torch.cat([torch.tensor([used]), *(g.reshape(-1) for g in grads)])
    distributed.all_reduce(flat)
    flat /= ranks
    parts = flat[1:].split([g.numel() for g in grads])
    for grad, part in zip(grads, parts):
        grad.copy_(part.reshape(grad.shape))
    return flat[0].item()


def whole(args: argparse.Namespace) -> Detector:
    net = Detector()
    if args.start:
        load_onnx(net, str(args.start), CLASSES)
    else:
        load_onnx(net, str(args.weights / "start_head_helmet_person.onnx"))
    if args.backbone == "lite":
        nano, net.backbone = net.backbone, LiteBackbone()
        wide = (pictures for pictures, _ in Crops(args, args.seed) if pictures.shape[3] == LESSONS[args.learn].shapes[0][0])
        explained = imitating(net.backbone, nano, torch.cat(list(itertools.islice(wide, IMITATED))).float())
        print("of the nano's features, the larger backbone explains", [f"{share:.2f}" for share in explained], flush=True)
    return net


def started(args: argparse.Namespace) -> Detector | FireBranch:
    if args.learn == "fires":
        net = load_branch(str(args.start)) or FireBranch(whole(args))
    else:
        net = whole(args)
    if args.ranks > 1:
        for value in net.state_dict().values():
            distributed.broadcast(value, 0)
    return net.to(memory_format=torch.channels_last)


def optimizer_of(net: torch.nn.Module) -> torch.optim.Optimizer:
    for part in net.frozen():
        part.requires_grad_(False)
    trained = [(n, p) for n, p in net.named_parameters() if p.requires_grad]
    slow = [p for n, p in trained if n.startswith("backbone")]
    fast = [p for n, p in trained if not n.startswith("backbone")]
    return torch.optim.AdamW([{"params": slow, "factor": 0.5}, {"params": fast, "factor": 1.0}], weight_decay=5e-4)


def train(rank: int, args: argparse.Namespace) -> None:
    if args.ranks > 1:
        distributed.init_process_group("gloo", f"tcp://127.0.0.1:{args.port}", rank=rank, world_size=args.ranks)
    torch.manual_seed(args.seed)
    torch.set_num_threads(max(1, (os.cpu_count() or 1) // args.ranks))
    net = started(args).to(args.device)
    teachers = Teachers(args.teachers).to(args.device, memory_format=torch.channels_last) if args.teachers else None
    average, step, used = copy.deepcopy(net.state_dict()), 0, 0.0
    optimizer = optimizer_of(net)
    state = args.out / "state.pt"
    if state.exists():
        saved = torch.load(state, map_location=args.device, weights_only=True)
        net.load_state_dict(saved["net"])
        optimizer.load_state_dict(saved["optimizer"])
        average, step, used = saved["average"], saved["step"], saved["used"]
    crops = Crops(args, args.seed + step + 1_000_003 * rank)
    batches = iter(torch.utils.data.DataLoader(crops, None, num_workers=args.workers, prefetch_factor=4))
    lesson = LESSONS[args.learn]
    anchors = {(w, h): tuple(part.to(args.device) for part in cells(h, w, lesson.strides)) for w, h in lesson.shapes}
    last, saved_at, parts = time.monotonic(), used, []
    end = min(args.minutes, used / 60 + args.piece) * 60
    while used < end:
        pictures, targets = next(batches)
        pictures = pictures.to(args.device)
        targets = [{key: value.to(args.device) for key, value in target.items()} for target in targets]
        share = used / (args.minutes * 60)
        rate = args.peak * min(1, (step + 1) / 200) * (0.02 + 0.98 * (1 + math.cos(math.pi * share)) / 2)
        for group in optimizer.param_groups:
            group["lr"] = rate * group["factor"]
        pictures = pictures.float().contiguous(memory_format=torch.channels_last)
        raw, places = net(pictures), anchors[pictures.shape[3], pictures.shape[2]]
        total, place, entropy, count = loss(raw, targets, *places)
        if teachers:
            total = (1 - args.taught) * total + args.taught * imitation(raw, teachers(pictures), *places)
        optimizer.zero_grad()
        total.backward()
        now = time.monotonic()
        used, last = shared(net, used + now - last, args.ranks), now
        torch.nn.utils.clip_grad_norm_(net.parameters(), 20.0)
        optimizer.step()
        averaged(average, net, step, args.ema)
        step += 1
        parts.append((place, entropy, count))
        if rank == 0 and step % 50 == 0:
            p, e, c = np.mean(parts[-50:], 0)
            print(
                f"{step} {used / 60:.1f} min  place {p:.3f}  classes {e:.3f}  anchors {c:.0f}  rate {rate:.5f}",
                flush=True,
            )
        if rank == 0 and (used - saved_at > 180 or used >= end):
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
    if rank == 0:
        done = "done" if used >= args.minutes * 60 else "a piece is done; the same command goes on"
        print(f"{done}: {step} steps, {step * args.batch} crops, {used / 60:.1f} min")


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--index", type=Path, required=True)
    ap.add_argument("--weights", type=Path, required=True, help="folder of the start weights")
    ap.add_argument("--start", type=Path, help="a graph to go on from, instead of the first model")
    ap.add_argument("--learn", help="fires: the branch for fires of --start, which stays as it is", choices=tuple(LESSONS), default="all")
    ap.add_argument("--teachers", type=Path, nargs="+", help="with --learn fires: graphs with a branch, whose mean is learnt beside the labels")
    ap.add_argument("--taught", type=float, default=0.6, help="the teachers' share of the loss")
    ap.add_argument("--backbone", choices=("nano", "lite"), default="nano")
    ap.add_argument("--pictures", type=Path, help="rendered pictures of the stage")
    ap.add_argument("--clips", type=Path, help="folder sample-videos")
    ap.add_argument("--out", type=Path, required=True)
    ap.add_argument("--minutes", type=float, default=60)
    ap.add_argument("--piece", type=float, default=math.inf, help="stop after so many minutes; started again, it goes on")
    ap.add_argument("--device", default="cpu", help="cuda: with one rank, more workers and a larger batch")
    ap.add_argument("--batch", type=int, default=16)
    ap.add_argument("--workers", type=int, default=1, help="processes that make crops, for each rank")
    ap.add_argument("--peak", type=float, default=1e-3)
    ap.add_argument("--ema", type=float, default=0.998)
    ap.add_argument("--seed", type=int, default=4)
    ap.add_argument("--ranks", type=int, default=1, help="processes that share a batch; two cores do more as two")
    ap.add_argument("--port", type=int, default=29511, help="where the ranks meet, on loopback")
    args = ap.parse_args()
    if args.learn == "fires" and not args.start:
        ap.error("--learn fires needs --start: the graph that gets the branch, or one that has it")
    if args.teachers and args.learn != "fires":
        ap.error("--teachers teach --learn fires only")
    args.out.mkdir(parents=True, exist_ok=True)
    if args.clips:
        clip_frames(args.clips, args.out / "frames")  # before the ranks would write them at once
    if args.ranks == 1:
        train(0, args)
    else:
        torch.multiprocessing.spawn(train, (args,), args.ranks)


if __name__ == "__main__":
    main()
