#!/usr/bin/python3
"""
Golden updates of the agent hindsight, by PyTorch's autograd and Adam in float64: up the expected lead of a softmax over the values of plans, which a network
prices by their features.

    /usr/bin/python3 tests/golden/make_hindsight_goldens.py

Written from the equations in docs/agents.md, not from the graph in src/Agents/Hindsight/HindsightUpdate.cs, which it judges. Update k takes batch k mod 3.
"""

import os

import numpy as np
import torch

from goldens import ACTIONS as PLANS, BATCH, BATCHES, FEATURES, layers, make, mask, named, perceptron, updates

HERE = os.path.dirname(os.path.abspath(__file__))
# As long as the state of tests/Agents/Hindsight/HindsightWorld.cs.
STATE, HIDDEN, RATE, EPSILON, TAU, TEMPERATURE = 23, (12,), 1e-3, 1e-8, 0.005, 0.05


def initial(seed):
    rng = np.random.RandomState(seed)
    widths = (STATE, *HIDDEN, FEATURES)
    tensors = named("", {name: layers(rng, widths) for name in ("learner", "average")})
    tensors["start.0"] = rng.normal(size=(1, FEATURES)).astype(np.float32)
    batches = []
    for _ in range(BATCHES):
        there = mask(rng)
        batches.append({
            "s": rng.normal(size=(BATCH, STATE)).astype(np.float32),
            "phi": (0.1 * rng.normal(size=(BATCH, PLANS, FEATURES))).astype(np.float32),
            "lead": np.where(there, rng.normal(size=(BATCH, PLANS)), 0).astype(np.float32),
            "there": there.astype(np.float32),
        })
    return tensors, batches


def train(start, batches, dtype):
    networks = {name: [torch.tensor(start[f"{name}.{i}"], dtype=dtype, requires_grad=True) for i in range(2 * len(HIDDEN) + 2)] for name in ("learner", "average")}
    learner, average = networks.values()
    prices = torch.tensor(start["start.0"], dtype=dtype)
    adam = torch.optim.Adam(learner, RATE, eps=EPSILON)

    def step(_, b):
        values = torch.einsum("bk,bak->ba", prices + perceptron(b["s"], learner), b["phi"])
        pi = torch.softmax((values / TEMPERATURE).masked_fill(b["there"] == 0, -torch.inf), 1)
        gain = (pi * b["lead"]).sum(1).mean()
        adam.zero_grad()
        (-gain).backward()
        gradients = {f"learner.{i}": w.grad.clone() for i, w in enumerate(learner)}
        adam.step()
        with torch.no_grad():
            for w, w_ in zip(learner, average):
                w_.add_(TAU * (w - w_))
        return gradients

    return updates(step, batches, dtype, lambda: named("", networks))


start, batches = initial(30)
make(os.path.join(HERE, "hindsight.safetensors"), start, batches, train, {"agent": "hindsight"})
