# SPDX-License-Identifier: Apache-2.0
"""The studio's command line.

python studio.py still loading-bay-hat-off --at 4.0 --out still.png
python studio.py render loading-bay-hat-off
python studio.py all
python studio.py rerender loading-bay-hat-off --frames 3
python studio.py pictures --count 2500 --seed 1 --out /tmp/pictures --part 1/2
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCENES = HERE / "scenes"


def scene_path(name: str) -> Path:
    """The description of a scene; names those there are when it is unknown."""
    path = SCENES / f"{name}.toml"
    if not path.exists():
        known = ", ".join(sorted(path.stem for path in SCENES.glob("*.toml")))
        raise SystemExit(f"no scene {name!r}; known: {known}")
    return path


def arguments() -> argparse.Namespace:
    """The parsed command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("still", help="pictures of a few moments of a scene")
    one.add_argument("scene")
    one.add_argument("--at", type=float, nargs="+", default=[0.0])
    one.add_argument("--out", type=Path, default=Path("still.png"))
    one.add_argument("--samples", type=int, default=32)
    one.add_argument("--scale", type=float, default=1.0, help="0.5 gives a quick small look")
    clip = commands.add_parser("render", help="one clip with its truth")
    clip.add_argument("scene")
    every = commands.add_parser("all", help="every clip")
    for command in (clip, every):
        command.add_argument("--work", type=Path, help="keep frames here and go on where a run stopped")
    again = commands.add_parser("rerender", help="frames of a clip once more from seed, compared with it; exit 0 or 1")
    again.add_argument("scene")
    again.add_argument("--frames", type=int, default=3)
    many = commands.add_parser("pictures", help="training pictures with YOLO labels; what is there already stays")
    many.add_argument("--count", type=int, required=True)
    many.add_argument("--seed", type=int, default=1)
    many.add_argument("--out", type=Path, required=True)
    many.add_argument("--part", default="1/1", help="2/3 renders every third set, beginning with the second")
    kind = many.add_mutually_exclusive_group()
    kind.add_argument("--backs", dest="kind", action="store_const", const="backs", default="all", help="heads from behind and above, dark hair, more hot work")
    kind.add_argument("--fires", dest="kind", action="store_const", const="fires", help="hot work in every scene, few people")
    return parser.parse_args()


def main() -> int:
    """Does what the command line says."""
    words = arguments()
    if words.command == "pictures":
        from pictures import pictures

        part, parts = (int(number) for number in words.part.split("/"))
        return pictures(words.count, words.seed, words.out, (part, parts), words.kind)
    import clips  # Blender takes a second to load: not for --help

    if words.command == "still":
        clips.still(scene_path(words.scene), words.at, words.out, words.samples, words.scale)
    elif words.command == "rerender":
        return 0 if clips.rerender(scene_path(words.scene), HERE.parent / words.scene, words.frames) else 1
    else:
        names = [words.scene] if words.command == "render" else sorted(path.stem for path in SCENES.glob("*.toml"))
        for name in names:
            clips.render(scene_path(name), HERE.parent / name, words.work)
    return 0


if __name__ == "__main__":
    sys.exit(main())
