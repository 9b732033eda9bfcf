"""Writes files/: weights and gradients of a small network as students save them, by SciPy (.mat) and NumPy (.npz).

Run from here, with SciPy: python3 make_files.py
"""

from pathlib import Path

import numpy as np
import scipy.io

from student import gradient

N, H, M = 4, 3, 12
OF = {"n": N, "h": H, "hidden": "sigmoid", "output": "sigmoid", "rho": 0.05, "beta": 3, "lambda": 1e-4, "batch": 5}
HERE = Path(__file__).parent / "files"


def blocks(flat):
    """W1, b1, W2, b2."""
    w1, rest = flat[: H * N].reshape(H, N), flat[H * N :]
    b1, rest = rest[:H], rest[H:]
    return w1, b1, rest[: H * N].reshape(N, H), rest[H * N :]


def ufldl(flat, order):
    w1, b1, w2, b2 = blocks(flat)
    return np.concatenate([w1.ravel(order), w2.ravel(order), b1, b2])


def main():
    random = np.random.default_rng(3)
    data = random.uniform(0.1, 0.9, (M, N))
    theta = random.uniform(-0.8, 0.8, 2 * H * N + H + N)
    right = gradient(theta, data.T, OF, set())
    wrong = gradient(theta, data.T, OF, {"bracket-misplaced"})
    w1, b1, w2, b2 = blocks(theta)
    g1, c1, g2, c2 = blocks(right)
    HERE.mkdir(exist_ok=True)
    np.save(HERE / "data.npy", data)

    # as MATLAB's save(...) of a whole workspace: vectors are columns, opttheta and other things beside
    def mat(name, **arrays):
        scipy.io.savemat(HERE / name, arrays, oned_as="column", do_compression=True)

    mat("ufldl.mat", theta=ufldl(theta, "F"), opttheta=ufldl(theta + 1, "F"), grad=ufldl(right, "F"),
        numgrad=ufldl(wrong, "F"), patches=data.T, cost=1.5, note="words", visibleSize=float(N))
    mat("theta.mat", theta=ufldl(theta, "F"))
    mat("wrong.mat", thetaGrad=ufldl(wrong, "F"))
    mat("blocks.mat", W1=w1, b1=b1, W2=w2, b2=b2, W1grad=g1, b1grad=c1, W2grad=g2, b2grad=c2)
    # zeros are stored in a byte each, whatever their class
    mat("zeros.mat", W1=w1, b1=np.zeros(H), W2=w2, b2=np.zeros(N))
    zeros = np.concatenate([w1.ravel(), np.zeros(H), w2.ravel(), np.zeros(N)])
    mat("single.mat", **{name: part.astype(np.float32) for name, part in zip(
        ["dW1", "db1", "dW2", "db2"], blocks(gradient(zeros, data.T, OF, set())))})

    np.savez(HERE / "rows.npz", theta=ufldl(theta, "C"), grad=ufldl(right, "C"))
    np.savez(HERE / "columns.npz", opt_theta=ufldl(theta, "F"), gradTheta=ufldl(right, "F")[None, :])
    np.savez(HERE / "mixed.npz", theta=ufldl(theta, "C"), grad=ufldl(wrong, "F"))
    np.savez_compressed(HERE / "turned.npz", w1=w1.T, B1=b1[None, :], W2=w2.T, b2=b2[:, None], dW1=g1, db1=c1, dW2=g2.T, db2=c2)
    np.savez(HERE / "lacks.npz", W1=w1, b1=b1, dW1=g1, db1=c1, dW2=g2)
    np.savez(HERE / "short.npz", theta=theta[:-1])
    np.savez(HERE / "integer.npz", W1=w1, b1=np.zeros(H, int), W2=w2, b2=b2)


if __name__ == "__main__":
    main()
