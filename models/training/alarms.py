"""How many pictures without hot work become a violation when a camera looks at them for a while.

    python alarms.py --index index.json --anjian target/release/anjian [--model NAME]

Each picture of hot-work-negatives that is kept out of training stands still for some seconds, with the noise of a sensor,
before `anjian analyze` with a hot-work rule and no permit. A single picture cannot tell a burnt-out lamp from an arc; the rule
asks for time. Needs ffmpeg.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import cv2
import numpy as np

from evaluate import records

FPS, SECONDS = 5, 6
NOISE = 3.0  # standard deviation, of 255
LONGER_PX = 1280
CAMERA = '[[camera]]\nid = "still"\nmotion_gate = false\n[[camera.rule]]\nbehaviour = "hot_work"\n'


def film(picture: np.ndarray, out: Path, rng: np.random.Generator) -> None:
    """The picture as H.264, with noise of its own in each frame."""
    scale = min(1.6, LONGER_PX / max(picture.shape[:2]))
    width, height = (round(side * scale) // 2 * 2 for side in picture.shape[1::-1])
    steady = cv2.resize(picture, (width, height)).astype(np.float32)
    frames = (steady + rng.normal(0, NOISE, steady.shape).astype(np.float32) for _ in range(FPS * SECONDS))
    raw = b"".join(frame.clip(0, 255).astype(np.uint8).tobytes() for frame in frames)
    source = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{width}x{height}", "-r", str(FPS), "-i", "-"]
    coding = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-bf", "0", "-pix_fmt", "yuv420p"]
    subprocess.run(["ffmpeg", "-v", "error", "-y", *source, *coding, str(out)], input=raw, check=True)


def alarms(anjian: Path, config: Path, clip: Path) -> list[dict]:
    done = subprocess.run([anjian, "analyze", clip, "--config", config], check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--anjian", type=Path, default=Path("target/release/anjian"), help="the executable")
    parser.add_argument("--model", help="detector; the shipped one, when left out")
    arguments = parser.parse_args()
    chosen = f"[model]\nname = {json.dumps(arguments.model)}\n" if arguments.model else ""
    rng = np.random.default_rng(4)
    for part in ("industrial", "lamps"):
        pictures, told = records(arguments.index, f"hot-work-negatives/{part}", "test"), []
        for record in pictures:
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                (folder / "still.toml").write_text(chosen + CAMERA)
                film(cv2.imread(record["path"]), folder / "still.mp4", rng)
                if alarms(arguments.anjian.resolve(), folder / "still.toml", folder / "still.mp4"):
                    told.append(Path(record["path"]).name)
        print(f"hot-work-negatives/{part} kept out: {len(told)} of {len(pictures)} pictures with an alarm {told}", flush=True)


if __name__ == "__main__":
    main()
