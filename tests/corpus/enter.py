"""What one Enter gives: the recipe's run on each file, beside the best of settings drawn at random.

enter.py SAE-LAB FOLDER [--half reported|tuning] [--seconds 20] [--seeds 3] [--draws 8] [--cpu 1.8] [part of a name …]

A line each, as a table's rows, and the total; exit status 1 where a line of the contract is missed: at least 90 % of the
units alive and none a duplicate, |ρ̂ − ρ| at most .2 ρ on average, h at least min(n, 25), the FVU (of the median seed)
within 1.5 × of the best of the draws. They are random in α, optimiser, batch and λ (log-uniform over the last two
decades below λ_c) at the recipe's preparation, ρ, β and h, for the same time. Times are of the whole machine, which
should have nothing else to do; with `--cpu N` a run has N × SECONDS of one thread's processor time in their place, and
as many go at once as there are cores: any number of threads gives the same bits, so N is what two threads gain (1.8),
and other work on the machine shortens no run.
"""
import argparse, concurrent.futures, json, math, os, pathlib, random, statistics, subprocess, tempfile

arguments = argparse.ArgumentParser()
arguments.add_argument("lab")
arguments.add_argument("folder", type=pathlib.Path)
arguments.add_argument("parts", nargs="*", default=[""])
arguments.add_argument("--half", default="reported")
arguments.add_argument("--seconds", type=float, default=20)
arguments.add_argument("--seeds", type=int, default=3)
arguments.add_argument("--draws", type=int, default=8)
arguments.add_argument("--cpu", type=float)
asked = arguments.parse_intermixed_args()
# epochs of the run that tells how long one takes, and most epochs of any
PROBE, MOST = 10, 20_000


def lab(*words):
    """Standard output, and the processor time it took."""
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as complained:
        process = subprocess.Popen([asked.lab, *map(str, words)], stdout=said, stderr=complained)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0), complained.seek(0)
        if process.returncode not in (0, 1):
            raise SystemExit(f"{words}: {complained.read()}")
        return said.read(), used.ru_utime + used.ru_stime


def train(data, epochs, out, options):
    threads = ["--threads", 1] if asked.cpu else []
    return lab("train", *data, "--recipe", "auto", "--epochs", epochs, "--out", out, *options, *threads)


def trained(data, epochs, options):
    """run.json's results and the mean activations."""
    with tempfile.TemporaryDirectory() as scratch:
        out = pathlib.Path(scratch) / "run"
        train(data, epochs, out, options)
        results = json.loads((out / "run.json").read_text())["results"]
        if results["diverged"]:
            return results, []
        said, _ = lab("evaluate", "--model", out / "model.npz", "--json")
        return results, json.loads(said)["rho_hat"]


def run(data, options):
    """The same after `seconds` of training."""
    probe, _ = trained(data, PROBE, options)
    if probe["diverged"]:
        return probe, []
    if asked.cpu:
        budget, epoch = asked.seconds * asked.cpu, processor_time(data, options)
    else:
        budget, epoch = asked.seconds, probe["seconds"] / PROBE
    return trained(data, min(MOST, max(PROBE, round(budget / max(epoch, 1e-6)))), options)


def processor_time(data, options):
    """Of an epoch: of a run without the time of one that ends after its first, made longer until it tells."""
    with tempfile.TemporaryDirectory() as scratch:
        def taken(epochs):
            return train(data, epochs, pathlib.Path(scratch) / str(epochs), options)[1]
        start, epochs = taken(1), PROBE
        while (time := taken(1 + epochs) - start) < 1 and epochs < MOST:
            epochs *= 4
        return time / epochs


def draw(chance, lambda_c):
    kind = chance.choice(["descent", "momentum", "adam", "lbfgs"])
    options = ["--optimizer", kind, "--lambda", f"{lambda_c * 10 ** chance.uniform(-2, 0):.3g}"]
    if kind in ("descent", "momentum"):
        options += ["--alpha", f"{10 ** chance.uniform(-2, 0.3):.3g}"]
    if kind == "adam":
        options += ["--alpha", f"{10 ** chance.uniform(-3.5, -1.5):.3g}"]
    if kind != "lbfgs":
        options += ["--batch", chance.choice(["20", "50", "100", "200", "full"])]
    return options


def measured(case):
    data = [word for path in case["data"] for word in ("--data", asked.folder / path)] + case["options"]
    described = json.loads(lab("data", *data, "--recipe", "auto", "--json")[0])
    recipe = described["suggestion"]
    rho, hidden, inputs = recipe["hyperparameters"]["sparsity_target"], recipe["hidden"], described["inputs"]
    chance = random.Random(case["name"])
    options = [["--seed", seed] for seed in range(1, asked.seeds + 1)]
    options += [draw(chance, recipe["lambda_c"]) for _ in range(asked.draws)]
    done = list(pool.map(lambda options: run(data, options), options))
    runs, drawn = done[: asked.seeds], [results for results, _ in done[asked.seeds :]]
    alive = min(results["alive"] for results, _ in runs) / hidden
    duplicates = max(results["duplicate"] for results, _ in runs)
    off = max(statistics.fmean(abs(a - rho) for a in means) / rho if means else math.inf for _, means in runs)
    fvu = statistics.median(results["fvu"] for results, _ in runs)
    best = min((results["fvu"] for results in drawn if not results["diverged"]), default=math.inf)
    missed = [
        name
        for name, held in [
            ("alive", alive >= 0.9), ("duplicates", duplicates == 0), ("ρ̂", off <= 0.2),
            ("units", hidden >= min(inputs, 25)), ("FVU", fvu <= 1.5 * best),
        ]
        if not held
    ]
    print(f"| {case['name']} | {recipe['kind']} | {described['samples']} × {inputs} | {hidden} | {100 * alive:.0f} % | "
          f"{duplicates} | {off:.2f} | {fvu:.3f} | {best:.3f} | {fvu / best:.2f} | {', '.join(missed) or 'holds'} |",
          flush=True)
    return not missed


pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count() if asked.cpu else 1)
cases = json.loads((asked.folder / "cases.json").read_text())
cases = cases["cases"] if isinstance(cases, dict) else cases
cases = [case for case in cases if case["run"] and case["half"] == asked.half and any(part in case["name"] for part in asked.parts)]
print("| file | taken for | m × n | h | alive | duplicates | \\|ρ̂−ρ\\|/ρ | FVU | best of draws | ratio | |")
print("|---|---|---|---|---|---|---|---|---|---|---|")
held = [measured(case) for case in cases]
span = f"{asked.seconds:g} s" + (f" × {asked.cpu:g} of processor time" if asked.cpu else "")
print(f"{sum(held)} of {len(held)} hold, {span} a run, {asked.seeds} seeds, {asked.draws} draws")
raise SystemExit(0 if all(held) else 1)
