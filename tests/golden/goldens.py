"""What the scripts beside this one share: networks, batches, and golden files in the safetensors format."""

import json
import struct

import numpy as np
import torch

OBSERVATIONS, ACTIONS, FEATURES, BATCH, BATCHES = 6, 7, 16, 24, 3
UPDATES = 100


def write(path, tensors, notes):
    """safetensors: a length in 8 bytes, a JSON header, the numbers; little endian, row-major."""
    header, blobs, offset = {"__metadata__": notes}, [], 0
    for name, value in tensors.items():
        value = np.ascontiguousarray(value)
        blob = value.astype(value.dtype.newbyteorder("<")).tobytes()
        kind = {"float32": "F32", "float64": "F64"}[value.dtype.name]
        header[name] = {"dtype": kind, "shape": list(value.shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def layers(rng, widths, last=1.0):
    """Weights [in, out] and biases [1, out], uniform in +-1/sqrt(in), as float32 numbers."""
    made = []
    for i, (n, m) in enumerate(zip(widths, widths[1:])):
        bound = (last if i == len(widths) - 2 else 1.0) / np.sqrt(n)
        made += [rng.uniform(-bound, bound, (n, m)).astype(np.float32), rng.uniform(-bound, bound, (1, m)).astype(np.float32)]
    return made


def mask(rng):
    """Valid actions of each row; the first three rows have one."""
    m = rng.uniform(size=(BATCH, ACTIONS)) < 0.7
    m[np.arange(BATCH), rng.randint(ACTIONS, size=BATCH)] = True
    m[:3] = np.eye(ACTIONS, dtype=bool)[rng.randint(ACTIONS, size=3)]
    return m


def one_of(rng, valid):
    return np.array([rng.choice(np.flatnonzero(row)) for row in valid], dtype=np.float32)[:, None]


def batch(rng):
    """Transitions with masks of s and s', some with a single action, some at the end of their episode; float32, but for what is counted."""
    valid, next_valid = mask(rng), mask(rng)
    action = one_of(rng, valid)
    ends = rng.uniform(size=(BATCH, 1)) < 0.2
    return {
        "s": rng.normal(size=(BATCH, OBSERVATIONS)).astype(np.float32),
        "next": rng.normal(size=(BATCH, OBSERVATIONS)).astype(np.float32),
        "valid": valid.astype(np.float32),
        "next_valid": next_valid.astype(np.float32),
        "a": action,
        "r": rng.normal(size=(BATCH, 1)).astype(np.float32),
        "discount": np.where(ends, 0, 0.95).astype(np.float32),
    }


def features(rng):
    """Numbers of each plan of s and s'."""
    return {k: rng.normal(size=(BATCH, ACTIONS, FEATURES)).astype(np.float32) for k in ("phi", "next_phi")}


def lesson(rng):
    """States in which a planner said what it would do."""
    valid = mask(rng)
    return {"taught_s": rng.normal(size=(BATCH, OBSERVATIONS)).astype(np.float32), "taught_valid": valid.astype(np.float32), "taught_a": one_of(rng, valid)}


def perceptron(x, weights, activation=torch.relu):
    for w, b in zip(weights[:-2:2], weights[1:-2:2]):
        x = activation(torch.addmm(b, x, w))
    return torch.addmm(weights[-1], x, weights[-2])


def named(prefix, networks):
    """NETWORK.INDEX of every tensor."""
    return {f"{prefix}{name}.{i}": t for name, group in networks.items() for i, t in enumerate(group)}


def off(found, reference):
    """Normwise: the largest difference over the largest number, of the tensor that is worst."""
    return max(np.abs(found[k].astype(np.float64) - reference[k]).max() / np.abs(reference[k]).max() for k in reference)


def numbers(tensors):
    return {k: v.detach().numpy().copy() for k, v in tensors.items()}


def updates(step, batches, dtype, weights):
    """
    A hundred of step(k, batch), which gives named gradients; update k takes batch k mod 3.
    weights() names what the steps change. (Gradients of update 1, weights after 1, after 100.)
    """
    data = [{k: torch.tensor(v, dtype=dtype) for k, v in b.items()} for b in batches]
    for k in range(UPDATES):
        gradients = step(k, data[k % len(data)])
        if k == 0:
            first, once = numbers(gradients), numbers(weights())
    return first, once, numbers(weights())


def make(path, initial, batches, train, notes):
    """
    Runs train(initial, batches, dtype) in float64 and, for a yardstick, in float32; train gives (gradients of update 1, weights after 1, after 100).
    float32 is run on the rows of each batch in several orders, which changes nothing but the rounding, and the worst counts: one order may be lucky.
    """
    torch.set_num_threads(1)
    told = train(initial, batches, torch.float64)
    errors = [0.0, 0.0, 0.0]
    for order in range(8):
        shuffle = np.random.RandomState(order).permutation(BATCH) if order else np.arange(BATCH)
        single = train(initial, [{k: v[shuffle] for k, v in b.items()} for b in batches], torch.float32)
        errors = [max(e, off(s, t)) for e, s, t in zip(errors, single, told)]
    tensors = {k: v for k, v in initial.items()}
    for i, b in enumerate(batches):
        tensors.update({f"batch{i}.{k}": v for k, v in b.items()})
    for part, prefix in zip(told, ("gradient.", "after1.", "after100.")):
        tensors.update({prefix + k: v for k, v in part.items()})
    keys = ("float32 gradient", "float32 after1", "float32 after100")
    write(path, tensors, {**notes, **{k: repr(e) for k, e in zip(keys, errors)}, "made by": f"PyTorch {torch.__version__}, numpy {np.__version__}"})
    print(path, {k: f"{e:.1e}" for k, e in zip(keys, errors)})
