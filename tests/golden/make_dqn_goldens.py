#!/usr/bin/python3
"""
Golden updates of masked double DQN, by PyTorch's autograd and Adam in float64: dqn, and dqn-imitating, which also learns what a planner would do.

    /usr/bin/python3 tests/golden/make_dqn_goldens.py

Written from the equations, not from the graph in src/Agents/Dqn/DqnUpdate.cs, which it judges: targets of van Hasselt et al. (arXiv 1509.06461), losses that
weigh linearly beyond 1 (Mnih et al. 2015), and the large-margin loss of Hester et al. 2018 with a margin of 0.1. Update k takes batch k mod 3.
"""

import os

import numpy as np
import torch
import torch.nn.functional as F

from goldens import ACTIONS, BATCHES, OBSERVATIONS, batch, layers, lesson, make, named, perceptron, updates

HERE = os.path.dirname(os.path.abspath(__file__))
HIDDEN, TAU, RATE, EPSILON, DELTA, MARGIN = (12, 12), 0.005, 1e-3, 1e-8, 1.0, 0.1


def initial(seed, imitating):
    rng = np.random.RandomState(seed)
    widths = (OBSERVATIONS, *HIDDEN, ACTIONS)
    tensors = named("", {name: layers(rng, widths) for name in ("q", "slow")})
    return tensors, [{**batch(rng), **(lesson(rng) if imitating else {})} for _ in range(BATCHES)]


def trainer(imitating):
    def train(start, batches, dtype):
        networks = {name: [torch.tensor(start[f"{name}.{i}"], dtype=dtype, requires_grad=True) for i in range(2 * len(HIDDEN) + 2)] for name in ("q", "slow")}
        q, slow = networks.values()
        adam = torch.optim.Adam(q, RATE, eps=EPSILON)

        def step(_, b):
            with torch.no_grad():
                best = perceptron(b["next"], q).masked_fill(b["next_valid"] == 0, -torch.inf).argmax(1, keepdim=True)
                y = b["r"] + b["discount"] * perceptron(b["next"], slow).gather(1, best)
            loss = F.huber_loss(perceptron(b["s"], q).gather(1, b["a"].long()), y, delta=DELTA)
            if imitating:
                values, choice = perceptron(b["taught_s"], q), b["taught_a"].long()
                rivals = (values + MARGIN).scatter(1, choice, values.gather(1, choice)).masked_fill(b["taught_valid"] == 0, -torch.inf)
                loss = loss + (rivals.max(1, keepdim=True).values - values.gather(1, choice)).mean()
            adam.zero_grad()
            loss.backward()
            gradients = {f"q.{i}": w.grad.clone() for i, w in enumerate(q)}
            adam.step()
            with torch.no_grad():
                for w, w_ in zip(q, slow):
                    w_.add_(TAU * (w - w_))
            return gradients

        return updates(step, batches, dtype, lambda: named("", networks))

    return train


for seed, name in enumerate(("dqn", "dqn-imitating")):
    start, batches = initial(20 + seed, name != "dqn")
    make(os.path.join(HERE, f"{name}.safetensors"), start, batches, trainer(name != "dqn"), {"agent": name})
