"""A small training in NumPy that writes COUNT checkpoints into FOLDER, badly: some by halves, one over and over, some
renamed or deleted, one that never becomes whole. Prints a line of JSON a checkpoint: its name, when it was complete, and
the cost of the model in it.

    follow_numpy.py SAMPLES.npy FOLDER COUNT
"""

import io
import json
import os
import sys
import time

import numpy

RHO, BETA, LAMBDA, ALPHA, HIDDEN = 0.05, 3.0, 1e-4, 0.5, 30


def sigmoid(z):
    return 1 / (1 + numpy.exp(-z))


def cost_and_gradient(model, x):
    w1, b1, w2, b2 = model
    m = len(x)
    a = sigmoid(x @ w1.T + b1)
    y = sigmoid(a @ w2.T + b2)
    rho = a.mean(0)
    kl = RHO * numpy.log(RHO / rho) + (1 - RHO) * numpy.log((1 - RHO) / (1 - rho))
    cost = ((y - x) ** 2).sum() / (2 * m) + LAMBDA / 2 * ((w1**2).sum() + (w2**2).sum()) + BETA * kl.sum()
    d3 = (y - x) * y * (1 - y)
    d2 = (d3 @ w2 + BETA * (-RHO / rho + (1 - RHO) / (1 - rho))) * a * (1 - a)
    return cost, [d2.T @ x / m + LAMBDA * w1, d2.mean(0), d3.T @ a / m + LAMBDA * w2, d3.mean(0)]


def packed(model, step):
    names = ["encoder.weight", "encoder.bias", "decoder.weight", "decoder.bias"]
    file = io.BytesIO()
    numpy.savez(file, step=step, rho=RHO, beta=BETA, **{"lambda": LAMBDA}, **dict(zip(names, model)))
    return file.getvalue()


def main():
    samples, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    x = numpy.load(samples).astype(numpy.float64)
    random = numpy.random.default_rng(1)
    n = x.shape[1]
    model = [
        random.uniform(-0.3, 0.3, (HIDDEN, n)),
        numpy.zeros(HIDDEN),
        random.uniform(-0.3, 0.3, (n, HIDDEN)),
        numpy.zeros(n),
    ]

    def path(name):
        return os.path.join(folder, name)

    def put(name, data):
        with open(path(name + ".tmp"), "wb") as file:
            file.write(data)
        os.replace(path(name + ".tmp"), path(name))

    def told(name, cost):
        print(json.dumps({"file": name, "at": time.time(), "cost": cost}), flush=True)

    with open(path("broken.npz"), "wb") as file:
        file.write(packed(model, 0)[:-100])
    written = []
    for step in range(count):
        for _ in range(2):
            _, gradient = cost_and_gradient(model, x)
            model = [weight - ALPHA * slope for weight, slope in zip(model, gradient)]
        cost, _ = cost_and_gradient(model, x)
        name, data = f"step_{step:05}.npz", packed(model, step)
        if step % 5 == 3:
            # no care taken: half of it, a pause, the other half
            with open(path(name), "wb") as file:
                file.write(data[: len(data) // 2])
                file.flush()
                time.sleep(0.7)
                file.write(data[len(data) // 2 :])
        else:
            put(name, data)
        told(name, cost)
        put("latest.npz", data)
        written.append(name)
        time.sleep(0.1)
        if step % 6 == 5:
            # after it was read, or before: once
            os.replace(path(written[0]), path("kept_" + written.pop(0)))
        if len(written) > 30:
            os.remove(path(written.pop(0)))


main()
