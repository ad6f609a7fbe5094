"""Writes the averaged weights of a training run as the graph that the product loads.

    python export_detector.py --run RUN --out site_nano.onnx
    python export_detector.py --run RUN --out site_nano.onnx --fires flame,smoke    # RUN was made with --learn fires
"""

from __future__ import annotations

import argparse
from pathlib import Path

import onnx
import torch

from fire_branch import FIRES, Branched, FireBranch
from lite_backbone import LiteBackbone
from net import Detector, Exported


def trained(run: Path, fires: tuple[str, ...], agreed: tuple[str, ...]) -> torch.nn.Module:
    weights = torch.load(run / "state.pt", weights_only=True)["average"]
    is_lite = any("backbone.lite." in name for name in weights)
    net = Detector(backbone=LiteBackbone() if is_lite else None)
    if any(name.startswith("base.") for name in weights):
        net = FireBranch(net)
        net.load_state_dict(weights)
        return Branched(net, fires, agreed)
    net.load_state_dict(weights)
    return Exported(net)


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--run", type=Path, required=True)
    ap.add_argument("--out", type=Path, required=True)
    ap.add_argument("--fires", default=",".join(FIRES), help="what the branch for fires gives instead of the rest")
    ap.add_argument("--agreed", default="", help="what base and branch both have to see")
    args = ap.parse_args()
    axes = {"images": {0: "n", 2: "height", 3: "width"}, "detections": {0: "n", 1: "anchors"}}
    net = trained(args.run, tuple(args.fires.split(",")), tuple(args.agreed.split(",")))
    torch.onnx.export(net.eval(), torch.zeros(1, 3, 384, 640), str(args.out),
                      input_names=["images"], output_names=["detections"], dynamic_axes=axes, opset_version=17)  # fmt: skip
    onnx.checker.check_model(onnx.load(str(args.out)))


if __name__ == "__main__":
    main()
