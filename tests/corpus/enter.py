"""What one Enter gives: the recipe's run on each file, beside the best of settings drawn at random.

enter.py SAE-LAB FOLDER [--half reported|tuning] [--seconds 20] [--seeds 3] [--draws 8] [part of a name]

A line each, as a table's rows, and the total; exit status 1 where a line of the contract is missed: at least 90 % of the
units alive and none a duplicate, |ρ̂ − ρ| at most .2 ρ on average, h at least min(n, 25), the FVU (of the median seed)
within 1.5 × of the best of the draws. They are random in α, optimiser, batch and λ (log-uniform over the last two
decades below λ_c) at the recipe's preparation, ρ, β and h, for the same time. Times are of the whole machine.
"""
import argparse, json, math, pathlib, random, statistics, subprocess, tempfile

arguments = argparse.ArgumentParser()
arguments.add_argument("lab")
arguments.add_argument("folder", type=pathlib.Path)
arguments.add_argument("part", nargs="?", default="")
arguments.add_argument("--half", default="reported")
arguments.add_argument("--seconds", type=float, default=20)
arguments.add_argument("--seeds", type=int, default=3)
arguments.add_argument("--draws", type=int, default=8)
asked = arguments.parse_args()
# epochs of the run that tells how long one takes, and most epochs of any
PROBE, MOST = 10, 20_000


def lab(*words):
    done = subprocess.run([asked.lab, *map(str, words)], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{words}: {done.stderr}")
    return done


def trained(data, epochs, options):
    """run.json's results and the mean activations."""
    with tempfile.TemporaryDirectory() as scratch:
        out = pathlib.Path(scratch) / "run"
        lab("train", *data, "--recipe", "auto", "--epochs", epochs, "--out", out, *options)
        results = json.loads((out / "run.json").read_text())["results"]
        if results["diverged"]:
            return results, []
        said = lab("evaluate", "--model", out / "model.npz", "--json").stdout
        return results, json.loads(said)["rho_hat"]


def run(data, options):
    """The same after `seconds` of training."""
    probe, _ = trained(data, PROBE, options)
    if probe["diverged"]:
        return probe, []
    epochs = asked.seconds / max(probe["seconds"] / PROBE, 1e-6)
    return trained(data, min(MOST, max(PROBE, round(epochs))), options)


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
    described = json.loads(lab("data", *data, "--recipe", "auto", "--json").stdout)
    recipe = described["suggestion"]
    rho, hidden, inputs = recipe["hyperparameters"]["sparsity_target"], recipe["hidden"], described["inputs"]
    runs = [run(data, ["--seed", seed]) for seed in range(1, asked.seeds + 1)]
    alive = min(results["alive"] for results, _ in runs) / hidden
    duplicates = max(results["duplicate"] for results, _ in runs)
    off = max(statistics.fmean(abs(a - rho) for a in means) / rho if means else math.inf for _, means in runs)
    fvu = statistics.median(results["fvu"] for results, _ in runs)
    chance = random.Random(case["name"])
    drawn = [run(data, draw(chance, recipe["lambda_c"]))[0] for _ in range(asked.draws)]
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


cases = json.loads((asked.folder / "cases.json").read_text())
cases = cases["cases"] if isinstance(cases, dict) else cases
cases = [case for case in cases if case["run"] and case["half"] == asked.half and asked.part in case["name"]]
print("| file | taken for | m × n | h | alive | duplicates | \\|ρ̂−ρ\\|/ρ | FVU | best of draws | ratio | |")
print("|---|---|---|---|---|---|---|---|---|---|---|")
held = [measured(case) for case in cases]
print(f"{sum(held)} of {len(held)} hold, {asked.seconds:g} s a run, {asked.seeds} seeds, {asked.draws} draws")
raise SystemExit(0 if all(held) else 1)
