"""Writes quants.json: random blocks of each GGUF tensor type and the numbers the gguf package (llama.cpp's own, MIT) reads
from them. Run: pip install gguf==0.19.0 && python make-quants.py"""

import base64
import json
import pathlib

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, dequantize

TYPES = ["F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K", "MXFP4"]
# Byte offsets of the f16 scales in a block: random bits there would be infinities.
SCALES = {"Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208]}
VALUES = 512

rng = np.random.default_rng(4)
vectors = {}
for name in TYPES:
    kind = GGMLQuantizationType[name]
    block, size = GGML_QUANT_SIZES[kind]
    if name in ("F32", "F16", "BF16"):
        numbers = rng.standard_normal(VALUES).astype(np.float32)
        stored = {"F32": numbers.view(np.uint8), "F16": numbers.astype(np.float16).view(np.uint8)}
        raw = stored[name] if name in stored else (numbers.view(np.uint32) >> 16).astype(np.uint16).view(np.uint8)
    else:
        blocks = rng.integers(0, 256, (VALUES // block, size), dtype=np.uint8)
        for at in SCALES.get(name, []):
            scales = (rng.standard_normal(len(blocks)) * 0.02).astype(np.float16)
            blocks[:, at : at + 2] = scales.reshape(-1, 1).view(np.uint8)
        if name == "MXFP4":
            blocks[:, 0] = rng.integers(114, 130, len(blocks))
        raw = blocks.reshape(-1)
    expected = dequantize(raw.reshape(2, -1), kind).astype("<f4").reshape(-1)
    assert expected.size == VALUES and np.isfinite(expected).all()
    vectors[name] = {
        "bytes": base64.b64encode(raw.tobytes()).decode(),
        "numbers": base64.b64encode(expected.tobytes()).decode(),
    }
here = pathlib.Path(__file__).parent
(here / "quants.json").write_text(json.dumps(vectors, indent=1) + "\n")
