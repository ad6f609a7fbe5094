"""The exported second look at heads, run as the product runs it."""

from __future__ import annotations

import numpy as np
import onnxruntime as ort

from heads import SIDE, cut, head_square


class HeadwearSession:
    def __init__(self, path: str):
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def heads(self, picture: np.ndarray, boxes: list) -> np.ndarray:
        """Odds (n, 4) of helmet, bare, other, hidden for head boxes in pixels of a BGR picture."""
        if not len(boxes):
            return np.zeros((0, 4))
        crops = np.stack([cut(picture, *head_square(b), SIDE) for b in boxes])[..., ::-1]
        return self.session.run(None, {"crops": crops.transpose(0, 3, 1, 2).astype(np.float32)})[0]
