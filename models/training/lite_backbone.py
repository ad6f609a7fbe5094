"""EfficientNet-Lite0 in the place of the nano backbone: features at an eighth, sixteenth and thirty-second.

Neck and heads stay those of `net.py`, so three plain 1x1 convolutions bring the features to the widths that they
expect. `imitating` chooses them so that they give, as nearly as a linear map can, what the trained nano backbone gave:
neck and heads then need not be learnt anew.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from lite import STAGES, pretrained
from net import Backbone

WIDTHS = (64, 128, 256)
TAKEN = (3, 5, 6)  # stages whose ends are the three levels
FROZEN = 2  # stages; a third of the time, and edges are edges


class LiteBackbone(nn.Module):
    """Pictures BGR 0..255 to features of 64, 128 and 256 channels at strides 8, 16 and 32."""

    def __init__(self):
        super().__init__()
        self.lite = pretrained(TAKEN[-1])
        self.ends = [sum(stage[0] for stage in STAGES[:taken]) for taken in TAKEN]
        self.bridges = nn.ModuleList(nn.Conv2d(STAGES[taken - 1][4], width, 1) for taken, width in zip(TAKEN, WIDTHS))

    def features(self, x: torch.Tensor) -> list[torch.Tensor]:
        x, levels = F.relu6(self.lite.stem((x.flip(1) - 127.0) / 128.0)), []
        for number, block in enumerate(self.lite.blocks, 1):
            x = block(x)
            if number in self.ends:
                levels.append(x)
        return levels

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return tuple(conv(level) for conv, level in zip(self.bridges, self.features(x)))

    def frozen(self) -> list[nn.Module]:
        """The parts that are not trained."""
        return [self.lite.stem, *self.lite.blocks[: sum(stage[0] for stage in STAGES[:FROZEN])]]


@torch.no_grad()
def imitating(backbone: LiteBackbone, nano: Backbone, pictures: torch.Tensor, ridge: float = 1e-3) -> list[float]:
    """Sets the 1x1 convolutions by least squares on `pictures`; the share of variance that each explains."""
    explained = []
    for conv, ours, theirs in zip(backbone.bridges, backbone.features(pictures), nano(pictures)):
        x, y = (f.permute(0, 2, 3, 1).reshape(-1, f.shape[1]).double() for f in (ours, theirs))
        x = torch.cat([x, torch.ones_like(x[:, :1])], 1)
        gram = x.T @ x
        weights = torch.linalg.solve(gram + ridge * gram.diagonal().mean() * torch.eye(len(gram)), x.T @ y)
        conv.weight.copy_(weights[:-1].T[..., None, None])
        conv.bias.copy_(weights[-1])
        explained.append(1 - ((x @ weights - y).var(0).sum() / y.var(0).sum()).item())
    return explained
