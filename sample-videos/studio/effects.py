# SPDX-License-Identifier: Apache-2.0
"""All that is laid over a rendered frame: fires, flashes, smoke, weather, bloom; and the frame's events."""

from __future__ import annotations

import numpy as np

from canvas import Canvas, bloom
from stage import Stage
from weather import Weather

DIMMED_BY_ARC = 0.16


class Effects:
    """The effects of one scene."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.sources = stage, stage.sources
        self.weather = Weather(stage.words.get("weather", {}), stage.seed)
        self.bloom = stage.words["clip"].get("bloom", 1.0 if stage.sources else 0.0)

    def over(
        self, picture: np.ndarray, index: np.ndarray, looks: list, empty_depth: np.ndarray, floor: np.ndarray, number: int
    ) -> tuple[np.ndarray, list[dict]]:
        """The finished light of a frame and its events."""
        depth = self._depth(index, looks, empty_depth)
        picture = self.weather.over(picture, depth, floor, index, number)
        events: list[dict] = []
        if self.sources:
            canvas = Canvas(self.stage.camera, depth)
            for source in self.sources:
                events += source.draw(canvas, number)
            picture = canvas.over(picture)
        if self.bloom:
            picture = picture + bloom(picture, self.bloom)
        return picture * self._aperture(number), events

    def _depth(self, index: np.ndarray, looks: list, empty_depth: np.ndarray) -> np.ndarray:
        """Metres along the view of every pixel; a person counts as flat."""
        depth = empty_depth.copy()
        for figure, look in zip(self.stage.figures, looks, strict=True):
            middle = np.array([[*look.place, 1.0]])
            mine = (index == 2 * figure.track) | (index == 2 * figure.track - 1)
            depth[mine] = float(self.stage.camera.project(middle)[0, 2])
        return depth

    def _aperture(self, number: int) -> float:
        """The camera closes a little when an arc burns."""
        arcs = [source.level(number) for source in self.sources if source.kind == "arc"]
        return 1 / (1 + DIMMED_BY_ARC * max(arcs, default=0.0))
