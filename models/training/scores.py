"""Matching of detections to labels, and the figures from it: average precision, F1, recall."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import torch
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from torchvision.ops import box_iou

MOST_IN_PICTURE = 1000


def overlaps(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """IoU of each of `a` (n, 4) with each of `b` (m, 4); 0 where both have no area."""
    first, second = (torch.from_numpy(np.asarray(boxes, float).reshape(-1, 4)) for boxes in (a, b))
    return box_iou(first, second).nan_to_num().numpy()


class Tally:
    """Collects one class over many pictures."""

    def __init__(self, overlap: float = 0.5):
        self.overlap, self.scores, self.hits, self.truths = overlap, [], [], 0
        self.pictures: list[tuple[list, list]] = []

    def add(self, found: list, truth: list) -> None:
        """`found` rows [left, top, right, bottom, score], `truth` rows [left, top, right, bottom]."""
        self.truths += len(truth)
        self.pictures.append((found, truth))
        found = sorted(found, key=lambda f: -f[4])
        iou = overlaps(np.array(found, float).reshape(-1, 5)[:, :4], np.array(truth, float).reshape(-1, 4))
        free = np.ones(len(truth), bool)
        for row, f in zip(iou, found):
            best = int((row * free).argmax()) if len(truth) else -1
            hit = best >= 0 and bool(free[best]) and row[best] >= self.overlap
            if hit:
                free[best] = False
            self.scores.append(f[4])
            self.hits.append(hit)

    def curve(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        order = np.argsort(-np.array(self.scores), kind="stable")
        hits = np.array(self.hits, float)[order].cumsum()
        return hits / np.arange(1, len(hits) + 1), hits / max(self.truths, 1), np.array(self.scores)[order]

    def average_precision(self) -> float:
        """The area under the curve, as `anjian eval` has it."""
        if not self.scores:
            return 0.0
        precision, recall, _ = self.curve()
        envelope = np.maximum.accumulate(precision[::-1])[::-1]
        return float((np.diff(np.concatenate([[0.0], recall])) * envelope).sum())

    def coco_precision(self) -> float:
        """Average precision by pycocotools: at 101 recalls, so up to .01 less where the curve ends before 1."""
        if not self.scores or not self.truths:
            return 0.0
        truth, found = [], []
        for number, (mine, theirs) in enumerate(self.pictures, 1):
            truth += [as_coco(number, box) | {"id": 1 + len(truth) + i, "iscrowd": 0} for i, box in enumerate(theirs)]
            found += [as_coco(number, box) | {"score": float(box[4])} for box in mine]
        with contextlib.redirect_stdout(io.StringIO()):
            coco = COCO()
            numbers = range(1, len(self.pictures) + 1)
            coco.dataset = {"images": [{"id": n} for n in numbers], "categories": [{"id": 1}], "annotations": truth}
            coco.createIndex()
            judged = COCOeval(coco, coco.loadRes(found), "bbox")
            judged.params.iouThrs, judged.params.maxDets = np.array([self.overlap]), [MOST_IN_PICTURE]
            judged.params.areaRng, judged.params.areaRngLbl = [[0, 1e10]], ["all"]
            judged.evaluate()
            judged.accumulate()
        return float(judged.eval["precision"].mean())

    def at(self, threshold: float) -> tuple[float, float, float]:
        """Precision, recall and F1 of detections at or above a score."""
        keep = np.array(self.scores) >= threshold
        hits = float(np.array(self.hits)[keep].sum()) if len(self.scores) else 0.0
        precision, recall = hits / max(keep.sum(), 1), hits / max(self.truths, 1)
        return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)

    def f1_by_chance(self, threshold: float) -> tuple[float, float]:
        """Between which F1 lies in 95 of 100 drawings of as many pictures."""
        ends = np.cumsum([0, *(len(found) for found, _ in self.pictures)])
        hits = np.array(self.hits) & (np.array(self.scores) >= threshold)
        called = np.array(self.scores) >= threshold
        rows = [(hits[a:b].sum(), called[a:b].sum() + len(truth)) for a, b, (_, truth) in zip(ends, ends[1:], self.pictures)]
        drawn = np.random.default_rng(1).integers(0, len(rows), (2000, len(rows)))
        hit, sizes = np.array(rows)[drawn].sum(1).T
        return tuple(np.quantile(2 * hit / sizes, [0.025, 0.975]).round(3).tolist())

    def best(self) -> tuple[float, float]:
        """The threshold of the best F1, and that F1."""
        if not self.scores:
            return 1.0, 0.0
        precision, recall, scores = self.curve()
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
        i = int(f1.argmax())
        return float(scores[i]), float(f1[i])


def as_coco(picture: int, box: list) -> dict:
    left, top, right, bottom = (float(side) for side in box[:4])
    sides = [right - left, bottom - top]
    return {"image_id": picture, "category_id": 1, "bbox": [left, top, *sides], "area": sides[0] * sides[1]}
