"""One update of D2SAC in PyTorch (H. Du et al., "Diffusion-based reinforcement learning for edge-enabled AI-generated content services", IEEE TMC 23(9), 2024,
as published with AGOD): the policy is a reverse diffusion of T = 5 steps under a variance-preserving schedule, and the gradient goes through all of them.
The time embedding is computed on one row a step, and the noise is drawn anew in every update, as it has to be.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F

from peer import adam, arguments, batch, follow, network, report

STEPS, EMBEDDING, ALPHA = 5, 16, 0.05

shape = arguments(__doc__)
observations, actions, rewards, following, discounts = batch(shape)

beta = [1 - math.exp(-0.1 / STEPS - 0.5 * 9.9 * (2 * t - 1) / STEPS**2) for t in range(1, STEPS + 1)]
bar = [math.prod(1 - b for b in beta[:t]) for t in range(STEPS + 1)]


class Denoiser(nn.Module):
    """Predicts the noise in x at step t, given the state."""

    def __init__(self):
        super().__init__()
        frequencies = torch.exp(-math.log(10000) / (EMBEDDING // 2 - 1) * torch.arange(EMBEDDING // 2))
        phases = torch.arange(STEPS).unsqueeze(1) * frequencies
        self.register_buffer("waves", torch.cat([phases.sin(), phases.cos()], dim=1))
        self.time = nn.Sequential(nn.Linear(EMBEDDING, 2 * EMBEDDING), nn.Mish(), nn.Linear(2 * EMBEDDING, EMBEDDING))
        self.noise = network(shape.plans + EMBEDDING + shape.observation, shape.hidden, shape.plans, nn.Mish)

    def policy(self, state):
        """Logits after the whole chain."""
        x = torch.randn(shape.batch, shape.plans)
        times = self.time(self.waves)
        for t in range(STEPS, 0, -1):
            noise = torch.tanh(self.noise(torch.cat([x, times[t - 1].expand(shape.batch, EMBEDDING), state], dim=1)))
            clean = x * math.sqrt(1 / bar[t]) - noise * math.sqrt(1 / bar[t] - 1)
            x = clean * (beta[t - 1] * math.sqrt(bar[t - 1]) / (1 - bar[t])) + x * ((1 - bar[t - 1]) * math.sqrt(1 - beta[t - 1]) / (1 - bar[t]))
            if t > 1:
                x = x + torch.randn_like(x) * math.sqrt(beta[t - 1] * (1 - bar[t - 1]) / (1 - bar[t]))
        return x


actor, target_actor = Denoiser(), Denoiser()
critics = [network(shape.observation, shape.hidden, shape.plans, nn.Mish) for _ in range(2)]
target_critics = [network(shape.observation, shape.hidden, shape.plans, nn.Mish) for _ in range(2)]
critic_parameters = [p for critic in critics for p in critic.parameters()]
sources = [*actor.parameters(), *critic_parameters]
followers = [*target_actor.parameters(), *(p for critic in target_critics for p in critic.parameters())]
for follower, source in zip(followers, sources):
    follower.requires_grad_(False).copy_(source)
actor_adam, critic_adam = adam(actor.parameters(), 1e-4, weight_decay=1e-4), adam(critic_parameters, 1e-3, weight_decay=1e-4)


def update():
    with torch.no_grad():
        policy = F.softmax(target_actor.policy(following), dim=1)
        worth = torch.minimum(target_critics[0](following), target_critics[1](following))
        goal = (rewards + discounts * (policy * worth).sum(dim=1)).unsqueeze(1)
    loss = sum(F.mse_loss(critic(observations).gather(1, actions), goal) for critic in critics)
    critic_adam.zero_grad(set_to_none=True)
    loss.backward()
    critic_adam.step()

    with torch.no_grad():
        worth = torch.minimum(critics[0](observations), critics[1](observations))
    log_policy = F.log_softmax(actor.policy(observations), dim=1)
    policy = log_policy.exp()
    loss = (policy * (ALPHA * log_policy - worth)).sum(dim=1).mean()
    actor_adam.zero_grad(set_to_none=True)
    loss.backward()
    actor_adam.step()
    follow(followers, sources)


report("d2sac", shape, update)
