"""How a camera may show the same thing: light, colours, blur, noise and compression by chance, all of torchvision."""

from __future__ import annotations

import numpy as np
import torch
from torchvision.transforms import v2


def noise(*sigmas: float) -> v2.Transform:
    """Noise of a sensor, of one of these standard deviations, as shares of white."""
    return v2.RandomChoice([
        v2.Compose([
            v2.ToDtype(torch.float32, scale=True),
            v2.GaussianNoise(0, sigma),
            v2.ToDtype(torch.uint8, scale=True),
        ])
        for sigma in sigmas
    ])  # fmt: skip


def by_chance(share: float, *steps: v2.Transform) -> v2.Transform:
    return v2.RandomApply([*steps], share)


# Hue is moved seldom: it takes as long as all the rest. Grey is how cameras see at night.
SITE = v2.Compose([
    by_chance(0.8, v2.ColorJitter(brightness=0.4, contrast=0.25, saturation=0.5)),
    by_chance(0.15, v2.ColorJitter(hue=0.015)),
    v2.RandomGrayscale(0.07),
    by_chance(0.2, v2.GaussianBlur(5, (0.4, 1.3))),
    by_chance(0.15, noise(0.01, 0.02, 0.035)),
    by_chance(0.35, v2.JPEG((25, 85))),
])  # fmt: skip
HEAD = v2.Compose([
    v2.ColorJitter(brightness=0.4, contrast=0.3, saturation=(0.4, 1.4), hue=0.03),
    v2.RandomGrayscale(0.12),
    by_chance(0.3, noise(0.01, 0.02, 0.035)),
    by_chance(0.4, v2.JPEG((20, 85))),
])  # fmt: skip
# Of a person without head: wide 96, high 192.
GARMENT = v2.Compose([
    v2.Pad((8, 16), padding_mode="edge"),
    v2.RandomResizedCrop((192, 96), (0.72, 0.96), (0.46, 0.54)),
    v2.RandomHorizontalFlip(),
    by_chance(0.4, v2.GaussianBlur(9, (0.5, 2.5))),
    v2.ColorJitter(brightness=0.45, contrast=0.35),
    noise(0.005, 0.015, 0.03),
])  # fmt: skip


def seen(picture: np.ndarray, look: v2.Transform) -> np.ndarray:
    """A picture BGR 0..255 (rows, columns, 3) as `look` shows it; chance is torch's."""
    rgb = torch.from_numpy(picture[..., ::-1].copy()).permute(2, 0, 1).contiguous()
    return look(rgb).flip(0).permute(1, 2, 0).contiguous().numpy()
