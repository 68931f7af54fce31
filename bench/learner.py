#!/usr/bin/env python3
"""Times updates of rloffload's learners in turns with the same updates in PyTorch, and prints medians of each round's ratio with their quartiles.

    bench/learner.py                              # every agent that both sides have, hidden 64, 128 and 256
    bench/learner.py --agent sac --hidden 128 --rounds 9 --json learner.json
    bench/learner.py --python /usr/bin/python3 --blas /usr/lib/x86_64-linux-gnu/openblas-pthread

The peer is Debian's python3-torch with OpenBLAS (packages python3-torch and libopenblas0-pthread). It runs with every core type of OpenBLAS that could
fit, and the fastest is taken: old releases take new processors for very old ones. A BLAS that is no real one is refused. One thread, CPU time.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORES = ["", "Haswell", "SkylakeX", "Cooperlake", "Zen", "NEOVERSEN1", "ARMV8"]
LEAST_GIGAFLOPS = 20


def run(command, env):
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


class Peer:
    """PyTorch with the fastest BLAS kernels that there are."""

    def __init__(self, options):
        self.python = options.python
        self.env = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
        if options.blas:
            self.env["LD_LIBRARY_PATH"] = options.blas
        self.core, self.found = max(((core, self._probe(core)) for core in CORES), key=lambda c: c[1]["gigaflops"])
        if self.found["gigaflops"] < LEAST_GIGAFLOPS:
            sys.exit(f"{self.python}: torch multiplies with {self.found['blas']} at {self.found['gigaflops']:.1f} GF/s, which is no optimised BLAS; "
                     "allowed is one that reaches 20: install libopenblas0-pthread, or name its folder with --blas")

    def _probe(self, core):
        return json.loads(run([self.python, ROOT / "bench/pytorch/peer.py"], self._with(core)))

    def _with(self, core):
        return dict(self.env, OPENBLAS_CORETYPE=core) if core else self.env

    def __str__(self):
        return (f"torch {self.found['torch']}, {self.found['blas']}{', core type ' + self.core if self.core else ''}, "
                f"{self.found['gigaflops']:.0f} GF/s at 256 x 256 x 256")

    def update(self, agent, hidden, shape):
        script = ROOT / f"bench/pytorch/{agent}_update.py"
        return json.loads(run([self.python, script, "--hidden", str(hidden), *shape], self._with(self.core)))["cpu_ms_per_update"]


def ours(agent, hidden, shape):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "learner.json"
        run([ROOT / "rloffload", "bench", "learner", "--agent", agent, "--hidden", str(hidden), *shape, "--rounds", "5", "--json", file], dict(os.environ))
        return json.loads(file.read_text())


def agents():
    """Those that this build has and PyTorch too."""
    text = run([ROOT / "rloffload", "bench", "learner", "--help"], dict(os.environ))
    peers = {p.name.removesuffix("_update.py") for p in (ROOT / "bench/pytorch").glob("*_update.py")}
    offered = text.split("What learns, of ")[1].split(".")[0]
    return [a.strip() for a in offered.split(",") if a.strip() in peers]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agent", action="append", help="sac or d2sac [default: all that both sides have]")
    parser.add_argument("--hidden", type=int, action="append", help="width of both hidden layers [default: 64, 128 and 256]")
    parser.add_argument("--plans", default="200")
    parser.add_argument("--batch", default="256")
    parser.add_argument("--observation", default="24")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--python", default="/usr/bin/python3", help="an interpreter that has torch")
    parser.add_argument("--blas", help="folder of the libblas.so.3 that torch is to use [default: the system's]")
    parser.add_argument("--json", help="write the numbers to this file")
    options = parser.parse_args()
    shape = ["--plans", options.plans, "--batch", options.batch, "--observation", options.observation]
    peer = Peer(options)
    print(peer)
    print(f"{options.plans} plans, batch {options.batch}, observation {options.observation}; CPU ms an update, medians of {options.rounds} rounds")
    print(f"{'agent':8}{'hidden':>8}{'PyTorch':>10}{'ours':>10}{'ratio':>8}{'quartiles':>16}{'bytes':>8}{'as trained':>12}")
    rows = []
    for agent in options.agent or agents():
        for hidden in options.hidden or [64, 128, 256]:
            rounds = [(peer.update(agent, hidden, shape), ours(agent, hidden, shape)) for _ in range(options.rounds)]
            ratios = [theirs / mine["cpu_ms_per_update"] for theirs, mine in rounds]
            low, ratio, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
            row = {
                "agent": agent, "hidden": hidden, "plans": int(options.plans), "batch": int(options.batch), "observation": int(options.observation),
                "pytorch_cpu_ms": statistics.median(t for t, _ in rounds), "cpu_ms_per_update": statistics.median(m["cpu_ms_per_update"] for _, m in rounds),
                "ratio": ratio, "ratio_low": low, "ratio_high": high, "bytes_per_update": max(m["bytes_per_update"] for _, m in rounds),
            }
            usual = [m["default_cpu_ms_per_update"] for _, m in rounds if m.get("default_cpu_ms_per_update")]
            if usual:
                row["default_cpu_ms_per_update"] = statistics.median(usual)
            rows.append(row)
            print(f"{agent:8}{'2x' + str(hidden):>8}{row['pytorch_cpu_ms']:10.2f}{row['cpu_ms_per_update']:10.2f}{ratio:7.2f}x{f'{low:.2f}..{high:.2f}':>16}"
                  f"{row['bytes_per_update']:8.0f}{f'{statistics.median(usual):.2f}' if usual else '':>12}", flush=True)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"peer": str(peer), "rows": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()
