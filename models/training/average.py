"""A graph whose weights lie between those of others of the same network: what training on cost one of them comes partly back.

    python average.py --out mean.onnx site.onnx=0.8 ../weights/head_helmet_person_nano.onnx=0.2

The first graph gives the form. Of one with fewer classes, the classes that it has are averaged, the rest stay the first's.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from net import CLASSES

FIRST_CLASSES = ("head", "helmet", "person")  # of head_helmet_person_nano


def weights(path: str) -> dict[str, np.ndarray]:
    graph = onnx.load(path).graph
    return {part.name.removeprefix("net."): numpy_helper.to_array(part) for part in graph.initializer}


def blended(name: str, mine: np.ndarray, others: list[tuple[np.ndarray, float]]) -> np.ndarray:
    out = mine.copy()
    for other, share in others:
        if other.shape == mine.shape:
            out += share * (other - mine)
        elif ".cls." in name and len(other) == len(FIRST_CLASSES):
            rows = [CLASSES.index(kind) for kind in FIRST_CLASSES]
            out[rows] += share * (other - mine[rows])
        else:
            raise SystemExit(f"{name}: {other.shape} and {mine.shape}: not the same network")
    return out.astype(mine.dtype)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("graphs", nargs="+", help="FILE=SHARE; the shares make 1")
    args = parser.parse_args()
    graphs = [(path, float(share)) for path, _, share in (text.rpartition("=") for text in args.graphs)]
    if abs(sum(share for _, share in graphs) - 1) > 1e-6:
        parser.error("the shares do not make 1")
    model = onnx.load(graphs[0][0])
    others = [(weights(path), share) for path, share in graphs[1:]]
    for part in model.graph.initializer:
        name, mine = part.name.removeprefix("net."), numpy_helper.to_array(part)
        if mine.dtype.kind == "f":
            theirs = [(kept[name], share) for kept, share in others if name in kept]
            part.CopyFrom(numpy_helper.from_array(blended(name, mine, theirs), part.name))
    onnx.save(model, args.out)


if __name__ == "__main__":
    main()
