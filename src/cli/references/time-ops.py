# Times operations of the peers run with PyTorch on CUDA: an upper reference from cuBLAS and PyTorch's fused attention.
# In: a JSON list of {"operation", "params"} as the first argument. Out: one JSON object on stdout.
# Every sample is one operation on resident inputs: `wallNs` until the stream is drained, `gpuNs` between two CUDA events.
import json
import math
import sys
import time

import torch
import torch.nn.functional as F

WARMUP, SAMPLES, SECONDS = 10, 50, 2.0


def operation_of(operation, params, dtype):
    def tensor(*shape):
        return torch.randn(*shape, device="cuda", dtype=dtype)

    if operation == "matmul":
        a, b = tensor(params["m"], params["k"]), tensor(params["k"], params["n"])
        return lambda: torch.matmul(a, b)
    if operation == "attention":
        q, k, v = (tensor(1, params["heads"], params["seq"], params["dim"]) for _ in range(3))
        return lambda: F.scaled_dot_product_attention(q, k, v, is_causal=True)
    x = tensor(params["rows"], params["width"])
    if operation == "softmax":
        return lambda: torch.softmax(x, dim=-1)
    weight, eps = tensor(params["width"]), params["eps"]
    if hasattr(F, "rms_norm"):
        return lambda: F.rms_norm(x, (params["width"],), weight, eps)
    return lambda: x * torch.rsqrt(x.square().mean(-1, keepdim=True) + eps) * weight


def time_operation(run):
    for _ in range(WARMUP):
        run()
    torch.cuda.synchronize()
    wall, gpu = [], []
    began = time.perf_counter()
    while len(wall) < SAMPLES and (len(wall) < 7 or time.perf_counter() - began < SECONDS):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        at = time.perf_counter_ns()
        start.record()
        run()
        end.record()
        torch.cuda.synchronize()
        wall.append(time.perf_counter_ns() - at)
        gpu.append(start.elapsed_time(end) * 1e6)
    return {"wallNs": wall, "gpuNs": gpu}


def main():
    if not torch.cuda.is_available():
        print(json.dumps({"version": torch.__version__, "device": None, "rows": []}))
        return
    # f32 means f32: tensor cores would round the operands to 10 bits.
    torch.backends.cuda.matmul.allow_tf32 = False
    rows = []
    for case in json.loads(sys.argv[1]):
        for dtype in ("float32", "float16"):
            # f16 only where it reaches what f32 cannot: FlashAttention takes no f32.
            if dtype == "float16" and case["operation"] != "attention":
                continue
            run = operation_of(case["operation"], case["params"], getattr(torch, dtype))
            samples = time_operation(run)
            if all(math.isfinite(value) for value in samples["gpuNs"]):
                rows.append({**case, "dtype": dtype, **samples})
    print(json.dumps({"version": torch.__version__, "device": torch.cuda.get_device_name(), "rows": rows}))


main()
