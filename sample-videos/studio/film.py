# SPDX-License-Identifier: Apache-2.0
"""From linear light to a surveillance camera's video: tone, softness, noise, burnt-in clock, H.264."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from kit import FONTS

TABLE = 4096
BRIGHTEST = 4.0
GRAINS = 5


def developed(light: np.ndarray) -> np.ndarray:
    """Linear light to sRGB 0..1 with a soft shoulder, as a cheap camera does it."""
    knee = 0.7
    value = np.where(light > knee, knee + (1 - knee) * (1 - np.exp(-(light - knee) / (1 - knee))), light)
    return np.where(value <= 0.0031308, value * 12.92, 1.055 * np.power(np.maximum(value, 1e-6), 1 / 2.4) - 0.055)


class Film:
    """Develops frames of one clip and burns in camera name and clock."""

    def __init__(self, clip: dict, size_px: tuple[int, int], seed: int) -> None:
        self.clip, self.seed = clip, seed
        self.width, self.height = size_px
        path = next((font for font in FONTS[::-1] if Path(font).exists()), None)
        size = round(self.height / 27)
        self.font = ImageFont.truetype(path, size) if path else ImageFont.load_default(size)
        ys, xs = np.mgrid[-1 : 1 : self.height * 1j, -1 : 1 : self.width * 1j]
        self.vignette = ((1 - 0.13 * (xs**2 + ys**2) / 2) * clip.get("exposure", 1.0))[..., None].astype(np.float32)
        self.start = datetime.fromisoformat(clip["clock"])
        # A square-root scale keeps the table fine in the dark.
        self.table = developed(np.linspace(0, 1, TABLE) ** 2 * BRIGHTEST).astype(np.float32)
        rng = np.random.default_rng(seed)
        strength = clip.get("noise", 0.011)
        shape = (GRAINS, self.height, self.width, 3)
        self.grain = rng.standard_normal(shape, dtype=np.float32) * np.float32(strength * 0.45)
        self.grain += rng.standard_normal((*shape[:3], 1), dtype=np.float32) * np.float32(strength)

    def frame(self, light: np.ndarray, number: int) -> Image.Image:
        """One finished 8-bit picture."""
        scaled = np.sqrt(np.clip(light.astype(np.float32) * self.vignette / BRIGHTEST, 0, 1)) * (TABLE - 1)
        value = self.table[scaled.astype(np.int32)]
        value = 0.82 * value + 0.18 * neighbours_mean(value)
        value = value + self._grain(number) * (1.25 - 0.6 * value)
        picture = Image.fromarray((np.clip(value, 0, 1) * 255 + 0.5).astype(np.uint8))
        self._burn_in(picture, number)
        return picture

    def _grain(self, number: int) -> np.ndarray:
        """Sensor noise of a frame: one of a few fields, shifted by chance."""
        rng = np.random.default_rng(self.seed * 100003 + number)
        field = self.grain[int(rng.integers(GRAINS))]
        return np.roll(field, (int(rng.integers(self.height)), int(rng.integers(self.width))), axis=(0, 1))

    def _burn_in(self, picture: Image.Image, number: int) -> None:
        draw = ImageDraw.Draw(picture)
        clock = self.start + timedelta(seconds=number / self.clip["fps"])
        edge = self.height // 36
        for text, row in ((clock.strftime("%Y-%m-%d %H:%M:%S"), 0), (self.clip.get("label", "CAM 01"), 1)):
            place = (edge, edge * 0.6 + row * self.height / 19)
            draw.text(
                place,
                text,
                font=self.font,
                fill=(245, 245, 245),
                stroke_width=max(1, self.height // 480),
                stroke_fill=(20, 20, 20),
            )


def neighbours_mean(value: np.ndarray) -> np.ndarray:
    """Mean of the four neighbours, edges repeated."""
    padded = np.pad(value, [(1, 1), (1, 1), (0, 0)], mode="edge")
    return (padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]) / 4


def encode(folder: Path, target: Path, fps: float, crf: int = 26, codec: str = "libx264") -> None:
    """Pictures `00000.png`... in a folder to a clip without B-frames, a keyframe a second, tagged BT.709."""
    options = ["-c:v", codec, "-preset", "medium", "-crf", str(crf), "-bf", "0", "-g", str(round(fps)), "-pix_fmt", "yuv420p"]
    if codec == "libx265":
        options += ["-x265-params", "bframes=0:log-level=error", "-tag:v", "hvc1"]
    colour = [
        "-vf",
        "scale=out_color_matrix=bt709:out_range=tv",
        "-color_primaries",
        "bt709",
        "-color_trc",
        "bt709",
        "-colorspace",
        "bt709",
        "-color_range",
        "tv",
    ]
    source = ["-framerate", str(fps), "-i", str(folder / "%05d.png")]
    command = ["ffmpeg", "-y", "-v", "error", *source, *colour, *options, "-threads", "2", "-movflags", "+faststart", str(target)]
    subprocess.run(command, check=True)
