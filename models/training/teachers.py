"""What several branches for fires say together, each of a picture and of its mirror image.

Labels of one source disagree on what one fire is: a blaze is one box here and six there. The mean of networks that learnt
from them is steadier than each, and a single network can be taught that mean beside the labels.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn
from torchvision.ops import generalized_box_iou_loss

from fire_branch import flat, load_branch
from net import CLASSES, decode

TAUGHT = ("flame", "smoke")  # arcs and sparks are drawn, and their labels agree
LEAST = 0.05  # score from which the place of a box is learnt too


class Teachers(nn.Module):
    """Pictures BGR 0..255 to the mean of what the branches give: raw (n, anchors, 5 + 8)."""

    def __init__(self, graphs: list[Path]):
        super().__init__()
        branches = [load_branch(str(graph)) for graph in graphs]
        for graph, branch in zip(graphs, branches):
            if branch is None:
                raise SystemExit(f"{graph} has no branch for fires: nothing to be taught by")
        self.branches = nn.ModuleList(branches).eval()

    @torch.no_grad()
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        here, mirrored = self.opinion(x), self.opinion(x.flip(3))
        return flat([(level + unmirrored(other)) / 2 for level, other in zip(here, mirrored)])

    def opinion(self, x: torch.Tensor) -> list[torch.Tensor]:
        features = self.branches[0].features(x)
        levels = [branch.levels(features) for branch in self.branches]
        return [sum(each) / len(each) for each in zip(*levels)]


def unmirrored(level: torch.Tensor) -> torch.Tensor:
    """Raw values of the mirror image as those of the picture; the first is a box's place in its cell, from the left."""
    level = level.flip(3)
    return torch.cat([1 - level[:, :1], level[:, 1:]], 1)


def imitation(raw: torch.Tensor, taught: torch.Tensor, grid: torch.Tensor, strides: torch.Tensor) -> torch.Tensor:
    """How far scores and places of TAUGHT classes are from the teachers'; raw values (n, anchors, 5 + 8) of both."""
    channels = [5 + CLASSES.index(name) for name in TAUGHT]
    said = taught[..., 4:5].sigmoid() * taught[..., channels].sigmoid()
    log_p = torch.nn.functional.logsigmoid(raw[..., 4:5]) + torch.nn.functional.logsigmoid(raw[..., channels])
    entropy = -(said * log_p + (1 - said) * torch.log1p(-log_p.exp().clamp(max=1 - 1e-6))).sum()
    sure = said.amax(2)
    seen = sure > LEAST
    misplaced = generalized_box_iou_loss(decode(raw, grid, strides)[seen], decode(taught, grid, strides)[seen])
    return (entropy + 5 * (sure[seen] * misplaced).sum()) / sure.sum().clamp(min=len(raw))
