"""The exported second look at heads, run as the product runs it."""

from __future__ import annotations

import numpy as np
import onnxruntime as ort

from heads import SIDE, cut, head_square, person_square

STATES = ("helmet", "bare", "other", "hidden")
# As the product decides (pipeline/analysis/src/tracker/head_look.rs): a hard hat has to be surer than the rest.
LEAST, LEAST_HELMET = 0.6, 0.88


def said(odds: np.ndarray) -> str:
    """What a look says about a head, from its odds (4,)."""
    state = STATES[odds.argmax()]
    return state if odds.max() >= (LEAST_HELMET if state == "helmet" else LEAST) else "unsure"


class HeadwearSession:
    def __init__(self, path: str):
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def heads(self, picture: np.ndarray, boxes: list) -> np.ndarray:
        """Odds (n, 4) of helmet, bare, other, hidden for head boxes in pixels of a BGR picture."""
        return self.looks(picture, boxes, [None] * len(boxes))

    def looks(self, picture: np.ndarray, heads: list, people: list) -> np.ndarray:
        """Odds (n, 4), by the head's box, or by the person's where the head is None."""
        if not len(heads):
            return np.zeros((0, 4))
        squares = [head_square(head) if head is not None else person_square(body) for head, body in zip(heads, people)]
        crops = np.stack([cut(picture, *square, SIDE) for square in squares])[..., ::-1]
        return self.session.run(None, {"crops": crops.transpose(0, 3, 1, 2).astype(np.float32)})[0]
