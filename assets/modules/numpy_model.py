"""A sparse autoencoder that was trained in the Sparse Autoencoder Lab, in NumPy.

    model = SparseAutoencoder()
    x = model.prepare(raw)      # new data, treated as the training data were
    a = model.encode(x)         # (m, h), the hidden activations
    model.cost(x)               # J and its three terms
    model.gradient(x)           # of J, by W1, b1, W2 and b2

Rows are samples. All is computed in double precision. As a command: python FILE.py DATA.npy; --help says more.
"""
import argparse
import collections
import json
import pathlib

import numpy

WEIGHTS = "@WEIGHTS@"

Cost = collections.namedtuple("Cost", "total_cost reconstruction_loss decay_penalty sparsity_penalty")


# @SHARED@


class SparseAutoencoder:
    """Input -> sparse hidden layer -> reconstruction: a2 = f(x W1' + b1), x^ = g(a2 W2' + b2)."""

    def __init__(self, path=None):
        """`path` is the file of the weights, by default the one that lies beside this one."""
        arrays, self.record = read_model(path or pathlib.Path(__file__).with_name(WEIGHTS))
        self.W1, self.b1, self.W2, self.b2 = (arrays[name].astype(float) for name in ("W1", "b1", "W2", "b2"))
        experiment = self.record["experiment"]
        self.hidden_activation = experiment["hidden_activation"]
        self.output_activation = experiment["output_activation"]
        settings = experiment["hyperparameters"]
        self.rho = settings["sparsity_target"]
        self.beta = settings["sparsity_weight"]
        self.weight_decay = settings["weight_decay"]
        self.preparation = Preparation(self.record["preparation"], arrays)

    def prepare(self, raw):
        """See Preparation."""
        return self.preparation(raw)

    def encode(self, x, layer="hidden"):
        """The activations a2 (m, h) of prepared samples x (m, n); of the layer "pre" the pre-activations z2."""
        z2 = numpy.asarray(x, float) @ self.W1.T + self.b1
        return z2 if layer == "pre" else self._hidden(z2)

    def decode(self, a2):
        """The reconstructions (m, n) of activations (m, h)."""
        z3 = a2 @ self.W2.T + self.b2
        if self.output_activation == "sigmoid":
            return numpy.exp(-numpy.logaddexp(0, -z3))
        return numpy.tanh(z3) if self.output_activation == "tanh" else z3

    def forward(self, x):
        """The reconstructions (m, n) of prepared samples x (m, n)."""
        return self.decode(self.encode(x))

    __call__ = forward

    def mean_activations(self, x):
        """The mean (h) of p over the samples: of a2, or for tanh of (a2 + 1)/2, which lies in (0, 1) too."""
        return numpy.exp(self._log_means(self.encode(x, layer="pre"))[2])

    def cost(self, x):
        """J = 1/(2m) sum |x^ - x|^2 + lambda/2 (sum W1^2 + sum W2^2) + beta sum KL(rho, mean p), and its terms."""
        return self.cost_and_gradient(x)[0]

    def gradient(self, x):
        """The exact gradient of J."""
        return self.cost_and_gradient(x)[1]

    def cost_and_gradient(self, x):
        x = numpy.asarray(x, float)
        m, rho = len(x), self.rho
        z2 = self.encode(x, layer="pre")
        a2 = self._hidden(z2)
        output = self.decode(a2)
        error = output - x
        log_p, log_q, log_mean_p, log_mean_q = self._log_means(z2)
        divergence = rho * (numpy.log(rho) - log_mean_p) + (1 - rho) * (numpy.log1p(-rho) - log_mean_q)
        reconstruction = (error**2).sum() / (2 * m)
        decay = self.weight_decay / 2 * ((self.W1**2).sum() + (self.W2**2).sum())
        sparsity = self.beta * divergence.sum()

        delta3 = error
        if self.output_activation == "sigmoid":
            delta3 = error * output * (1 - output)
        elif self.output_activation == "tanh":
            delta3 = error * (1 - output**2)
        # p = sigmoid(s z2): dp/dz2 = s p q, and f' = (dp/dz2)/c
        s, c = (1, 1) if self.hidden_activation == "sigmoid" else (2, 0.5)
        log_pq = log_p + log_q
        divergence_slope = s * (-rho * numpy.exp(log_pq - log_mean_p) + (1 - rho) * numpy.exp(log_pq - log_mean_q))
        delta2 = (delta3 @ self.W2) * (s / c) * numpy.exp(log_pq) + self.beta * divergence_slope
        gradient = {
            "W1": delta2.T @ x / m + self.weight_decay * self.W1,
            "b1": delta2.mean(axis=0),
            "W2": delta3.T @ a2 / m + self.weight_decay * self.W2,
            "b2": delta3.mean(axis=0),
        }
        return Cost(reconstruction + decay + sparsity, reconstruction, decay, sparsity), gradient

    def _hidden(self, z2):
        if self.hidden_activation == "sigmoid":
            return numpy.exp(-numpy.logaddexp(0, -z2))
        return numpy.tanh(z2)

    def _log_means(self, z2):
        """ln p and ln(1 - p) (m, h), and the logarithms of their means (h): finite however saturated a unit is."""
        z = z2 if self.hidden_activation == "sigmoid" else 2 * z2
        log_p, log_q = -numpy.logaddexp(0, -z), -numpy.logaddexp(0, z)
        count = numpy.log(len(z))
        return log_p, log_q, numpy.logaddexp.reduce(log_p, axis=0) - count, numpy.logaddexp.reduce(log_q, axis=0) - count


if __name__ == "__main__":
    command_line(SparseAutoencoder(), numpy.asarray)
