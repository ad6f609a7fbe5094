# SPDX-License-Identifier: Apache-2.0
"""The things of a plant that a scene file names: `{kind = "drum", at = [x, y]}`; each is a function of a few words.

A new thing is one function in the file of its place and its name in that file's line below.
"""

from __future__ import annotations

from collections.abc import Callable

import bpy

import belongings
import buildings
import goods
import shopfloor
import tankyard

PROPS: dict[str, Callable[..., None]] = {
    function.__name__: function
    for function in (
        buildings.wall, buildings.door, buildings.window, buildings.column, buildings.beam, buildings.roof, buildings.dock,
        buildings.barrier, buildings.fence, buildings.stairs, buildings.board, buildings.block, buildings.puddle,
        tankyard.tank, tankyard.piperack, tankyard.standpipe, tankyard.pipe, tankyard.pipe_stack,
        goods.drum, goods.pallet, goods.bollard, goods.cone, goods.truck, goods.gas_bottle, goods.extinguisher, goods.hut,
        goods.boom_gate, goods.tree, goods.fire_drum,
        belongings.hanging_garment, belongings.hat_on, belongings.table, belongings.stool, belongings.locker,
        belongings.filling_line, belongings.vessel,
        shopfloor.machine, shopfloor.bench, shopfloor.lamp_box, shopfloor.lamp_post, shopfloor.weld_screen, shopfloor.beacon,
        shopfloor.trestle, shopfloor.cable, shopfloor.steel_plate, shopfloor.welder_box,
    )
}  # fmt: skip


def place_props(props: list[dict]) -> None:
    """Builds every thing that a scene names."""
    for words in props:
        words = {key: tuple(value) if isinstance(value, list) and key == "colour" else value for key, value in words.items()}
        kind = words.pop("kind")
        if kind not in PROPS:
            raise SystemExit(f"unknown prop kind {kind!r}; known: {', '.join(PROPS)}")
        PROPS[kind](**words)
    bpy.context.view_layer.update()
