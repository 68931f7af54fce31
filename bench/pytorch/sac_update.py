"""One update of discrete soft actor-critic in PyTorch, in the order of CleanRL's sac_atari.py (twin critics, their minimum, temperature by target
entropy, the actor judged by the critics after their step) on the networks of `rloffload bench learner --agent sac`.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F

from peer import adam, arguments, batch, follow, network, report

shape = arguments(__doc__)
observations, actions, rewards, following, discounts = batch(shape)
actor = network(shape.observation, shape.hidden, shape.plans, nn.ReLU)
critics = [network(shape.observation, shape.hidden, shape.plans, nn.ReLU) for _ in range(2)]
targets = [network(shape.observation, shape.hidden, shape.plans, nn.ReLU) for _ in range(2)]
sources, followers = ([p for net in nets for p in net.parameters()] for nets in (critics, targets))
for follower, source in zip(followers, sources):
    follower.requires_grad_(False).copy_(source)
log_alpha = torch.zeros(1, requires_grad=True)
target_entropy = 0.5 * math.log(shape.plans)
actor_adam, critic_adam, alpha_adam = adam(actor.parameters(), 3e-4), adam(sources, 3e-4), adam([log_alpha], 3e-4)


def update():
    with torch.no_grad():
        alpha = log_alpha.exp()
        log_policy = F.log_softmax(actor(following), dim=1)
        worth = torch.minimum(targets[0](following), targets[1](following)) - alpha * log_policy
        goal = (rewards + discounts * (log_policy.exp() * worth).sum(dim=1)).unsqueeze(1)
    loss = sum(F.mse_loss(critic(observations).gather(1, actions), goal) for critic in critics)
    critic_adam.zero_grad(set_to_none=True)
    loss.backward()
    critic_adam.step()

    with torch.no_grad():
        worth = torch.minimum(critics[0](observations), critics[1](observations))
    log_policy = F.log_softmax(actor(observations), dim=1)
    policy = log_policy.exp()
    loss = (policy * (alpha * log_policy - worth)).sum(dim=1).mean()
    actor_adam.zero_grad(set_to_none=True)
    loss.backward()
    actor_adam.step()

    entropy = -(policy * log_policy).detach().sum(dim=1).mean()
    loss = log_alpha.exp() * (entropy - target_entropy)
    alpha_adam.zero_grad(set_to_none=True)
    loss.backward()
    alpha_adam.step()
    follow(followers, sources)


report("sac", shape, update)
