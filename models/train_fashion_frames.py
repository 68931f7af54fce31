#!/usr/bin/env python3
"""Trains the shipped five-exit network on frames made by `rloffload images make` and exports it as ONNX.

The recipe is BranchyNet's (Teerapittayanon, McDanel, Kung, ICPR 2016): branches on an AlexNet-like trunk, trained
together on a weighted sum of every exit's cross entropy. Needs numpy, onnx and torch (Debian: python3-numpy,
python3-onnx, python3-torch). A run is resumed from its checkpoint, epoch by epoch, and ends the same as one that was
never stopped. README.md beside this file lists the commands.
"""

import argparse
import json
import math
import os
import re
import time
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn

EXITS = [f"exit{i}" for i in range(1, 6)]
# Weights of the exits' losses. Later exits weigh more: the first one is meant to be cheap, not good.
LOSS_WEIGHTS = [0.3, 0.4, 0.5, 0.7, 1.0]


def conv(inputs, outputs, kernel, stride=1):
    """Convolution, batch normalisation (folded into the convolution by the export) and ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


def branch(inputs, outputs):
    """A side exit on a 12x12 tensor."""
    return nn.Sequential(
        nn.MaxPool2d(2), conv(inputs, outputs, 3), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(outputs * 9, 10)
    )


class Network(nn.Module):
    """Frames [N, 3, 96, 96] of pixel / 255 to the logits of five exits, each [N, 10]."""

    def __init__(self):
        super().__init__()
        self.trunk = nn.ModuleList([
            nn.Sequential(conv(3, 32, 5, stride=2), nn.MaxPool2d(2)),  # 24x24x32
            nn.Sequential(conv(32, 64, 3), nn.MaxPool2d(2)),           # 12x12x64
            conv(64, 96, 3),                                           # 12x12x96
            conv(96, 128, 3),                                          # 12x12x128
            nn.Sequential(conv(128, 96, 3), nn.MaxPool2d(2)),          # 6x6x96
        ])
        self.exits = nn.ModuleList([
            nn.Sequential(nn.MaxPool2d(4), conv(32, 32, 3), nn.Flatten(), nn.Linear(32 * 36, 10)),
            branch(64, 48),
            branch(96, 64),
            branch(128, 64),
            nn.Sequential(nn.Flatten(), nn.Linear(96 * 36, 192), nn.ReLU(), nn.Dropout(0.4), nn.Linear(192, 10)),
        ])

    def forward(self, frame):
        logits = []
        for stage, leave in zip(self.trunk, self.exits):
            frame = stage(frame)
            logits.append(leave(frame))
        return logits


def read_idx(path):
    """Memory-maps an uncompressed IDX file of unsigned bytes."""
    with open(path, "rb") as file:
        magic = file.read(4)
        if magic[:3] != b"\0\0\x08":
            raise SystemExit(f"{path}: not an uncompressed IDX file of bytes")
        shape = np.frombuffer(file.read(4 * magic[3]), ">i4")
    return np.memmap(path, np.uint8, "r", 4 + 4 * len(shape), tuple(int(size) for size in shape))


def labels_of(path):
    path = Path(path)
    return np.array(read_idx(path.with_name(f"{path.stem}-labels{path.suffix}"))).astype(np.int64)


def as_input(frames):
    return torch.from_numpy(frames).contiguous(memory_format=torch.channels_last).float().div_(255)


def learning_rate(progress, peak):
    """One cycle (Smith and Topin 2017): a linear rise over the first fifth, a cosine down to zero."""
    if progress < 0.2:
        return peak * (0.05 + 0.95 * progress / 0.2)
    return peak * 0.5 * (1 + math.cos(math.pi * (progress - 0.2) / 0.8))


def train_epoch(network, optimiser, frames, labels, epoch, arguments):
    network.train()
    torch.manual_seed(arguments.seed * 1000 + epoch)
    order = torch.randperm(len(labels)).numpy()
    batches = len(labels) // arguments.batch
    started = time.time()
    shown = 0.0
    for number in range(batches):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate((epoch + number / batches) / arguments.epochs, arguments.learning_rate)
        picked = np.sort(order[number * arguments.batch:(number + 1) * arguments.batch])
        batch = as_input(frames[picked])
        mirrored = torch.rand(len(picked)) < 0.5
        batch[mirrored] = batch[mirrored].flip(3)
        target = torch.from_numpy(labels[picked])
        optimiser.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=arguments.bfloat16):
            logits = network(batch)
        loss = sum(w * nn.functional.cross_entropy(out.float(), target) for w, out in zip(LOSS_WEIGHTS, logits))
        loss.backward()
        optimiser.step()
        shown = loss.item() if number == 0 else 0.98 * shown + 0.02 * loss.item()
        if number % 50 == 0:
            print(f"epoch {epoch + 1}/{arguments.epochs} batch {number}/{batches} loss {shown:.3f} "
                  f"{time.time() - started:.0f} s", flush=True)
    return time.time() - started


def accuracies(network, frames, labels):
    """Share of right answers of every exit."""
    network.eval()
    right = np.zeros(len(EXITS))
    with torch.no_grad():
        for start in range(0, len(labels), 256):
            logits = network(as_input(np.array(frames[start:start + 256])))
            target = torch.from_numpy(labels[start:start + 256])
            right += [(out.argmax(1) == target).sum().item() for out in logits]
    return {name: round(float(share), 4) for name, share in zip(EXITS, right / len(labels))}


def multiply_adds(network):
    """Of one frame up to every exit alone and up to all of them; convolutions and fully connected layers."""
    parts = {}

    def count(part):
        def add(module, _, output):
            parts[part] = parts.get(part, 0) + output[0].numel() * module.weight[0].numel()
        return add

    hooks = [m.register_forward_hook(count((kind, i)))
             for kind in ("trunk", "exits") for i, part in enumerate(getattr(network, kind))
             for m in part.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    network.eval()
    with torch.no_grad():
        network(torch.zeros(1, 3, 96, 96))
    for hook in hooks:
        hook.remove()
    alone = {name: parts["exits", i] + sum(parts["trunk", j] for j in range(i + 1)) for i, name in enumerate(EXITS)}
    return {**alone, "all": sum(parts.values())}


def replace(path, write):
    partial = Path(f"{path}.partial")
    write(partial)
    os.replace(partial, path)


def name_tensors(graph):
    """Names every tensor and node after its place (stage2.conv, exit1.pool), which is what cuts are called by."""
    names, taken = {}, set()
    for node in graph.node:
        place = re.search(r"(trunk|exits)\.(\d)/", node.name)
        part = f"{'stage' if place[1] == 'trunk' else 'exit'}{int(place[2]) + 1}"
        name, number = f"{part}.{node.op_type.lower()}", 1
        while name in taken:
            number += 1
            name = f"{part}.{node.op_type.lower()}{number}"
        taken.add(name)
        node.name = name
        names.update({node.output[0]: name} if node.output[0] not in EXITS else {})
        names.update({weight: f"{name}.{kind}" for weight, kind in zip(node.input[1:], ("weight", "bias"))})
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    for tensor in graph.initializer:
        tensor.name = names[tensor.name]


def export(network, path):
    plain = Network()
    plain.load_state_dict(network.state_dict())
    plain.eval()

    def write(partial):
        torch.onnx.export(
            plain, torch.zeros(1, 3, 96, 96), str(partial), opset_version=13, input_names=["frame"], output_names=EXITS,
            dynamic_axes={name: {0: "batch"} for name in ["frame", *EXITS]})
        model = onnx.load(str(partial))
        name_tensors(model.graph)
        del model.graph.value_info[:]
        onnx.checker.check_model(model, full_check=True)
        onnx.save(model, str(partial))

    replace(path, write)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", nargs="+", required=True, help="frame files of the training items, taken in turn by epoch")
    parser.add_argument("--test", required=True, help="frame file of the test items")
    parser.add_argument("--test-from", type=int, default=1000, help="first test frame of the reported accuracy")
    parser.add_argument("--out", required=True, help="ONNX file to write; NAME.json beside it holds the note")
    parser.add_argument("--checkpoint", required=True, help="written after every epoch, resumed from where it exists")
    parser.add_argument("--preliminary", help="ONNX file to export after every epoch")
    parser.add_argument("--epochs", type=int, default=9)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--learning-rate", type=float, default=3e-3)
    parser.add_argument("--weight-decay", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, help="only so many training frames, for a trial")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--bfloat16", action="store_true", help="train in bfloat16; faster where the processor has it")
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    network = Network().to(memory_format=torch.channels_last)
    print(f"{multiply_adds(network)['all'] / 1e6:.1f} million multiply-adds, "
          f"{sum(p.numel() for p in network.parameters()) / 1e6:.2f} million parameters", flush=True)
    optimiser = torch.optim.AdamW(network.parameters(), weight_decay=arguments.weight_decay)
    test, test_labels = read_idx(arguments.test), labels_of(arguments.test)
    held, held_labels = test[arguments.test_from:], test_labels[arguments.test_from:]
    first, seconds, planned = 0, [], []
    if os.path.exists(arguments.checkpoint):
        state = torch.load(arguments.checkpoint)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        first, seconds, planned = state["epochs"], state["seconds"], state["planned"]
        print(f"resumed after epoch {first}", flush=True)

    for epoch in range(first, arguments.epochs):
        source = arguments.frames[epoch % len(arguments.frames)]
        frames, labels = read_idx(source)[:arguments.limit], labels_of(source)[:arguments.limit]
        seconds.append(round(train_epoch(network, optimiser, frames, labels, epoch, arguments), 1))
        planned.append(arguments.epochs)
        state = {"network": network.state_dict(), "optimiser": optimiser.state_dict(),
                 "epochs": epoch + 1, "seconds": seconds, "planned": planned}
        replace(arguments.checkpoint, lambda partial: torch.save(state, partial))
        if arguments.preliminary:
            export(network, arguments.preliminary)
        print(f"epoch {epoch + 1} took {seconds[-1]:.0f} s, accuracy on 2,000 test frames "
              f"{accuracies(network, held[:2000], held_labels[:2000])}", flush=True)

    export(network, arguments.out)
    network.eval()
    with torch.no_grad():
        golden = [out.tolist() for out in network(as_input(np.array(test[:2])))]
    note = {
        "data": "Fashion-MNIST (Xiao, Rasul, Vollgraf 2017, MIT licence), every training item as a frame",
        "frame_sets": len(arguments.frames), "frames_a_set": len(labels_of(arguments.frames[0])[:arguments.limit]),
        "epochs": arguments.epochs, "batch": arguments.batch, "learning_rate": arguments.learning_rate,
        "weight_decay": arguments.weight_decay, "loss_weights": LOSS_WEIGHTS, "seed": arguments.seed,
        "bfloat16": arguments.bfloat16, "torch": torch.__version__, "epoch_seconds": seconds,
        # A run may be resumed with another --epochs; then these differ and the learning rate jumped between them.
        "epochs_planned_at_each": planned,
        "multiply_adds": multiply_adds(network),
        "test_items": [arguments.test_from, len(test_labels) - 1],
        "accuracy": accuracies(network, held, held_labels),
        "other_test_items": [0, arguments.test_from - 1],
        "other_accuracy": accuracies(network, test[:arguments.test_from], test_labels[:arguments.test_from]),
        "golden": {"items": [0, 1], "logits": dict(zip(EXITS, golden))},
    }
    replace(Path(arguments.out).with_suffix(".json"), lambda partial: partial.write_text(json.dumps(note, indent=2) + "\n"))
    print(json.dumps(note["accuracy"]), flush=True)


if __name__ == "__main__":
    main()
