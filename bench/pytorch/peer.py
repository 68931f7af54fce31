"""What both PyTorch peers share: their arguments, networks, timing, and which BLAS torch really uses.

The peers are what a careful user of PyTorch writes: one thread, multi-tensor (foreach) Adam, targets moved by two multi-tensor operations, nothing
sampled or computed that no loss needs, the batch drawn beforehand.
"""
import argparse
import json
import re
import time

import torch
from torch import nn

TAU = 0.005


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--hidden", type=int, default=128, help="width of both hidden layers")
    parser.add_argument("--plans", type=int, default=200, help="actions")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--observation", type=int, default=24)
    parser.add_argument("--seconds", type=float, default=2.0, help="CPU seconds to measure for")
    return parser.parse_args()


def network(inputs, hidden, outputs, activation):
    return nn.Sequential(nn.Linear(inputs, hidden), activation(), nn.Linear(hidden, hidden), activation(), nn.Linear(hidden, outputs))


def batch(shape):
    """Observations, actions, rewards, next observations and discounts of one batch."""
    generator = torch.Generator().manual_seed(1)
    normal = lambda: torch.randn(shape.batch, shape.observation, generator=generator)
    return (normal(), torch.randint(shape.plans, (shape.batch, 1), generator=generator), torch.rand(shape.batch, generator=generator), normal(),
            torch.full((shape.batch,), 0.95))


def adam(parameters, rate, **more):
    return torch.optim.Adam(parameters, lr=rate, foreach=True, **more)


def follow(targets, sources):
    """Polyak averaging of all tensors at once."""
    with torch.no_grad():
        torch._foreach_mul_(targets, 1 - TAU)
        torch._foreach_add_(targets, sources, alpha=TAU)


def blas():
    """The BLAS that this process has loaded, and how fast it multiplies 256 x 256 matrices, GF/s of CPU time."""
    a, b = torch.randn(256, 256), torch.randn(256, 256)
    for _ in range(20):
        a @ b
    begun, products = time.process_time(), 100
    for _ in range(products):
        a @ b
    speed = 2 * 256**3 * products / (time.process_time() - begun) / 1e9
    with open("/proc/self/maps", encoding="utf-8") as maps:
        loaded = sorted(set(re.findall(r"(lib(?:openblas|mkl|blas|blis|flexiblas)[^/\s]*\.so[^/\s]*)$", maps.read(), re.MULTILINE)))
    return ", ".join(loaded) or "built in", speed


def report(agent, shape, update):
    """Prints the median CPU time of an update over rounds as JSON."""
    library, speed = blas()
    for _ in range(30):
        update()
    begun, updates = time.process_time(), 20
    for _ in range(updates):
        update()
    repeats = max(1, int(updates * shape.seconds / 10 / (time.process_time() - begun)))
    rounds = []
    for _ in range(10):
        begun = time.process_time()
        for _ in range(repeats):
            update()
        rounds.append(1000 * (time.process_time() - begun) / repeats)
    rounds.sort()
    print(json.dumps({
        "agent": agent, "hidden": shape.hidden, "plans": shape.plans, "batch": shape.batch, "observation": shape.observation,
        "cpu_ms_per_update": rounds[len(rounds) // 2], "torch": torch.__version__, "blas": library, "gigaflops": round(speed, 1)}))


torch.set_num_threads(1)
torch.manual_seed(1)

if __name__ == "__main__":
    print(json.dumps(dict(zip(("blas", "gigaflops"), blas()), torch=torch.__version__)))
