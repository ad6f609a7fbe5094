"""Writes the averaged weights of a training run as the graph that the product loads.

python export_detector.py --run RUN --out site_nano.onnx
"""

from __future__ import annotations

import argparse
from pathlib import Path

import onnx
import torch

from lite_backbone import LiteBackbone
from net import Detector, Exported


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--run", type=Path, required=True)
    ap.add_argument("--out", type=Path, required=True)
    args = ap.parse_args()
    weights = torch.load(args.run / "state.pt", weights_only=True)["average"]
    is_lite = any(name.startswith("backbone.lite.") for name in weights)
    net = Detector(backbone=LiteBackbone() if is_lite else None)
    net.load_state_dict(weights)
    axes = {"images": {0: "n", 2: "height", 3: "width"}, "detections": {0: "n", 1: "anchors"}}
    torch.onnx.export(Exported(net.eval()), torch.zeros(1, 3, 384, 640), str(args.out), input_names=["images"],
                      output_names=["detections"], dynamic_axes=axes, opset_version=17)  # fmt: skip
    onnx.checker.check_model(onnx.load(str(args.out)))


if __name__ == "__main__":
    main()
