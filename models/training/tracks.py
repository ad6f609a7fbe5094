"""Persons of a clip followed by overlap, and what the second look says of their heads over time.

Simpler than the product's tracker, so that a figure of the models does not hang on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from heads import person_square
from headwear_session import said
from scores import overlaps

FPS = 5.0
LEAST_OBSERVATIONS = 5
LEAST_OVERLAP = 0.3
# Frames without the person after which somebody new comes.
LONGEST_BREAK = 5
# Sides of a head, in pixels, below which the product asks no second look.
LEAST_HEAD_PX = 9


@dataclass
class Person:
    """One person over time: the last box, when it was seen, and how often each kind of headwear was said."""

    box: list[float]
    last: int
    seen: int = 1
    said: dict[str, int] = field(default_factory=dict)

    def counts(self) -> bool:
        """Whether it was looked at often enough to be a person at all."""
        return self.seen >= LEAST_OBSERVATIONS and sum(self.said.values()) >= 2


def head_of(person: list[float], heads: list) -> list[float] | None:
    """The head whose middle lies in the upper part of a person's box."""
    left, top, right, bottom = person
    upper = top + 0.3 * (bottom - top)
    inside = [h for h in heads if left <= (h[0] + h[2]) / 2 <= right and top - 9 <= (h[1] + h[3]) / 2 <= upper]
    return max(inside, key=lambda h: h[4], default=None)


def is_fit(person: list[float], head: list | None) -> bool:
    side = max(head[2] - head[0], head[3] - head[1]) if head else person_square(person)[2] / 2
    return side >= LEAST_HEAD_PX


def frames(path: Path):
    """Every picture that is due at FPS a second, with its number among those."""
    video, due, number = cv2.VideoCapture(str(path)), 0.0, 0
    fps = video.get(cv2.CAP_PROP_FPS) or 25.0
    while True:
        ok, picture = video.read()
        if not ok:
            return
        if number >= due:
            yield round(due * FPS / fps), picture
            due += max(1.0, fps / FPS)
        number += 1


def followed(eyes, path: Path) -> list[Person]:
    """Everybody in a clip who was seen often enough."""
    people: list[Person] = []
    for number, picture in frames(path):
        found = eyes.sure(picture)
        heads = [d[1:6] for d in found if d[0] in ("head", "helmet", "other_headwear")]
        boxes = [d[1:5] for d in found if d[0] == "person"]
        present = [p for p in people if number - p.last <= LONGEST_BREAK]
        shared = overlaps(np.array([p.box for p in present]).reshape(-1, 4), np.array(boxes).reshape(-1, 4))
        taken: set[int] = set()
        for i, j in sorted(np.argwhere(shared >= LEAST_OVERLAP).tolist(), key=lambda ij: -shared[ij[0], ij[1]]):
            if present[i].last != number and j not in taken:
                present[i].box, present[i].last, present[i].seen = boxes[j], number, present[i].seen + 1
                taken.add(j)
        people += [Person(box, number) for j, box in enumerate(boxes) if j not in taken]
        look(eyes, picture, [p for p in people if p.last == number], heads)
    return [p for p in people if p.counts()]


def look(eyes, picture: np.ndarray, people: list[Person], heads: list) -> None:
    """Asks the second look about each head that is large enough; as the product does, about the person without one."""
    pairs = [(person, head_of(person.box, heads)) for person in people]
    pairs = [(person, head) for person, head in pairs if is_fit(person.box, head)]
    squares = [None if head is None else head[:4] for _, head in pairs]
    odds = eyes.second.looks(picture, squares, [person.box for person, _ in pairs])
    for (person, _), row in zip(pairs, odds):
        state = said(row)
        person.said[state] = person.said.get(state, 0) + 1
