# Times operations of the peers run with PyTorch on CUDA: an upper reference from cuBLAS and PyTorch's fused attention.
# In: a JSON list of {"operation", "params"} as the first argument. Out: one JSON object on stdout; an operation that this
# PyTorch has no way to do is a row with its error.
# Every sample is one operation on resident inputs: `wallNs` until the stream is drained, `gpuNs` between two CUDA events.
# A second argument `cpu` runs the same steps without a GPU, in f32, for the script's own test: its times are no reference.
import json
import math
import sys
import time

import torch
import torch.nn.functional as F

WARMUP, SAMPLES, SECONDS = 10, 50, 2.0
DEVICE = sys.argv[2] if len(sys.argv) > 2 else "cuda"


def operation_of(operation, params, dtype):
    def tensor(*shape):
        return torch.randn(*shape, device=DEVICE, dtype=dtype)

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


class CudaClock:
    """GPU time between two events of the stream."""

    def begin(self):
        self.start, self.end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        self.start.record()

    def finish(self):
        self.end.record()
        torch.cuda.synchronize()
        return lambda: self.start.elapsed_time(self.end) * 1e6


class CpuClock:
    """There is no stream to wait for: the call returns with the result."""

    def begin(self):
        self.start = time.perf_counter_ns()

    def finish(self):
        spent = time.perf_counter_ns() - self.start
        return lambda: spent


def time_operation(run):
    clock = CudaClock() if DEVICE == "cuda" else CpuClock()
    clock.begin()
    for _ in range(WARMUP):
        run()
    clock.finish()
    wall, gpu = [], []
    began = time.perf_counter()
    while len(wall) < SAMPLES and (len(wall) < 7 or time.perf_counter() - began < SECONDS):
        at = time.perf_counter_ns()
        clock.begin()
        run()
        spent = clock.finish()
        wall.append(time.perf_counter_ns() - at)
        gpu.append(spent())
    return {"wallNs": wall, "gpuNs": gpu}


def time_case(case, dtype):
    try:
        samples = time_operation(operation_of(case["operation"], case["params"], getattr(torch, dtype)))
        if not all(math.isfinite(value) and value > 0 for value in samples["gpuNs"]):
            raise RuntimeError("the events of the stream give no time")
        return {**case, "dtype": dtype, **samples}
    except (AttributeError, RuntimeError) as error:
        return {**case, "dtype": dtype, "error": str(error).splitlines()[0]}


def main():
    if DEVICE == "cuda" and not torch.cuda.is_available():
        print(json.dumps({"version": torch.__version__, "device": None, "rows": []}))
        return
    # f32 means f32: tensor cores would round the operands to 10 bits.
    torch.backends.cuda.matmul.allow_tf32 = False
    # f16 only where it reaches what f32 cannot: FlashAttention takes no f32.
    rows = [
        time_case(case, dtype)
        for case in json.loads(sys.argv[1])
        for dtype in ("float32", "float16")
        if dtype == "float32" or (case["operation"] == "attention" and DEVICE == "cuda")
    ]
    name = torch.cuda.get_device_name() if DEVICE == "cuda" else DEVICE
    print(json.dumps({"version": torch.__version__, "device": name, "rows": rows}))


main()
