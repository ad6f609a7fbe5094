"""Running an exported detector on a picture, as the product does: fitted top left, decoded, suppressed."""

from __future__ import annotations

import cv2
import numpy as np
import onnx
import onnxruntime as ort

from scores import overlaps

STRIDES = (8, 16, 32)
# As models/catalogue.toml has them: boxes of a class that overlap more are one; of the rest those above 0.5.
OVERLAPS = {"person": 0.6, "flame": 0.3}
# As models/src/suppress.rs has them: who has a say about the place of the strongest.
SAME_THING_IOU = 0.6
LEAST_SHARE = 0.7


def fitted(picture: np.ndarray, longer: int) -> tuple[np.ndarray, float]:
    """The picture scaled so that its longer side is `longer`, padded with 114 to multiples of 32."""
    height, width = picture.shape[:2]
    scale = longer / max(height, width)
    small = cv2.resize(picture, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_LINEAR)
    canvas = np.full((-(-small.shape[0] // 32) * 32, -(-small.shape[1] // 32) * 32, 3), 114, np.uint8)
    canvas[: small.shape[0], : small.shape[1]] = small
    return canvas, scale


def suppressed(boxes: np.ndarray, scores: np.ndarray, overlap: float) -> list[int]:
    sizes = [[*b[:2], b[2] - b[0], b[3] - b[1]] for b in boxes.tolist()]
    return [int(i) for i in cv2.dnn.NMSBoxes(sizes, scores.tolist(), 0.0, overlap)]


def agreed(winner: int, boxes: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Where those who see the same thing as the winner place it, each counting by its score."""
    same = (overlaps(boxes[winner : winner + 1], boxes)[0] > SAME_THING_IOU) & (scores >= LEAST_SHARE * scores[winner])
    same[winner] = True
    return np.average(boxes[same], axis=0, weights=scores[same])


def any_size(path: str) -> bytes:
    """The graph with a free input size: YOLOX is convolutional throughout, only the declared shapes are fixed."""
    graph = onnx.load(path)
    for value in (*graph.graph.input, *graph.graph.output):
        for axis, dim in enumerate(value.type.tensor_type.shape.dim[:-1] if value in graph.graph.output else
                                   value.type.tensor_type.shape.dim):  # fmt: skip
            if axis:
                dim.dim_param = f"{value.name}_{axis}"
    graph.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 3
    del graph.graph.value_info[:]
    return graph.SerializeToString()


def cells(canvas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Column and row of every anchor, (n, 2), and its stride, (n, 1), in the order of the output."""
    grids, strides = [], []
    for s in STRIDES:
        y, x = np.mgrid[: canvas.shape[0] // s, : canvas.shape[1] // s]
        grids.append(np.stack([x, y], -1).reshape(-1, 2))
        strides.append(np.full((grids[-1].shape[0], 1), s))
    return np.concatenate(grids), np.concatenate(strides)


class Detector:
    def __init__(self, path: str, names: tuple[str, ...], threads: int = 1):
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = ort.InferenceSession(any_size(path), options, providers=["CPUExecutionProvider"])
        self.input = self.session.get_inputs()[0].name
        self.names = names

    def raw(self, picture: np.ndarray, longer: int) -> tuple[np.ndarray, np.ndarray]:
        """Boxes (n, 4) in pixels of the picture and scores (n, classes) of all anchors."""
        canvas, scale = fitted(picture, longer)
        out = self.look(canvas)
        grid, stride = cells(canvas)
        branches = len(out) // len(grid)
        grid, stride = np.tile(grid, (branches, 1)), np.tile(stride, (branches, 1))
        centre, half = (out[:, :2] + grid) * stride, np.exp(out[:, 2:4]) * stride / 2
        return np.concatenate([centre - half, centre + half], 1) / scale, out[:, 4:5] * out[:, 5:]

    def look(self, canvas: np.ndarray) -> np.ndarray:
        """What the graph gives, (anchors, 5 + classes)."""
        return self.session.run(None, {self.input: canvas.transpose(2, 0, 1)[None].astype(np.float32)})[0][0]

    def __call__(self, picture: np.ndarray, longer: int, least: float, groups, overlap: float | None = None) -> list:
        """Detections [name, left, top, right, bottom, score]; classes of a group are suppressed together."""
        return self.grouped(*self.raw(picture, longer), least, groups, overlap)

    def grouped(self, boxes: np.ndarray, scores: np.ndarray, least: float, groups, overlap: float | None = None) -> list:
        """The detections among raw anchors."""
        out = []
        for group in groups:
            columns = [self.names.index(g) for g in group if g in self.names]
            if not columns:
                continue
            best = scores[:, columns]
            which, value = best.argmax(1), best.max(1)
            keep = np.nonzero(value >= LEAST_SHARE * least)[0]
            which, value, places = which[keep], value[keep], boxes[keep]
            for i in suppressed(places, value, overlap or OVERLAPS.get(group[0], 0.5)):
                if value[i] >= least:
                    mine = which == which[i]
                    place = agreed(int(mine[:i].sum()), places[mine], value[mine])
                    out.append([self.names[columns[which[i]]], *place.tolist(), float(value[i])])
        return out


class Mirrored(Detector):
    """Looks at the mirror image as well and gives the mean, as models with `mirrored` in the catalogue."""

    def look(self, canvas: np.ndarray) -> np.ndarray:
        here, there = super().look(canvas), super().look(canvas[:, ::-1])
        grid, stride = cells(canvas)
        from_right = np.arange(len(grid)) + canvas.shape[1] // stride[:, 0] - 1 - 2 * grid[:, 0]
        branches = len(here) // len(grid)
        there = there[np.concatenate([from_right + branch * len(grid) for branch in range(branches)])]
        there[:, 0] = 1 - there[:, 0]
        return (here + there) / 2
