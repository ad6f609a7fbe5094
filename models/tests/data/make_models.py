"""Writes the small ONNX graphs that the tests load, here and in api/cli. Needs the PyPI package onnx.

red_cells.onnx stands in for a YOLOX graph with the classes helmet and person. Every anchor is a box as large as its
cell; its objectness is the mean red of the cell, its first class score the mean green, its second the mean blue, all
divided by 255. So a test knows every Detection beforehand. wrong_rank.onnx gives its input back.

mean_odds.onnx stands in for a second look at headwear: its odds are mean red, green and blue of the crop and a quarter,
divided by their sum; raw_odds.onnx forgets to divide. mean_colour.onnx stands in for one at garments: the embedding is
the direction of the mean colour.
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


def mean_odds(name: str, *, divided: bool) -> onnx.ModelProto:
    """Input crops (n, 3, 96, 96), output odds (n, 4)."""
    weights = np.zeros((4, 3), np.float32)
    weights[:3] = np.eye(3) / 255
    nodes = [
        helper.make_node("ReduceMean", ["crops"], ["mean"], axes=[2, 3], keepdims=0),
        helper.make_node("Gemm", ["mean", "weights", "bias"], ["raw"], transB=1),
        helper.make_node("ReduceSum", ["raw", "axes"], ["sum"], keepdims=1),
        helper.make_node("Div", ["raw", "sum"], ["odds"]),
    ]
    if not divided:
        nodes = [*nodes[:2], helper.make_node("Identity", ["raw"], ["odds"])]
    inputs = [constant("weights", weights), constant("bias", np.array([0, 0, 0, 0.25], np.float32))]
    return second_look(name, nodes, (96, 96), ("odds", 4), [*inputs, constant("axes", np.array([1], np.int64))])


def mean_colour() -> onnx.ModelProto:
    """Input crops (n, 3, 192, 96), output embedding (n, 3)."""
    nodes = [
        helper.make_node("ReduceMean", ["crops"], ["mean"], axes=[2, 3], keepdims=0),
        helper.make_node("LpNormalization", ["mean"], ["embedding"], axis=1, p=2),
    ]
    return second_look("mean_colour", nodes, (192, 96), ("embedding", 3), [])


def second_look(
    name: str, nodes: list, size: tuple[int, int], output: tuple[str, int], constants: list
) -> onnx.ModelProto:
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("crops", TensorProto.FLOAT, ["n", 3, *size])],
        [helper.make_tensor_value_info(output[0], TensorProto.FLOAT, ["n", output[1]])],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


looks = (mean_odds("mean_odds", divided=True), mean_odds("raw_odds", divided=False), mean_colour())
for model in (red_cells(), wrong_rank(), *looks):
    onnx.checker.check_model(model)
    onnx.save(model, FOLDER / f"{model.graph.name}.onnx")
