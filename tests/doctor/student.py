"""The cost's gradient as a student writes it in NumPy, after the UFLDL exercise (a sample is a column), with the mistakes
asked for. It knows nothing of the lab but the mistakes' names.

student.py SETTINGS.json X.npy THETA.npy OUT.npy
  SETTINGS.json  n, h, hidden, output, rho, beta, lambda, batch, and mistakes: a list of lists of names
  X.npy          (m, n)
  THETA.npy      (t, 2hn + h + n): W1 (h, n), b1, W2 (n, h), b2, each row by row
  OUT.npy        (t * mistakes, 2hn + h + n), in the same order of blocks; NaN where a gradient is no number
"""

import json
import sys

import numpy as np


def activation(name):
    return {"sigmoid": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh, "linear": lambda z: z}[name]


def slope(name, value):
    return {"sigmoid": value * (1 - value), "tanh": 1 - value**2, "linear": np.ones_like(value)}[name]


def other(name):
    """The function that it is taken for by mistake."""
    return {"sigmoid": "tanh", "tanh": "sigmoid", "linear": "sigmoid"}[name]


def gradient(theta, data, of, mistakes):
    n, h, rho = of["n"], of["h"], of["rho"]
    W1, rest = theta[: h * n].reshape(h, n), theta[h * n :]
    b1, rest = rest[:h, None], rest[h:]
    W2, b2 = rest[: h * n].reshape(n, h), rest[h * n :, None]
    m = data.shape[1]
    made = mistakes.__contains__

    z2 = W1 @ data + b1
    a2 = activation(of["hidden"])(z2)
    z3 = W2 @ a2 + b2
    out = activation(of["output"])(z3)

    # the average activation
    tanh = of["hidden"] == "tanh"
    mapped = (lambda a: (a + 1) / 2) if tanh and not made("rho-unmapped") else (lambda a: a)
    p = mapped(out if made("rho-of-output") else a2)
    rhohat = p.mean(axis=1, keepdims=True)
    if made("rho-of-first-sample"):
        rhohat = p[:, :1]
    if made("rho-of-last-sample"):
        rhohat = p[:, -1:]
    if made("rho-of-first-batch"):
        rhohat = p[:, : of["batch"]].mean(axis=1, keepdims=True)
    if made("rho-summed"):
        rhohat = p.sum(axis=1, keepdims=True)
    if made("rho-over-units"):
        rhohat = np.full_like(rhohat, p.mean())

    # the sparsity term of the hidden error
    pull = -rho / rhohat + (1 - rho) / (1 - rhohat)
    if made("kl-reversed"):
        pull = np.log(rhohat / rho) - np.log((1 - rhohat) / (1 - rho))
    if made("kl-sign"):
        pull = -pull
    if tanh and not made("tanh-half-missing"):
        pull = pull / 2
    if not made("beta-missing"):
        pull = of["beta"] * pull
    if made("sparsity-divided-by-m"):
        pull = pull / m
    if made("sparsity-summed"):
        pull = pull * m
    if made("sparsity-missing"):
        pull = np.zeros_like(pull)

    # backwards
    name = other(of["output"]) if made("output-slope-of-other") else of["output"]
    g = slope(name, z3 if made("output-slope-of-z") else out)
    if made("output-slope-missing"):
        g = 1
    delta3 = (data - out if made("error-sign") else out - data) * g
    if made("half-missing"):
        delta3 = 2 * delta3
    name = other(of["hidden"]) if made("hidden-slope-of-other") else of["hidden"]
    f = slope(name, z2 if made("hidden-slope-of-z") else a2)
    if made("hidden-slope-missing"):
        f = np.ones_like(f)
    back = W2.T @ delta3
    if made("encoder-in-delta2"):
        back = W1 @ delta3
    if made("decoder-transposed-in-delta2"):
        back = W2 @ delta3
    error = back * f
    sparse = pull * (np.ones_like(f) if made("bracket-misplaced") else f)

    # sums over the samples
    every = made("all-summed")
    by_w = 1 if every or made("weights-summed") else m
    by_b = 1 if every or made("biases-summed") else m
    once = (lambda by: 1) if made("reconstruction-summed") else (lambda by: by)
    W1grad = error @ data.T / once(by_w) + sparse @ data.T / by_w
    b1grad = error.sum(axis=1) / once(by_b)
    if not made("sparsity-missing-in-b1"):
        b1grad = b1grad + sparse.sum(axis=1) / by_b
    W2grad = delta3 @ a2.T / once(by_w)
    if made("product-transposed"):
        W2grad = W2grad.T
    b2grad = delta3.sum(axis=1) / once(by_b)

    # decay
    decay = of["lambda"]
    if made("decay-doubled"):
        decay = 2 * decay
    if made("decay-divided-by-m"):
        decay = decay / m
    if not made("decay-missing"):
        if not made("decay-missing-in-w1"):
            W1grad = W1grad + decay * W1
        if not made("decay-missing-in-w2"):
            W2grad = W2grad + decay * W2
    if made("biases-decayed"):
        b1grad = b1grad + decay * b1[:, 0]
        b2grad = b2grad + decay * b2[:, 0]
    flat = np.concatenate([W1grad.ravel(), b1grad, W2grad.ravel(), b2grad])
    return flat if np.isfinite(flat).all() else np.full_like(flat, np.nan)


def main():
    settings, samples, thetas, out = sys.argv[1:]
    with open(settings, encoding="utf-8") as file:
        of = json.load(file)
    data = np.load(samples).T
    with np.errstate(all="ignore"):
        rows = [gradient(theta, data, of, set(made)) for theta in np.load(thetas) for made in of["mistakes"]]
    np.save(out, np.array(rows))


if __name__ == "__main__":
    main()
