# SPDX-License-Identifier: Apache-2.0
"""Pictures made with numpy: concrete, asphalt, plaster, corrugated sheet, worn paint, sky, floors.

Tileable where they repeat. Colours are sRGB 0..1, arrays (height, width, 3).
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter


def clouds(rng: np.random.Generator, side: int, slope: float, low: float = 1.0) -> np.ndarray:
    """Tileable noise of about -2..2: random phases with amplitude falling as frequency ** -slope."""
    fx = np.fft.fftfreq(side)[:, None] * side
    fy = np.fft.rfftfreq(side)[None, :] * side
    radius = np.maximum(np.hypot(fx, fy), low)
    spectrum = rng.normal(size=radius.shape) + 1j * rng.normal(size=radius.shape)
    field = np.fft.irfft2(spectrum * radius**-slope, s=(side, side))
    return field / field.std()


def tinted(grey: np.ndarray, colour: tuple[float, float, float]) -> np.ndarray:
    """A colour times a lightness field."""
    return np.clip(np.asarray(colour) * grey[..., None], 0, 1)


def concrete(rng: np.random.Generator, side: int, colour: tuple[float, float, float], per_m: float = 100.0) -> np.ndarray:
    """Cast concrete: broad stains, fine grain, pores."""
    grey = 1 + 0.07 * clouds(rng, side, 1.6) + 0.035 * clouds(rng, side, 0.9) + 0.03 * rng.normal(size=(side, side))
    pores = clouds(rng, side, 0.4) > 3.1
    grey[pores] *= 0.75
    stains = np.clip(clouds(rng, side, 1.9) - 1.1, 0, 1)
    return tinted(grey * (1 - 0.25 * stains), colour)


def asphalt(rng: np.random.Generator, side: int, colour: tuple[float, float, float], per_m: float = 100.0) -> np.ndarray:
    """Dark stone and bitumen with light wear."""
    grey = 1 + 0.09 * clouds(rng, side, 1.5) + 0.10 * rng.normal(size=(side, side)) + 0.05 * clouds(rng, side, 0.6)
    return tinted(grey, colour)


def plaster(rng: np.random.Generator, side: int, colour: tuple[float, float, float]) -> np.ndarray:
    """Painted wall with rain streaks downwards."""
    streaks = clouds(rng, side, 1.3)
    streaks = np.repeat(streaks[: side // 16], 16, axis=0)[:side]
    grey = 1 + 0.035 * clouds(rng, side, 1.6) + 0.015 * rng.normal(size=(side, side)) - 0.05 * np.clip(streaks, 0, 2)
    return tinted(grey, colour)


def corrugated(rng: np.random.Generator, side: int, colour: tuple[float, float, float], ribs: int = 16) -> np.ndarray:
    """Sheet metal with vertical ribs, shaded as if lit from one side, with dirt."""
    wave = np.sin(np.linspace(0, 2 * np.pi * ribs, side, endpoint=False))
    grey = 1 + 0.16 * wave[None, :] + 0.05 * clouds(rng, side, 1.5)
    grey -= 0.12 * np.clip(clouds(rng, side, 1.8) - 0.8, 0, 1.5)
    return tinted(grey, colour)


def shutter(rng: np.random.Generator, side: int, colour: tuple[float, float, float]) -> np.ndarray:
    """Roller shutter: horizontal slats."""
    return corrugated(rng, side, colour, 14).transpose(1, 0, 2)


def brick(rng: np.random.Generator, side: int, colour: tuple[float, float, float]) -> np.ndarray:
    """Brick wall, 8 by 24 bricks a tile."""
    rows, columns = 24, 8
    ys, xs = np.mgrid[:side, :side] / side
    row = (ys * rows).astype(int)
    shifted = (xs * columns + 0.5 * (row % 2)) % columns
    tone = 1 + 0.12 * rng.normal(size=(rows, columns))
    grey = tone[row, shifted.astype(int)] + 0.05 * clouds(rng, side, 1.0)
    mortar = ((ys * rows) % 1 < 0.13) | (shifted % 1 < 0.05)
    picture = tinted(grey, colour)
    picture[mortar] = 0.55 + 0.03 * rng.normal(size=(mortar.sum(), 1))
    return np.clip(picture, 0, 1)


def worn_paint(rng: np.random.Generator, side: int, colour: tuple[float, float, float]) -> np.ndarray:
    """Painted steel with scratches, dirt and a few rust spots."""
    grey = 1 + 0.05 * clouds(rng, side, 1.5) + 0.02 * rng.normal(size=(side, side))
    picture = tinted(grey, colour)
    rust = np.clip((clouds(rng, side, 1.1) - 2.0) * 2, 0, 1)[..., None]
    return picture * (1 - rust) + np.array([0.30, 0.17, 0.09]) * rust


def steel(rng: np.random.Generator, side: int, colour: tuple[float, float, float]) -> np.ndarray:
    """Galvanised or bare steel."""
    return tinted(1 + 0.08 * clouds(rng, side, 1.2), colour)


def glass(rng: np.random.Generator, side: int, colour: tuple[float, float, float]) -> np.ndarray:
    """Window panes, three by two, with dark frames."""
    grey = 1 + 0.25 * clouds(rng, side, 1.8)
    picture = tinted(np.clip(grey, 0.3, 1.8), colour)
    step = side // 6
    for line in range(0, side, step * 2):
        picture[:, line : line + step // 6] = 0.22
    for line in range(0, side, step * 3):
        picture[line : line + step // 6] = 0.22
    return picture


def sky(rng: np.random.Generator, cover: float, width: int = 1024) -> np.ndarray:
    """Half an equirectangular sky (upper half) over haze; cover 0 clear .. 1 overcast. Linear light."""
    height = width // 2
    up = np.linspace(1, -1, height)[:, None] * np.ones((1, width))
    blue = np.stack([0.30 + 0 * up, 0.48 + 0 * up, 0.85 + 0 * up], axis=-1)
    haze = np.array([0.78, 0.84, 0.92])
    share = np.exp(-np.clip(up, 0, 1) * 3.2)[..., None]
    picture = blue * (1 - share) + haze * share
    field = clouds(rng, width, 1.7)[:height]
    field = field * 0.6 + np.roll(field, width // 2, axis=1) * 0.6
    cloud = np.clip((field + 2.2 * cover - 0.9) * 0.9, 0, 1)[..., None] * np.clip(up * 6, 0, 1)[..., None]
    picture = picture * (1 - cloud) + np.array([0.93, 0.94, 0.96]) * (1 - 0.12 * cover) * cloud
    ground = np.array([0.25, 0.24, 0.22])
    return np.where(up[..., None] < 0, ground, picture)


def dusk_sky(rng: np.random.Generator, cover: float, width: int = 1024) -> np.ndarray:
    """A sky after sunset: an orange band in the west (the picture's middle), deep blue above, dark clouds."""
    height = width // 2
    up = np.linspace(1, -1, height)[:, None] * np.ones((1, width))
    west = (0.5 + 0.5 * np.cos(np.linspace(-np.pi, np.pi, width)))[None, :, None] ** 2
    share = np.exp(-np.clip(up, 0, 1) * 4.5)[..., None]
    low = np.array([0.40, 0.36, 0.42]) * (1 - west) + np.array([1.0, 0.50, 0.22]) * west
    picture = np.array([0.10, 0.16, 0.34]) * (1 - share) + low * share
    cloud = np.clip((clouds(rng, width, 1.7)[:height] + 2.0 * cover - 1.0) * 0.8, 0, 1)[..., None]
    cloud = cloud * np.clip(up * 6, 0, 1)[..., None]
    picture = picture * (1 - 0.7 * cloud) + np.array([0.20, 0.16, 0.20]) * 0.7 * cloud
    return np.where(up[..., None] < 0, np.array([0.05, 0.05, 0.06]), picture)


def night_sky(rng: np.random.Generator, cover: float, width: int = 256) -> np.ndarray:
    """A town's night sky: almost black, a dull glow along the horizon."""
    height = width // 2
    up = np.linspace(1, -1, height)[:, None] * np.ones((1, width))
    share = np.exp(-np.clip(up, 0, 1) * 5)[..., None]
    picture = np.array([0.05, 0.07, 0.13]) * (1 - share) + np.array([0.30, 0.22, 0.15]) * share
    return np.where(up[..., None] < 0, np.array([0.02, 0.02, 0.02]), picture * (1 + 0.1 * cover))


def floor(rng: np.random.Generator, spec: dict, side_px: int) -> np.ndarray:
    """A floor picture of `size_m` square round the origin with joints, lines, hatched areas, stains.

    spec: base (concrete|asphalt), colour, size_m, joints_m, lines [[x, y], ...] with width and colour,
    hatches (polygons), tyres (polylines). North (+y) is up in the picture.
    """
    size_m = spec["size_m"]
    scale = side_px / size_m

    def to_px(point: list[float]) -> tuple[float, float]:
        return (point[0] + size_m / 2) * scale, (size_m / 2 - point[1]) * scale

    makers = {"concrete": concrete, "asphalt": asphalt}
    picture = makers[spec["base"]](rng, side_px, tuple(spec["colour"]))
    paint = Image.new("RGBA", (side_px, side_px), (0, 0, 0, 0))
    draw = ImageDraw.Draw(paint)
    for line in spec.get("lines", []):
        colour = tuple(round(255 * part) for part in line.get("colour", [0.86, 0.68, 0.10]))
        draw.line(
            [to_px(point) for point in line["points"]],
            fill=(*colour, 255),
            width=round(line.get("width_m", 0.1) * scale),
            joint="curve",
        )
    for polygon in spec.get("hatches", []):
        hatch(paint, [to_px(point) for point in polygon], scale)
    cover = np.asarray(paint, dtype=np.float32) / 255
    wear = np.clip(0.92 - 0.22 * np.clip(clouds(rng, side_px, 1.0), 0, 3), 0, 1)
    alpha = cover[..., 3] * wear
    picture = picture * (1 - alpha[..., None]) + cover[..., :3] * alpha[..., None] * (0.85 + 0.15 * picture / picture.mean())
    return np.clip(picture * dirt(rng, spec, side_px, to_px, scale)[..., None], 0, 1)


def dirt(rng: np.random.Generator, spec: dict, side_px: int, to_px: object, scale: float) -> np.ndarray:
    """Lightness factor of joints, tyre tracks and oil stains."""
    mask = Image.new("L", (side_px, side_px), 0)
    draw = ImageDraw.Draw(mask)
    for track in spec.get("tyres", []):
        draw.line([to_px(point) for point in track], fill=70, width=round(0.24 * scale), joint="curve")
    for _ in range(spec.get("stains", 14)):
        x, y = rng.uniform(0, side_px, 2)
        wide, high = rng.uniform(0.08, 0.6, 2) * scale
        draw.ellipse([x - wide, y - high, x + wide, y + high], fill=int(rng.uniform(25, 80)))
    soft = np.asarray(mask.filter(ImageFilter.GaussianBlur(scale * 0.09)), dtype=np.float32) / 255
    soft = soft * np.clip(1 + 0.6 * clouds(rng, side_px, 1.2), 0.1, 2)
    joints = Image.new("L", (side_px, side_px), 0)
    draw = ImageDraw.Draw(joints)
    if spec.get("joints_m"):
        for place in np.arange(-spec["size_m"] / 2, spec["size_m"] / 2, spec["joints_m"]):
            x, y = to_px([place + 0.3, place + 0.7])
            draw.line([(x, 0), (x, side_px)], fill=150, width=max(2, round(0.015 * scale)))
            draw.line([(0, y), (side_px, y)], fill=150, width=max(2, round(0.015 * scale)))
    if spec.get("spills"):
        soft = soft + spills(rng, int(spec["spills"]), side_px, scale)
    return (1 - np.clip(soft, 0, 0.7)) * (1 - np.asarray(joints, dtype=np.float32) / 255 * 0.6)


def spills(rng: np.random.Generator, count: int, side_px: int, scale: float) -> np.ndarray:
    """Darkness of oil and water spills with ragged edges, and of drops beside them."""
    mask = Image.new("L", (side_px, side_px), 0)
    draw = ImageDraw.Draw(mask)
    for _ in range(count):
        middle, size = rng.uniform(0, side_px, 2), rng.uniform(0.05, 0.28) * scale
        tone = int(rng.uniform(40, 130))
        for _ in range(int(rng.integers(5, 16))):
            x, y = middle + rng.normal(0, size, 2) * [1.4, 0.8]
            wide, high = size * rng.uniform(0.1, 0.8, 2)
            draw.ellipse([x - wide, y - high, x + wide, y + high], fill=tone)
    sharp = np.asarray(mask.filter(ImageFilter.GaussianBlur(scale * 0.012)), dtype=np.float32) / 255
    return sharp * np.clip(1 + 0.5 * clouds(rng, side_px, 1.1), 0.2, 1.6)


def hatch(paint: Image.Image, polygon: list[tuple[float, float]], scale: float) -> None:
    """Diagonal yellow stripes inside a polygon."""
    mask = Image.new("L", paint.size, 0)
    ImageDraw.Draw(mask).polygon(polygon, fill=255)
    stripes = Image.new("RGBA", paint.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(stripes)
    step = 0.45 * scale
    for start in np.arange(-paint.width, paint.width, step):
        draw.line([(start, 0), (start + paint.width, paint.width)], fill=(219, 173, 26, 255), width=round(0.12 * scale))
    paint.paste(stripes, (0, 0), Image.composite(mask, Image.new("L", paint.size, 0), stripes.getchannel("A")))
