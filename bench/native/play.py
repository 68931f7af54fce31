"""Plays a packed program: `rloffload run` against `rloffload serve`, once with the policy's scenario emulated, once as deployed behind `rloffload link`, with policies and networks that
are swapped, or refused, in the middle of its requests.

    python3 bench/native/play.py PACK --trace TRACE [--requests 300] [--rate 8] [--program rloffload]

PACK is a folder that `rloffload pack` made; TRACE a link's trace or model. The server and the link run by `--program` (this checkout's ./rloffload). Prints what `run` reports, and ends
with 1 if a request was not answered once, or a swap was not taken or refused as it had to be."""
import argparse, gzip, json, os, pathlib, shutil, signal, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parents[2]
IMAGES = ROOT / "models/fashion-test-1000-images-idx3-ubyte.gz"
LABELS = ROOT / "models/fashion-test-1000-labels-idx1-ubyte.gz"


def started(command, says):
    """The process, and what it says after `says`."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if says in line:
            return process, line.split(says)[1].strip()
    raise SystemExit(f"{command[0]} ended with {process.wait()}")


def stop(process):
    process.send_signal(signal.SIGINT)
    process.communicate()


def write(path, text):
    """As careful installers do: whole, or not at all."""
    partial = path.with_suffix(".partial")
    partial.write_text(text)
    partial.replace(path)


def environment(pack):
    """As the unit sets it."""
    lines = (pack / "rloffload.service").read_text().splitlines()
    return os.environ | dict(v.split("=") for l in lines if l.startswith("Environment=") for v in l.removeprefix("Environment=").split())


class Swaps:
    """What happens to the policy's files while requests come, and what the program has to say of it."""

    def __init__(self, folder, process):
        self.folder, self.process, self.file = folder, process, folder / "policy.json"
        self.first, self.said, self.bad, self.held = json.loads(self.file.read_text()), [], [], {}

    def wait(self, word, seconds=30):
        """Reads what it says until one line has the word."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            line = self.process.stderr.readline()
            if not line:
                break
            print("   ", line.strip())
            self.said.append(line)
            if line.startswith("policy: ") and word in line:
                return
        self.bad.append(f"nothing said '{word}'")

    def hold(self, when, seconds):
        """What it is resident with, after a while."""
        time.sleep(seconds)
        lines = pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        self.held[when] = {k: round(int(v.split()[0]) * 1.024e-3, 1) for k, v in (l.split(":") for l in lines if l.startswith(("VmRSS", "VmHWM", "RssAnon")))}

    def play(self):
        self.hold("at first", 6)
        # Another name is another policy, of the same network.
        write(self.file, json.dumps(self.first | {"name": "renamed"}))
        self.wait("took over")
        self.hold("after another policy", 4)
        # Another scenario needs another network beside the old one; by SIGHUP, which asks for the look at once.
        scenario = self.first["scenario"] | {"requests": self.first["scenario"]["requests"] + 1}
        write(self.file, json.dumps(self.first | {"name": "elsewhere", "scenario": scenario}))
        self.process.send_signal(signal.SIGHUP)
        self.wait("took over")
        self.hold("after another network", 4)
        graph = self.folder / "policy.onnx"
        whole = graph.read_bytes()
        graph.write_bytes(whole[:5000])
        self.wait("refused")
        graph.write_bytes(whole)
        time.sleep(2)
        network = next(f for f in self.folder.glob("*.onnx") if f.name != "policy.onnx")
        right = network.read_bytes()
        network.write_bytes(right[:-100])
        write(self.file, json.dumps(self.first | {"name": "without its network", "scenario": scenario}))
        self.wait("refused")
        network.write_bytes(right)
        self.wait("took over")
        self.hold("at last", 4)


def emulated(device, policy, server, trace, requests, speed, work, variables):
    report = work / "run.json"
    subprocess.run([device, "run", policy, "--server", server, "--link", trace, "--images", IMAGES, "--requests", str(requests), "--speed", str(speed), "--json", report],
                   check=True, stdout=subprocess.DEVNULL, env=variables)
    r = json.loads(report.read_text())
    return {k: r[k] for k in ("requests", "reward", "reward_predicted", "accuracy", "latency_ms", "model_error", "same_outcome", "outcomes", "reasons", "decision_us", "plans", "warnings")}


def deployed(device, policy, server, requests, rate, deadline, work, variables):
    report, log = work / "device.json", work / "run.log"
    process = subprocess.Popen(
        [device, "run", policy, "--server", server, "--images", IMAGES, "--requests", str(requests), "--rate", str(rate), "--deadline-ms", str(deadline), "--in-flight", "8",
         "--watch", "0.5", "--log", log, "--json", report], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=variables)
    swaps = Swaps(policy, process)
    swaps.play()
    process.communicate()
    return json.loads(report.read_text()), swaps, log


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("pack", type=pathlib.Path)
    options.add_argument("--trace", required=True)
    options.add_argument("--requests", type=int, default=300)
    options.add_argument("--rate", type=float, default=8, help="images a second, of the deployed run")
    options.add_argument("--deadline-ms", type=float, default=1000)
    options.add_argument("--speed", type=float, default=5, help="of the emulated run")
    options.add_argument("--program", default=str(ROOT / "rloffload"))
    o = options.parse_args()
    device = o.pack / "bin/rloffload"
    program = o.program.split()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        policy = work / "policy"
        shutil.copytree(o.pack / "policy", policy)
        server, address = started([*program, "serve", policy, "--port", "0"], "listening on ")
        try:
            print("emulated:", json.dumps(emulated(device, policy, address, o.trace, o.requests, o.speed, work, environment(o.pack)), indent=1))
            link, relay = started([*program, "link", "--trace", o.trace, "--listen", "127.0.0.1:0", "--to", address.split("//")[1]], "listening on ")
            try:
                report, swaps, log = deployed(device, policy, f"http://{relay}", o.requests, o.rate, o.deadline_ms, work, environment(o.pack))
            finally:
                stop(link)
        finally:
            stop(server)
        print("deployed:", json.dumps(report, indent=1))
        print("memory, MB:", json.dumps(swaps.held, indent=1))
        stats = subprocess.run([device, "log", "stats", log, "--json", work / "stats.json"], capture_output=True, text=True)
        print(stats.stdout, stats.stderr)
        records = [json.loads(l) for l in subprocess.run([device, "log", "show", log, "--last", "0", "--json"], capture_output=True, text=True, check=True).stdout.splitlines()]
    labels = gzip.decompress(LABELS.read_bytes())[8:]
    right = sum(r.get("answer") == labels[r["image"]] for r in records)
    print(f"right in time: {right / len(records):.1%} of {len(records)}; sent and answered {sum(r['measured'].get('round_trip', 0) > 0 for r in records)}")
    bad = list(swaps.bad)
    if sorted(r["request"] for r in records) != list(range(report["requests"])):
        bad.append("a request has not one record in the log")
    if report["requests"] + sum("were lost" in w for w in report["warnings"]) < o.requests:
        bad.append(f"{report['requests']} requests, not {o.requests}")
    if (report["swaps"]["taken"], report["swaps"]["refused"]) != (3, 2):
        bad.append(f"swaps {report['swaps']}")
    if len({r["policy"] for r in records}) != 4:
        bad.append(f"decided by {len({r['policy'] for r in records})} policies, not 4")
    print("; ".join(bad) or "every request was answered once, every swap was taken or refused as it had to be")
    return 1 if bad else 0


sys.exit(main())
