"""Reads each file of the corpus with sae-lab and compares what it makes of it with what is expected.

check.py SAE-LAB FOLDER [part of a name]: a line each and the total; exit status 1 for any difference.
"""
import json, math, pathlib, subprocess, sys, tempfile

import numpy as np

lab, folder = sys.argv[1], pathlib.Path(sys.argv[2])
part = sys.argv[3] if len(sys.argv) > 3 else ""


def run(case, *more):
    data = [argument for path in case["data"] for argument in ("--data", folder / path)]
    done = subprocess.run([lab, "data", *data, *case["options"], *more], capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else None, done.stderr.strip()


def sides(shape):
    if "vector" in shape:
        return [shape["vector"]["length"]]
    return [shape["image"][side] for side in ("rows", "columns", "channels")]


def understood(case):
    """What is said otherwise than it should be."""
    line, said = run(case, "--json")
    if line is None:
        return [said]
    got, expected = json.loads(line), dict(case["understood"])
    pictures = expected.pop("pictures", None)
    got["shape"] = sides(got["shape"])
    got["classes"] = got["classes"] and sorted((count for _, count in got["classes"]), reverse=True)
    wrong = [f"{key}: {got[key]}, not {value}" for key, value in expected.items() if got[key] != value]
    if not all(map(math.isfinite, [*got["range"], got["variance"]])) or got["variance"] <= 0:
        wrong.append(f"range {got['range']}, variance {got['variance']}")
    if pictures:
        def side(of):
            low, high = min(size[of] for size in pictures), max(size[of] for size in pictures)
            return f"{low}–{high}" if low < high else str(low)

        plural = "s" if len(pictures) > 1 else ""
        content = f"{len(pictures)} picture{plural} of {side(0)}×{side(1)} pixels"
        if got["found"]["content"] != content:
            wrong.append(f"{got['found']['content']}, not {content}")
    return wrong


def matrix(case):
    """What is wrong with the values, and by how much they are off."""
    if case["expected"] is None:
        return [], None
    with tempfile.TemporaryDirectory() as scratch:
        out = pathlib.Path(scratch) / "X.npy"
        line, said = run(case, *case["matrix_options"], "--out", out)
        if line is None:
            return [said], None
        got, expected = np.load(out).astype(np.float64), np.load(folder / case["expected"])
    if got.shape != expected.shape:
        return [f"{got.shape} values, not {expected.shape}"], None
    off = float((np.abs(got - expected) / np.maximum(1, np.abs(expected))).max())
    # relative to values above 1: most formats are read in single precision
    return ([] if off <= case["tolerance"] else [f"values off by {off:.2g}"]), off


failed, cases = 0, json.loads((folder / "cases.json").read_text(encoding="utf-8"))
cases = [case for case in cases if part in case["name"]]
for case in cases:
    wrong = understood(case)
    more, off = matrix(case)
    wrong += more
    failed += bool(wrong)
    size = f"{case['understood']['samples']}×{case['understood']['inputs']}"
    exact = "not compared" if off is None else f"off by {off:.1e}"
    mark = "WRONG" if wrong else "ok"
    print(f"{mark:<6}{case['name']:<36}{case['understood']['kind']:<12}{size:<12}{exact:<16}{case['recipe'] or '':<24}"
          f"{case['half']}", flush=True)
    for line in wrong:
        print(f"      {line[:600]}", flush=True)
print(f"{len(cases) - failed} of {len(cases)} as expected")
sys.exit(failed > 0)
