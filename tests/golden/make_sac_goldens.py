#!/usr/bin/python3
"""
Golden updates of masked discrete soft actor-critic, by PyTorch's autograd and Adam in float64: sac (this project's default), sac-d (as published),
sac-features (networks that price what plans take: f(s, a) = net(s) . phi(s, a)) and sac-imitating (an actor that is fitted to a planner's choices).

    /usr/bin/python3 tests/golden/make_sac_goldens.py

Written from the equations, not from the graph in src/Agents/Sac/SacUpdate.cs, which it judges: Haarnoja et al. 2018 and 2018b, Christodoulou 2019;
averaged critics and the clipped loss after Zhou et al. (arXiv 2209.10081), decoupled entropy after arXiv 2509.09838. The order is critics, actor
(by the critics just updated), temperature (by the policy before its step), targets. Update k takes batch k mod 3.
"""

import os

import numpy as np
import torch
import torch.nn.functional as F

from goldens import ACTIONS, BATCHES, FEATURES, OBSERVATIONS, batch, features, layers, lesson, make, named, perceptron, updates

HERE = os.path.dirname(os.path.abspath(__file__))
HIDDEN, TAU, ANNEAL = (12, 12), 0.005, 200

DEFAULT = dict(average=True, clip=0.5, huber=1.0, zeta=0.0, actor_rate=3e-4, critic_rate=1e-3, epsilon=1e-8, alpha=0.1, alpha_rate=3e-3,
               published=False, rho=(0.5, 0.05), bounds=(-12.0, 2.0), features=False, imitating=False)
PUBLISHED = dict(average=False, clip=None, huber=None, zeta=1.0, actor_rate=3e-4, critic_rate=3e-4, epsilon=1e-4, alpha=1.0, alpha_rate=3e-4,
                 published=True, rho=(0.98, 0.98), bounds=None, features=False, imitating=False)
FORMS = {"sac": DEFAULT, "sac-d": PUBLISHED, "sac-features": {**DEFAULT, "features": True}, "sac-imitating": {**DEFAULT, "imitating": True}}


def initial(seed, form):
    rng = np.random.RandomState(seed)
    widths = (OBSERVATIONS, *HIDDEN, FEATURES if form["features"] else ACTIONS)
    networks = {name: layers(rng, widths) for name in ("actor", "q1", "q2", "slow1", "slow2")}
    tensors = named("", networks)
    tensors["log_alpha.0"] = np.full((1, 1), np.log(form["alpha"]), np.float32)
    batches = [batch(rng) for _ in range(BATCHES)]
    for b in batches:
        b.update(features(rng) if form["features"] else lesson(rng) if form["imitating"] else {})
    return tensors, batches


def trainer(form):
    def train(start, batches, dtype):
        def group(name):
            return [torch.tensor(start[f"{name}.{i}"], dtype=dtype, requires_grad=True) for i in range(2 * len(HIDDEN) + 2)]

        networks = {name: group(name) for name in ("actor", "q1", "q2", "slow1", "slow2")}
        actor, q1, q2, slow1, slow2 = networks.values()
        log_alpha = torch.tensor(start["log_alpha.0"], dtype=dtype, requires_grad=True)
        adam = {k: torch.optim.Adam(networks[k], form["critic_rate" if k != "actor" else "actor_rate"], eps=form["epsilon"]) for k in ("q1", "q2", "actor")}
        alpha_adam = torch.optim.Adam([log_alpha], form["alpha_rate"], eps=form["epsilon"])

        def values(state, weights, phi):
            told = perceptron(state, weights)
            return told if phi is None else torch.einsum("bk,bak->ba", told, phi)

        def policy(state, valid, phi):
            log_pi = F.log_softmax(values(state, actor, phi).masked_fill(~valid, -torch.inf), 1)
            return log_pi.exp(), log_pi.masked_fill(~valid, 0)

        def together(a, b):
            return (a + b) / 2 if form["average"] else torch.minimum(a, b)

        def penalty(error):
            return error ** 2 / 2 if form["huber"] is None else F.huber_loss(error, torch.zeros_like(error), reduction="none", delta=form["huber"])

        def temperature(k, pi, log_pi, valid):
            entropy, count = -(pi * log_pi).sum(1).detach(), valid.sum(1)
            chooses, most = count > 1, count.to(dtype).log()
            first, last = form["rho"]
            rho = first + (last - first) * min(1.0, k / ANNEAL)
            if form["published"]:
                alpha_adam.zero_grad()
                (log_alpha.exp() * (entropy - rho * most)[chooses].mean()).sum().backward()
                alpha_adam.step()
            else:
                with torch.no_grad():
                    log_alpha.add_(form["alpha_rate"] * (rho - (entropy[chooses] / most[chooses]).mean())).clamp_(*form["bounds"])

        def step(k, b):
            s, s_, r, discount = (b[x] for x in ("s", "next", "r", "discount"))
            valid, valid_, action = b["valid"] > 0, b["next_valid"] > 0, b["a"].long()
            phi, phi_ = b.get("phi"), b.get("next_phi")
            alpha, gradients = log_alpha.exp().detach(), {}

            with torch.no_grad():
                pi_, log_pi_ = policy(s_, valid_, phi_)
                value = (pi_ * (together(values(s_, slow1, phi_), values(s_, slow2, phi_)) - form["zeta"] * alpha * log_pi_)).sum(1, keepdim=True)
                y = r + discount * value
            for name, q, slow in (("q1", q1, slow1), ("q2", q2, slow2)):
                taken = values(s, q, phi).gather(1, action)
                loss = penalty(taken - y)
                if form["clip"] is not None:
                    old = values(s, slow, phi).gather(1, action).detach()
                    loss = torch.maximum(loss, penalty(old + (taken - old).clamp(-form["clip"], form["clip"]) - y))
                adam[name].zero_grad()
                loss.mean().backward()
                gradients.update({f"{name}.{i}": w.grad.clone() for i, w in enumerate(q)})
                adam[name].step()

            adam["actor"].zero_grad()
            if form["imitating"]:
                _, log_pi = policy(b["taught_s"], b["taught_valid"] > 0, None)
                (-log_pi.gather(1, b["taught_a"].long())).mean().backward()
            else:
                pi, log_pi = policy(s, valid, phi)
                with torch.no_grad():
                    judged = together(values(s, q1, phi), values(s, q2, phi))
                (pi * (alpha * log_pi - judged)).sum(1).mean().backward()
            gradients.update({f"actor.{i}": w.grad.clone() for i, w in enumerate(actor)})
            adam["actor"].step()

            if not form["imitating"]:
                temperature(k, pi, log_pi, valid)
            with torch.no_grad():
                for q, slow in ((q1, slow1), (q2, slow2)):
                    for w, w_ in zip(q, slow):
                        w_.add_(TAU * (w - w_))
            return gradients

        return updates(step, batches, dtype, lambda: named("", {**networks, "log_alpha": [log_alpha]}))

    return train


for seed, (name, form) in enumerate(FORMS.items()):
    start, batches = initial(seed, form)
    make(os.path.join(HERE, f"{name}.safetensors"), start, batches, trainer(form), {"agent": name})
