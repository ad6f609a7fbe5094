# SPDX-License-Identifier: Apache-2.0
"""Runs a YOLOX-style ONNX model on a picture: letterbox top-left with 114, decode, suppress.

Only for measuring the rendered clips; the product has its own detector in Rust.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from PIL import Image

STRIDES = (8, 16, 32)


class Detector:
    """A YOLOX model with raw outputs; gives boxes in pixels of the picture."""

    def __init__(self, model: Path, side_px: int = 640) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.side_px = side_px
        self.session = onnxruntime.InferenceSession(at_size(model, side_px), options, providers=["CPUExecutionProvider"])

    def __call__(self, picture: Image.Image) -> np.ndarray:
        """All anchors as rows left, top, right, bottom (pixels), then one score a class."""
        scale = self.side_px / max(picture.size)
        small = picture.convert("RGB").resize((round(picture.width * scale), round(picture.height * scale)), Image.BILINEAR)
        canvas = np.full((self.side_px, self.side_px, 3), 114, np.float32)
        canvas[: small.height, : small.width] = np.asarray(small)[:, :, ::-1]
        name = self.session.get_inputs()[0].name
        raw = self.session.run(None, {name: canvas.transpose(2, 0, 1)[None]})[0][0]
        grids, strides = [], []
        for stride in STRIDES:
            cells = self.side_px // stride
            ys, xs = np.mgrid[:cells, :cells]
            grids.append(np.stack([xs.ravel(), ys.ravel()], axis=1))
            strides.append(np.full((cells * cells, 1), stride))
        grid, stride = np.concatenate(grids), np.concatenate(strides)
        middle = (raw[:, :2] + grid) * stride
        half = np.exp(raw[:, 2:4]) * stride / 2
        boxes = np.concatenate([middle - half, middle + half], axis=1) / scale
        return np.concatenate([boxes, raw[:, 4:5] * raw[:, 5:]], axis=1)


def at_size(model: Path, side_px: int) -> bytes:
    """The model with another input size: YOLOX is convolutional throughout, only the declared shapes are fixed."""
    graph = onnx.load(str(model))
    for axis in (2, 3):
        graph.graph.input[0].type.tensor_type.shape.dim[axis].dim_value = side_px
    for output in graph.graph.output:
        output.type.tensor_type.shape.dim[1].dim_param = "anchors"
    del graph.graph.value_info[:]
    return graph.SerializeToString()


def overlap(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union of a box with many."""
    low = np.maximum(one[:2], others[:, :2])
    high = np.minimum(one[2:4], others[:, 2:4])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    area = np.prod(one[2:4] - one[:2]) + np.prod(others[:, 2:4] - others[:, :2], axis=1) - shared
    return shared / np.maximum(area, 1e-9)


def suppress(boxes: np.ndarray, scores: np.ndarray, threshold: float, iou: float = 0.5) -> list[int]:
    """Greedy non-maximum suppression; indices of the kept boxes, best first."""
    kept: list[int] = []
    for number in np.argsort(-scores):
        if scores[number] < threshold:
            break
        if not kept or overlap(boxes[number], boxes[kept]).max() < iou:
            kept.append(int(number))
    return kept
