#!/usr/bin/python3
"""
Golden updates of D2SAC (H. Du et al., arXiv 2303.13052), by PyTorch's autograd and Adam in float64: d2sac as published, and d2sac-clipped, whose estimate of
x_0 is bounded by 5 at each step.

    /usr/bin/python3 tests/golden/make_d2sac_goldens.py

Written from the equations, not from the graph in src/Agents/Diffusion/DiffusionUpdate.cs, which it judges. The reverse process is that of Ho et al. 2020
over the variance-preserving schedule of Song et al. 2021 (beta 0.1 to 10, 5 steps); its noise is given. The order is critics, actor (by the critics just
updated), targets. Update k takes batch k mod 3. Gradients are shown with the weight decay that torch.optim.Adam adds to them.
"""

import math
import os

import numpy as np
import torch
import torch.nn.functional as F

from goldens import ACTIONS, BATCH, BATCHES, OBSERVATIONS, batch, layers, make, perceptron, updates

HERE = os.path.dirname(os.path.abspath(__file__))
STEPS, HIDDEN, TIME = 5, 8, 16
TAU, ALPHA, DECAY, EPSILON, ACTOR_RATE, CRITIC_RATE = 0.005, 0.05, 1e-4, 1e-8, 1e-4, 1e-3
SPLIT = (ACTIONS, TIME, OBSERVATIONS)


def names(prefix, actor):
    """The actor's tensors with its first layer cut into the parts of x, time and state, as they are stored."""
    first = actor[4].split(SPLIT) if torch.is_tensor(actor[4]) else np.split(actor[4], np.cumsum(SPLIT)[:-1])
    return {f"{prefix}.{i}": t for i, t in enumerate([*actor[:4], *first, *actor[5:]])}


def state_of(networks):
    tensors = {}
    for name, group in networks.items():
        tensors.update(names(name, group) if "actor" in name else {f"{name}.{i}": t for i, t in enumerate(group)})
    return tensors


def initial(seed):
    rng = np.random.RandomState(seed)

    def actor():
        return layers(rng, (TIME, 2 * TIME, TIME)) + layers(rng, (sum(SPLIT), HIDDEN, HIDDEN, ACTIONS))

    networks = {"actor": actor(), "slow_actor": actor()}
    networks.update({name: layers(rng, (OBSERVATIONS, HIDDEN, HIDDEN, ACTIONS)) for name in ("q1", "q2", "slow1", "slow2")})
    batches = [{**batch(rng), **{f"noise{i}": rng.normal(size=(BATCH, ACTIONS)).astype(np.float32) for i in range(2 * STEPS)}} for _ in range(BATCHES)]
    return networks, batches


def chain(weights, state, noise, clip):
    """x_T = noise[0] down to x_0, with noise[1], noise[2], ... on the way."""
    t = np.arange(1, STEPS + 1)
    beta = 1 - np.exp(-0.1 / STEPS - 0.5 * (10 - 0.1) * (2 * t - 1) / STEPS ** 2)
    abar = np.cumprod(1 - beta)
    x, given = noise[0], iter(noise[1:])
    for i in reversed(range(STEPS)):
        before = abar[i - 1] if i else 1.0
        frequency = torch.exp(-math.log(10000) / (TIME // 2 - 1) * torch.arange(TIME // 2, dtype=torch.float64))
        sines = torch.cat([(i * frequency).sin(), (i * frequency).cos()]).to(x.dtype)[None].expand(len(x), -1)
        time = perceptron(sines, weights[:4], F.mish)
        epsilon = torch.tanh(perceptron(torch.cat([x, time, state], 1), weights[4:], F.mish))
        start = (x - math.sqrt(1 - abar[i]) * epsilon) / math.sqrt(abar[i])
        if clip:
            start = start.clamp(-clip, clip)
        mean = (math.sqrt(before) * beta[i] * start + math.sqrt(1 - beta[i]) * (1 - before) * x) / (1 - abar[i])
        x = mean + math.sqrt(beta[i] * (1 - before) / (1 - abar[i])) * next(given) if i else mean
    return x


def trainer(networks, clip):
    def train(_, batches, dtype):
        live = {name: [torch.tensor(w, dtype=dtype, requires_grad=True) for w in group] for name, group in networks.items()}
        actor, slow_actor, q1, q2, slow1, slow2 = live.values()
        adam = {k: torch.optim.Adam(live[k], ACTOR_RATE if k == "actor" else CRITIC_RATE, eps=EPSILON, weight_decay=DECAY) for k in ("actor", "q1", "q2")}

        def policy(weights, state, valid, noise):
            log_pi = F.log_softmax(chain(weights, state, noise, clip).masked_fill(~valid, -torch.inf), 1)
            return log_pi.exp(), log_pi.masked_fill(~valid, 0)

        def value(state, first, second):
            return torch.minimum(perceptron(state, first, F.mish), perceptron(state, second, F.mish))

        def step(_, b):
            s, s_, r, discount = (b[x] for x in ("s", "next", "r", "discount"))
            noise = [b[f"noise{i}"] for i in range(2 * STEPS)]
            gradients = {}
            with torch.no_grad():
                y = r + discount * (policy(slow_actor, s_, b["next_valid"] > 0, noise[STEPS:])[0] * value(s_, slow1, slow2)).sum(1, keepdim=True)
            for name, q in (("q1", q1), ("q2", q2)):
                adam[name].zero_grad()
                F.mse_loss(perceptron(s, q, F.mish).gather(1, b["a"].long()), y).backward()
                gradients[name] = [(w.grad + DECAY * w).detach().clone() for w in q]
                adam[name].step()

            pi, log_pi = policy(actor, s, b["valid"] > 0, noise[:STEPS])
            with torch.no_grad():
                judged = value(s, q1, q2)
            adam["actor"].zero_grad()
            (-(ALPHA * -(pi * log_pi).sum(1) + (pi * judged).sum(1))).mean().backward()
            gradients["actor"] = [(w.grad + DECAY * w).detach().clone() for w in actor]
            adam["actor"].step()

            with torch.no_grad():
                for source, target in ((q1, slow1), (q2, slow2), (actor, slow_actor)):
                    for w, w_ in zip(source, target):
                        w_.add_(TAU * (w - w_))
            return state_of(gradients)

        return updates(step, batches, dtype, lambda: state_of(live))

    return train


networks, batches = initial(7)
for name, clip in (("d2sac", 0), ("d2sac-clipped", 5)):
    make(os.path.join(HERE, f"{name}.safetensors"), state_of(networks), batches, trainer(networks, clip), {"agent": name})
