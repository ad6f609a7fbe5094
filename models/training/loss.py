"""Which anchor answers for which box (SimOTA), and the loss when sources leave classes unlabelled.

A score is objectness x class. The loss is binary cross entropy on that product, for each class and
anchor, against the box's overlap for the anchors that answer for it and 0 elsewhere; where a source
says nothing about a class (`ignore` rectangles with a class mask) there is no loss. So a picture in
which only flames are labelled teaches nothing about heads, and a room in which nobody wears a helmet
teaches that nothing there is one.
"""

from __future__ import annotations

import torch
from torchvision.ops import box_iou, generalized_box_iou_loss

from net import decode

ANY_BARE = 100  # a head without a helmet, of which it is unknown whether it is bare or covered
HEAD, HELMET, OTHER = 0, 1, 2


@torch.no_grad()
def assign(boxes: torch.Tensor, scores: torch.Tensor, truth: torch.Tensor, kinds: torch.Tensor, grid, strides):
    """For one picture: anchors that answer, and for which box. `kinds` are classes or ANY_BARE."""
    centre = (grid + 0.5) * strides[:, None]
    middle = (truth[:, :2] + truth[:, 2:]) / 2
    inside = ((centre[None] > truth[:, None, :2]) & (centre[None] < truth[:, None, 2:])).all(2)
    near = ((centre[None] - middle[:, None]).abs() < 2.5 * strides[None, :, None]).all(2)
    chosen = (inside | near).any(0).nonzero()[:, 0]
    if not len(chosen):
        return chosen, chosen
    iou = box_iou(truth, boxes[chosen])
    bare = torch.maximum(scores[chosen, HEAD], scores[chosen, OTHER])
    fitting = torch.stack([bare if k == ANY_BARE else scores[chosen, int(k)] for k in kinds])
    cost = -(fitting.clamp(min=1e-8)).log() - 3 * (iou + 1e-8).log() + 1e5 * ~(inside & near)[:, chosen]
    counts = iou.topk(min(10, iou.shape[1]), 1).values.sum(1).int().clamp(min=1)
    match = torch.zeros_like(cost, dtype=torch.bool)
    for g, k in enumerate(counts.tolist()):
        match[g, cost[g].topk(min(k, cost.shape[1]), largest=False).indices] = True
    shared = match.sum(0) > 1
    if shared.any():
        best = cost[:, shared].argmin(0)
        match[:, shared] = False
        match[best, shared.nonzero()[:, 0]] = True
    hit = match.any(0)
    return chosen[hit], match[:, hit].float().argmax(0)


def loss(raw: torch.Tensor, samples: list[dict], grid: torch.Tensor, strides: torch.Tensor):
    """Total loss of a batch and its parts. A sample has boxes (k, 4) px, kinds (k), weights (k),
    ignore (m, 4) px and masks (m, classes)."""
    raw = raw.float()
    boxes = decode(raw, grid, strides)
    log_p = torch.nn.functional.logsigmoid(raw[..., 4:5]) + torch.nn.functional.logsigmoid(raw[..., 5:])
    p = log_p.exp().clamp(max=1 - 1e-6)
    target, weight = torch.zeros_like(p), torch.ones_like(p)
    centre = (grid + 0.5) * strides[:, None]
    place, count = raw.new_zeros(()), 0
    for i, sample in enumerate(samples):
        ignore, masks = sample["ignore"], sample["masks"]
        if len(ignore):
            within = (centre[None] >= ignore[:, None, :2]).all(2) & (centre[None] < ignore[:, None, 2:]).all(2)
            weight[i] = 1 - (within.float().T @ masks.float()).clamp(max=1)
        if not len(sample["boxes"]):
            continue
        with torch.no_grad():
            anchors, gts = assign(boxes[i], p[i], sample["boxes"], sample["kinds"], grid, strides)
        if not len(anchors):
            continue
        mine, theirs, trust = boxes[i, anchors], sample["boxes"][gts], sample["weights"][gts]
        iou = box_iou(mine, theirs).diagonal()
        place = place + (trust * (3 * (1 - iou**2) + 2 * generalized_box_iou_loss(mine, theirs))).sum()
        kinds = sample["kinds"][gts]
        unsure = kinds == ANY_BARE
        leaning = torch.where(p[i, anchors, HEAD] >= p[i, anchors, OTHER], HEAD, OTHER)
        kinds = torch.where(unsure, leaning, kinds)
        weight[i, anchors, HELMET] = torch.where(kinds <= OTHER, 1.0, weight[i, anchors, HELMET])
        weight[i, anchors[unsure], HEAD + OTHER - kinds[unsure]] = 0
        target[i, anchors, kinds] = torch.maximum(iou.detach(), 0.5 * (trust < 1))
        weight[i, anchors, kinds] = 1
        count += len(anchors)
    entropy = -(target * log_p + (1 - target) * torch.log1p(-p)) * weight
    count = max(count, len(samples))
    return (place + entropy.sum()) / count, place.item() / count, entropy.sum().item() / count, count
