"""What a training run learns: all classes, or fires alone for the branch; from which pictures, how large, how often."""

from __future__ import annotations

from dataclasses import dataclass

import fire_branch
from net import CLASSES, STRIDES


@dataclass(frozen=True)
class Lesson:
    """Shares of the sources (what has no pictures gives its share to the others) and how crops are taken."""

    shares: dict[str, float]
    # Width and height of a batch, alike in pixels; the second one, square, shows big fires whole.
    shapes: tuple[tuple[int, int], tuple[int, int]]
    square_share: float  # of the batches
    # By the first letters of a source: from how small to how large its pictures become.
    scales: dict[str, tuple[float, float]]
    strides: tuple[int, ...] = STRIDES
    classes: tuple[str, ...] = CLASSES

    def scales_of(self, source: str) -> tuple[float, float]:
        return next((scales for start, scales in self.scales.items() if source.startswith(start)), (0.55, 2.0))

    def teaches(self, kind: int) -> bool:
        """Whether a box's kind is learnt; kinds above the classes are heads of an unknown one."""
        return CLASSES[kind] in self.classes if kind < len(CLASSES) else "head" in self.classes


LESSONS = {
    "all": Lesson(
        shares={
            "hard-hat-workers": 0.21, "bare-heads-extra": 0.03, "construction-safety-rf100": 0.05,
            "construction-site-safety": 0.03, "surveillance-people": 0.06, "flame-smoke/firesense": 0.12,
            "flame-smoke/continuous": 0.12, "flame-smoke/forest": 0.10, "hot-work-negatives/industrial": 0.12,
            "hot-work-negatives/lamps": 0.055, "rendered": 0.11, "rendered-fire": 0.16, "rendered-clip": 0.04,
        },
        shapes=((416, 288), (352, 352)),
        square_share=0.35,
        scales={"flame-smoke": (0.5, 1.9), "surveillance": (0.45, 1.7), "construction-site": (0.35, 1.2)},
    ),
    "fires": Lesson(
        shares={
            "flame-smoke/firesense": 0.21, "flame-smoke/continuous": 0.21, "flame-smoke/forest": 0.28,
            "hot-work-negatives/industrial": 0.13, "hot-work-negatives/lamps": 0.04, "hard-hat-workers": 0.02,
            "construction-safety-rf100": 0.02, "construction-site-safety": 0.02, "surveillance-people": 0.01,
            "rendered-fire": 0.06, "rendered-clip": 0.03,
        },
        shapes=((416, 288), (416, 416)),
        square_share=0.7,
        scales={"flame-smoke": (1.0, 1.75), "surveillance": (0.45, 1.7), "construction-site": (0.35, 1.2)},
        strides=fire_branch.STRIDES,
        classes=fire_branch.FIRES,
    ),
}  # fmt: skip
