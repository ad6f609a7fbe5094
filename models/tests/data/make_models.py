"""Writes the two small ONNX graphs that the tests of this crate load. Needs the PyPI package onnx.

red_cells.onnx stands in for a YOLOX graph with the classes helmet and person. Every anchor is a box as large as its
cell; its objectness is the mean red of the cell, its first class score the mean green, its second the mean blue, all
divided by 255. So a test knows every Detection beforehand. wrong_rank.onnx gives its input back.
"""

from pathlib import Path

import onnx
from onnx import TensorProto, helper, numpy_helper
import numpy as np

FOLDER = Path(__file__).parent


def constant(name: str, values: np.ndarray) -> onnx.TensorProto:
    return numpy_helper.from_array(values, name)


def red_cells() -> onnx.ModelProto:
    # Rows: x, y, width, height (all 0 but the centre's half), objectness, helmet, person. Columns: blue, green, red.
    weights = np.zeros((7, 3, 1, 1), np.float32)
    weights[4, 2], weights[5, 1], weights[6, 0] = 1 / 255, 1 / 255, 1 / 255
    bias = np.array([0.5, 0.5, 0, 0, 0, 0, 0], np.float32)
    nodes, parts = [], []
    for stride in (8, 16, 32):
        sides = [stride, stride]
        nodes += [
            helper.make_node("AveragePool", ["images"], [f"mean{stride}"], kernel_shape=sides, strides=sides),
            helper.make_node("Conv", [f"mean{stride}", "weights", "bias"], [f"cell{stride}"]),
            helper.make_node("Reshape", [f"cell{stride}", "shape"], [f"row{stride}"]),
        ]
        parts.append(f"row{stride}")
    nodes += [
        helper.make_node("Concat", parts, ["channels_first"], axis=2),
        helper.make_node("Transpose", ["channels_first"], ["output"], perm=[0, 2, 1]),
    ]
    graph = helper.make_graph(
        nodes,
        "red_cells",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["n", "anchors", 7])],
        [constant("weights", weights), constant("bias", bias), constant("shape", np.array([0, 7, -1], np.int64))],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def wrong_rank() -> onnx.ModelProto:
    graph = helper.make_graph(
        [helper.make_node("Identity", ["images"], ["output"])],
        "wrong_rank",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, 64, 64])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 3, 64, 64])],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


for model in (red_cells(), wrong_rank()):
    onnx.checker.check_model(model)
    onnx.save(model, FOLDER / f"{model.graph.name}.onnx")
