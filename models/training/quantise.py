"""An int8 variant of a detector: `python quantise.py --index index.json --in F.onnx --out F_int8.onnx`.

Convolutions that mix many channels are quantised (weights a channel, activations a tensor, ranges from training pictures).
Those that look at each channel by itself are slower quantised; stages up to a sixteenth, what stands at an eighth and the heads
lose most for what they gain. Weights have seven bits, because processors without VNNI add two products in sixteen.
Prints how much faster it is, in turns in one run, on one thread.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime as ort
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from detect import fitted

KEPT = ("/stem/", "/d2/", "/d3/", "/d4/", "/p3/", "/n3/", "/head")  # parts of a node's name
LEAST_CHANNELS = 64  # that a convolution reads, and that it gives
SIZES = ((640, 384), (640, 640))


class Pictures(CalibrationDataReader):
    """Training pictures as the product fits them into the input."""

    def __init__(self, index: Path, count: int):
        records = [r for r in json.loads(index.read_text()) if r["split"] == "train"]
        self.paths = iter([r["path"] for r in records[:: max(1, len(records) // count)]])

    def get_next(self) -> dict | None:
        path = next(self.paths, None)
        if path is None:
            return None
        canvas, _ = fitted(cv2.imread(path), 640)
        return {"images": canvas.transpose(2, 0, 1)[None].astype(np.float32)}


def seconds(sessions: list[ort.InferenceSession], picture: np.ndarray, rounds: int = 30) -> list[float]:
    """The middle time of each, in turns."""
    took: list[list[float]] = [[] for _ in sessions]
    for _ in range(rounds):
        for session, times in zip(sessions, took):
            start = time.perf_counter()
            session.run(None, {"images": picture})
            times.append(time.perf_counter() - start)
    return [float(np.median(times[3:])) for times in took]


def session(path: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def worth_it(graph: onnx.GraphProto) -> list[str]:
    """Names of the convolutions that are quantised."""
    shapes = {part.name: part.dims for part in graph.initializer}
    convolutions = [n for n in graph.node if n.op_type == "Conv" and not any(part in n.name for part in KEPT)]
    return [n.name for n in convolutions if min(shapes[n.input[1]][:2]) >= LEAST_CHANNELS]


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--index", type=Path, required=True)
    ap.add_argument("--in", dest="source", type=Path, required=True)
    ap.add_argument("--out", type=Path, required=True)
    ap.add_argument("--count", type=int, default=160, help="pictures that give the ranges")
    args = ap.parse_args()
    ready = args.out.with_suffix(".ready.onnx")
    quant_pre_process(str(args.source), str(ready), skip_symbolic_shape=True)
    quantize_static(str(ready), str(args.out), Pictures(args.index, args.count), quant_format=QuantFormat.QDQ,
                    per_channel=True, reduce_range=True, op_types_to_quantize=["Conv"],
                    nodes_to_quantize=worth_it(onnx.load(ready).graph), activation_type=QuantType.QUInt8,
                    weight_type=QuantType.QInt8, calibrate_method=CalibrationMethod.MinMax)  # fmt: skip
    ready.unlink()
    sessions = [session(args.source), session(args.out)]
    for width, height in SIZES:
        picture = np.full((1, 3, height, width), 114, np.float32)
        full, quantised = seconds(sessions, picture)
        print(f"{width}x{height}: {1e3 * full:.1f} ms, int8 {1e3 * quantised:.1f} ms, {full / quantised:.2f} times as fast")


if __name__ == "__main__":
    main()
