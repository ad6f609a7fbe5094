"""YOLOX-nano with batch norm folded into the convolutions, as the shipped graphs have it.

The modules are named like the initialisers of the ONNX files, so that a graph can be read back into
a network (`load_onnx`) and trained on. The head gives raw values; `Exported` adds what the contract of
the graph asks for (sigmoid of objectness and classes, anchors flattened). Decoding is the caller's.
"""

from __future__ import annotations

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from torch import nn

CLASSES = ("head", "helmet", "other_headwear", "person", "flame", "smoke", "arc", "sparks")
STRIDES = (8, 16, 32)


class Conv(nn.Module):
    def __init__(self, cin: int, cout: int, kernel: int = 1, stride: int = 1, groups: int = 1):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, kernel, stride, kernel // 2, groups=groups)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.silu(self.conv(x))


class Separable(nn.Module):
    def __init__(self, cin: int, cout: int, stride: int = 1):
        super().__init__()
        self.d = Conv(cin, cin, 3, stride, groups=cin)
        self.p = Conv(cin, cout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.p(self.d(x))


class Bottleneck(nn.Module):
    def __init__(self, width: int, add: bool):
        super().__init__()
        self.add = add
        self.c1 = Conv(width, width)
        self.c2 = Separable(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.c2(self.c1(x))
        return x + y if self.add else y


class Split(nn.Module):
    """A cross-stage block: half the channels go through the bottlenecks, half past them."""

    def __init__(self, cin: int, cout: int, count: int, add: bool):
        super().__init__()
        self.c1 = Conv(cin, cout // 2)
        self.c2 = Conv(cin, cout // 2)
        self.c3 = Conv(cout, cout)
        self.m = nn.Sequential(*[Bottleneck(cout // 2, add) for _ in range(count)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.c3(torch.cat([self.m(self.c1(x)), self.c2(x)], 1))


class Pools(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.c1 = Conv(width, width // 2)
        self.c2 = Conv(width * 2, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.c1(x)
        pools = [F.max_pool2d(x, k, 1, k // 2) for k in (5, 9, 13)]
        return self.c2(torch.cat([x, *pools], 1))


class Focus(nn.Module):
    def __init__(self, cout: int):
        super().__init__()
        self.c = Conv(12, cout, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        parts = [x[..., r::2, c::2] for c in (0, 1) for r in (0, 1)]
        return self.c(torch.cat(parts, 1))


class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = Focus(16)
        self.d2 = nn.Sequential(Separable(16, 32, 2), Split(32, 32, 1, True))
        self.d3 = nn.Sequential(Separable(32, 64, 2), Split(64, 64, 3, True))
        self.d4 = nn.Sequential(Separable(64, 128, 2), Split(128, 128, 3, True))
        self.d5 = nn.Sequential(Separable(128, 256, 2), Pools(256), Split(256, 256, 1, False))

    def frozen(self) -> list[nn.Module]:
        """The parts that are not trained: a third of the time, and edges are edges."""
        return [self.stem, self.d2]

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        d3 = self.d3(self.d2(self.stem(x)))
        d4 = self.d4(d3)
        return d3, d4, self.d5(d4)


class Neck(nn.Module):
    def __init__(self):
        super().__init__()
        self.lat, self.red = Conv(256, 128), Conv(128, 64)
        self.p4, self.p3 = Split(256, 128, 1, False), Split(128, 64, 1, False)
        self.bu2, self.bu1 = Separable(64, 64, 2), Separable(128, 128, 2)
        self.n3, self.n4 = Split(128, 128, 1, False), Split(256, 256, 1, False)

    def forward(self, d3: torch.Tensor, d4: torch.Tensor, d5: torch.Tensor) -> list[torch.Tensor]:
        lat = self.lat(d5)
        red = self.red(self.p4(torch.cat([F.interpolate(lat, scale_factor=2.0), d4], 1)))
        p3 = self.p3(torch.cat([F.interpolate(red, scale_factor=2.0), d3], 1))
        n3 = self.n3(torch.cat([self.bu2(p3), red], 1))
        return [p3, n3, self.n4(torch.cat([self.bu1(n3), lat], 1))]


class Head(nn.Module):
    def __init__(self, cin: int, classes: int):
        super().__init__()
        self.stem = Conv(cin, 64)
        self.cc = nn.Sequential(Separable(64, 64), Separable(64, 64))
        self.rc = nn.Sequential(Separable(64, 64), Separable(64, 64))
        self.cls, self.reg, self.obj = nn.Conv2d(64, classes, 1), nn.Conv2d(64, 4, 1), nn.Conv2d(64, 1, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x)
        boxes = self.rc(x)
        return torch.cat([self.reg(boxes), self.obj(boxes), self.cls(self.cc(x))], 1)


class Detector(nn.Module):
    """Pictures BGR 0..255 to (n, anchors, 5 + classes): box, objectness and classes, all raw."""

    def __init__(self, classes: int = len(CLASSES), backbone: nn.Module | None = None):
        super().__init__()
        self.backbone, self.neck = backbone or Backbone(), Neck()
        self.head = nn.ModuleList(Head(c, classes) for c in (64, 128, 256))

    def frozen(self) -> list[nn.Module]:
        """The parts that are not trained."""
        return self.backbone.frozen()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        levels = self.neck(*self.backbone(x))
        return torch.cat([h(f).flatten(2) for h, f in zip(self.head, levels)], 2).permute(0, 2, 1)


class Exported(nn.Module):
    def __init__(self, net: Detector):
        super().__init__()
        self.net = net

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        raw = self.net(images)
        return torch.cat([raw[..., :4], raw[..., 4:].sigmoid()], 2)


def load_onnx(net: nn.Module, path: str, names: tuple[str, ...] = ("head", "helmet", "person")) -> None:
    """Read a graph's weights into `net`; classes that the graph lacks start unlikely (p = 0.01)."""
    values = onnx.load(path).graph.initializer
    weights = {i.name.removeprefix("net."): onnx.numpy_helper.to_array(i) for i in values}
    state = net.state_dict()
    for key, old in state.items():
        new = np.array(weights[key])
        if ".cls." in key:
            full = np.zeros(tuple(old.shape), np.float32)
            if key.endswith("bias"):
                full[:] = -4.6
            for i, name in enumerate(names):
                full[CLASSES.index(name)] = new[i]
            if not key.endswith("bias") and "other_headwear" not in names:
                full[CLASSES.index("other_headwear")] = 0.5 * full[CLASSES.index("head")]
            new = full
        state[key] = torch.from_numpy(new)
    net.load_state_dict(state)


def cells(height: int, width: int, of: tuple[int, ...] = STRIDES) -> tuple[torch.Tensor, torch.Tensor]:
    """Left upper corners (in cells) and strides of all anchors, in the order of the output."""
    grids, strides = [], []
    for s in of:
        y, x = torch.meshgrid(torch.arange(height // s), torch.arange(width // s), indexing="ij")
        grids.append(torch.stack([x, y], -1).reshape(-1, 2))
        strides.append(torch.full((grids[-1].shape[0],), s))
    return torch.cat(grids).float(), torch.cat(strides).float()


def decode(raw: torch.Tensor, grid: torch.Tensor, strides: torch.Tensor) -> torch.Tensor:
    """Raw boxes to left, top, right, bottom in pixels."""
    centre = (raw[..., :2] + grid) * strides[:, None]
    half = raw[..., 2:4].clamp(max=8).exp() * strides[:, None] / 2
    return torch.cat([centre - half, centre + half], -1)
