"""Turn a checkpoint into the file that ships with the package, and its golden outputs.

    python pretrain/export.py --run DIR

Writes ``src/apprenti/blocks/weights/embedded.onnx`` (the averaged weights, 8 bits, normalisation folded in) and
``tests/blocks/golden/embedded.npz`` (pictures at three sizes, what PyTorch says of them). Stops where they differ.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from apprenti.blocks.residual_graph import network_graph, rounded
from apprenti.blocks.residual_network import ResidualNetwork, folded, unfolded
from apprenti.blocks.session import open_session

ROOT = Path(__file__).resolve().parents[1]
WEIGHTS = ROOT / "src" / "apprenti" / "blocks" / "weights" / "embedded.onnx"
GOLDEN = ROOT / "tests" / "blocks" / "golden" / "embedded.npz"
SIZES_PX = (64, 96, 160)
TOLERANCE = 1e-3


def main() -> None:
    """Export what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--run", type=Path, required=True, help="folder of the checkpoints")
    parser.add_argument("--checkpoint", default="last.pt")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="file of weights to write")
    options = parser.parse_args()
    torch.set_num_threads(1)
    state = torch.load(options.run / options.checkpoint, map_location="cpu", weights_only=True)["averaged"]
    network = ResidualNetwork().eval()
    prefix = "backbone."
    network.load_state_dict(
        {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}
    )
    numbers = rounded(folded(network))
    graph = network_graph(numbers)
    golden: dict[str, NDArray[Any]] = {}
    session = open_session(graph)
    for size in SIZES_PX:
        pixels = photo_like(size)
        with torch.no_grad():
            found = unfolded(numbers).features(torch.from_numpy(pixels).permute(0, 3, 1, 2).float())
        features = found.numpy()
        (answered,) = session.run(["features"], {"pixels": pixels})
        difference = float(np.abs(features - answered).max() / np.abs(features).max())
        print(f"{size} px: largest difference {difference:.1e} of the largest feature")
        if difference > TOLERANCE:
            raise SystemExit("the file and PyTorch differ: nothing is written")
        golden |= {f"pixels_{size}": pixels, f"features_{size}": features}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(graph)
    print(f"{options.out}: {len(graph) / 1e6:.2f} MB")
    if options.out == WEIGHTS:
        GOLDEN.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(GOLDEN, allow_pickle=False, **golden)


def photo_like(size_px: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return two pictures of smooth blobs and stripes: uint8 [2, size, size, 3], the same every time."""
    y, x = np.mgrid[0:size_px, 0:size_px] / size_px
    waves = [np.sin(2 * np.pi * (k * x + (3 - k) * y) + k) for k in range(1, 7)]
    planes = np.stack(waves).reshape(2, 3, size_px, size_px)
    return (127.5 + 127.5 * planes).astype(np.uint8).transpose(0, 2, 3, 1).copy()


if __name__ == "__main__":
    main()
