"""A branch for fires alone: what flame and smoke are found by, from the same first stages as everything else.

One network for eight classes follows the labels of fires badly, on the pictures that it was trained on too. The branch takes
the trained detector's features at an eighth, which stay as they are, through stages, neck and heads of its own, at strides
16 and 32: heads, helmets and persons are found as before, and it costs less than another network. Its 3x3 convolutions look
across channels, which is more room for little time: full convolutions suit processors better than those of one channel.
"""

from __future__ import annotations

import copy

import onnx
import torch
import torch.nn.functional as F
from torch import nn

from net import CLASSES, Detector, Head, Separable
from net import STRIDES as ALL_STRIDES

FIRES = ("flame", "smoke", "arc", "sparks")
STRIDES = (16, 32)
AGREED = 0.15  # score from which the other network's opinion takes nothing away
ABSENT = -20.0  # logit of a class that the branch does not give


class FireBranch(nn.Module):
    """Pictures BGR 0..255 to raw (n, anchors of strides 16 and 32, 5 + 8), of which the classes besides FIRES are none."""

    def __init__(self, base: Detector):
        super().__init__()
        self.base = base
        self.backbone = nn.ModuleDict({"d4": copy.deepcopy(base.backbone.d4), "d5": copy.deepcopy(base.backbone.d5)})
        neck = base.neck
        self.lat, self.p4, self.n4 = (copy.deepcopy(part) for part in (neck.lat, neck.p4, neck.n4))
        self.bu1 = Separable(128, 128, 2)
        self.bu1.load_state_dict(neck.bu1.state_dict())
        self.head = nn.ModuleList(Head(width, len(FIRES)) for width in (128, 256))
        rows = [CLASSES.index(name) for name in FIRES]
        for mine, theirs in zip(self.head, base.head[1:]):
            state = theirs.state_dict()
            mine.load_state_dict(state | {key: state[key][rows] for key in ("cls.weight", "cls.bias")})
        for part in (self.backbone, self.bu1, self.p4, self.n4, self.head):
            mix_channels(part)

    def frozen(self) -> list[nn.Module]:
        """The parts that are not trained."""
        return [self.base]

    def levels(self, d3: torch.Tensor) -> list[torch.Tensor]:
        """Raw (n, 5 + 8, rows, columns) at each stride, from the base's features at an eighth."""
        d4 = self.backbone["d4"](d3)
        lat = self.lat(self.backbone["d5"](d4))
        p4 = self.p4(torch.cat([F.interpolate(lat, scale_factor=2.0), d4], 1))
        n4 = self.n4(torch.cat([self.bu1(p4), lat], 1))
        raw = [head(level) for head, level in zip(self.head, (p4, n4))]
        absent = [torch.full_like(level[:, : len(CLASSES) - len(FIRES)], ABSENT) for level in raw]
        return [torch.cat([level[:, :5], none, level[:, 5:]], 1) for level, none in zip(raw, absent)]

    @torch.no_grad()
    def features(self, x: torch.Tensor) -> torch.Tensor:
        """The base's, at an eighth."""
        backbone = self.base.backbone
        return backbone.d3(backbone.d2(backbone.stem(x)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return flat(self.levels(self.features(x)))


def mix_channels(part: nn.Module) -> None:
    """Makes convolutions that look at each channel by itself look at all of them, with the same result until they are trained."""
    for conv in [module for module in part.modules() if isinstance(module, nn.Conv2d) and module.groups > 1]:
        conv.weight = nn.Parameter(across_channels(conv.weight.data))
        conv.groups = 1


def across_channels(weight: torch.Tensor) -> torch.Tensor:
    """(channels, 1, rows, columns) as (channels, channels, rows, columns), nothing being taken from other channels."""
    return torch.diag_embed(weight[:, 0].permute(1, 2, 0)).permute(2, 3, 0, 1).contiguous()


def score_maps(levels: list[torch.Tensor], channel: int) -> list[torch.Tensor]:
    """Objectness x class of one class, for raw levels (n, 5 + classes, rows, columns)."""
    return [level[:, 4:5].sigmoid() * level[:, 5 + channel : 6 + channel].sigmoid() for level in levels]


def nearby(maps: list[torch.Tensor], strides: tuple[int, ...]) -> torch.Tensor:
    """The highest score within two cells of stride 32, (n, 1, rows, columns) of that grid."""
    coarse = [F.max_pool2d(level, 32 // stride) if stride < 32 else level for level, stride in zip(maps, strides)]
    highest = coarse[0]
    for level in coarse[1:]:
        highest = torch.maximum(highest, level)
    return F.max_pool2d(highest, 5, 1, 2)


def enlarged(grid: torch.Tensor, times: int) -> torch.Tensor:
    return grid if times == 1 else F.interpolate(grid, scale_factor=float(times))


def flat(levels: list[torch.Tensor]) -> torch.Tensor:
    return torch.cat([level.flatten(2) for level in levels], 2).permute(0, 2, 1)


def load_branch(path: str) -> FireBranch | None:
    """The branch of an exported graph with its base; `None` when the graph has none."""
    parts = onnx.load(path).graph.initializer
    weights = {part.name.removeprefix("branch."): onnx.numpy_helper.to_array(part) for part in parts}
    branch = FireBranch(Detector())
    state = branch.state_dict()
    if not state.keys() <= weights.keys():
        return None
    read = {key: torch.from_numpy(weights[key].copy()) for key in state}
    narrow = [key for key in state if read[key].shape != state[key].shape]  # branches from before channels were mixed
    branch.load_state_dict(read | {key: across_channels(read[key]) for key in narrow})
    return branch


class Branched(nn.Module):
    """What is exported: the anchors of the base without the branch's `classes`, then as many of the branch with nothing else.

    Of `agreed` classes one is as sure as usual only where the other, too, sees something of it (AGREED or more) nearby.
    """

    def __init__(self, branch: FireBranch, classes: tuple[str, ...], agreed: tuple[str, ...]):
        super().__init__()
        self.branch = branch
        self.agreed = agreed
        self.register_buffer("theirs", torch.tensor([float(name in classes) for name in CLASSES]))

    def doubts(self, other: list[torch.Tensor], other_strides: tuple[int, ...], strides: tuple[int, ...]) -> torch.Tensor:
        """(n, anchors, classes), what the scores at `strides` are to be multiplied by."""
        ones = [enlarged(torch.ones_like(other[-1][:, :1]), 32 // stride) for stride in strides]
        columns = []
        for channel, name in enumerate(CLASSES):
            if name in self.agreed:
                near = (nearby(score_maps(other, channel), other_strides) / AGREED).clamp(max=1)
                columns.append(flat([enlarged(near, 32 // stride) for stride in strides]))
            else:
                columns.append(flat(ones))
        return torch.cat(columns, 2)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        base, branch = self.branch.base, self.branch
        d3 = base.backbone.d3(base.backbone.d2(base.backbone.stem(images)))
        d4 = base.backbone.d4(d3)
        levels = [head(level) for head, level in zip(base.head, base.neck(d3, d4, base.backbone.d5(d4)))]
        fire_levels = branch.levels(d3)
        whole, fires = flat(levels), flat(fire_levels)
        doubts, fire_doubts = self.doubts(fire_levels, STRIDES, ALL_STRIDES), self.doubts(levels, ALL_STRIDES, STRIDES)
        whole = torch.cat([whole[..., :4], whole[..., 4:5].sigmoid(), whole[..., 5:].sigmoid() * (1 - self.theirs) * doubts], 2)
        fires = torch.cat([fires[..., :4], fires[..., 4:5].sigmoid(), fires[..., 5:].sigmoid() * self.theirs * fire_doubts], 2)
        none = whole[:, : whole.shape[1] - fires.shape[1]] * 0  # the branch has no anchors at stride 8
        return torch.cat([whole, none, fires], 1)
