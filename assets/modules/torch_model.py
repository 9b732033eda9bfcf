"""A sparse autoencoder that was trained in the Sparse Autoencoder Lab, as a PyTorch module.

    model = SparseAutoencoder()
    x = model.prepare(raw)      # new data, treated as the training data were
    a = model.encode(x)         # (m, h), the hidden activations
    model.cost(x)               # J and its three terms; .total_cost.backward() trains it
    model.gradient(x)           # of J, by W1, b1, W2 and b2

Rows are samples. In double precision unless another dtype is given. As a command: python FILE.py DATA.npy; --help says
more.
"""
import argparse
import collections
import json
import pathlib

import numpy
import torch
from torch.nn.functional import logsigmoid

WEIGHTS = "@WEIGHTS@"

Cost = collections.namedtuple("Cost", "total_cost reconstruction_loss decay_penalty sparsity_penalty")


# @SHARED@


class SparseAutoencoder(torch.nn.Module):
    """Input -> sparse hidden layer -> reconstruction: a2 = f(x W1' + b1), x^ = g(a2 W2' + b2)."""

    def __init__(self, path=None, dtype=torch.float64):
        """`path` is the file of the weights, by default the one that lies beside this one."""
        super().__init__()
        arrays, self.record = read_model(path or pathlib.Path(__file__).with_name(WEIGHTS))
        self.dtype = dtype
        for name in ("W1", "b1", "W2", "b2"):
            setattr(self, name, torch.nn.Parameter(torch.from_numpy(arrays[name].astype(float)).to(dtype)))
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
        return self._tensor(self.preparation(raw))

    def encode(self, x, layer="hidden"):
        """The activations a2 (m, h) of prepared samples x (m, n); of the layer "pre" the pre-activations z2."""
        z2 = self._tensor(x) @ self.W1.T + self.b1
        if layer == "pre":
            return z2
        return torch.sigmoid(z2) if self.hidden_activation == "sigmoid" else torch.tanh(z2)

    def decode(self, a2):
        """The reconstructions (m, n) of activations (m, h)."""
        z3 = a2 @ self.W2.T + self.b2
        if self.output_activation == "sigmoid":
            return torch.sigmoid(z3)
        return torch.tanh(z3) if self.output_activation == "tanh" else z3

    def forward(self, x):
        """The reconstructions (m, n) of prepared samples x (m, n)."""
        return self.decode(self.encode(x))

    def mean_activations(self, x):
        """The mean (h) of p over the samples: of a2, or for tanh of (a2 + 1)/2, which lies in (0, 1) too."""
        return self._log_means(x)[0].exp()

    def cost(self, x):
        """J = 1/(2m) sum |x^ - x|^2 + lambda/2 (sum W1^2 + sum W2^2) + beta sum KL(rho, mean p), and its terms."""
        x, rho = self._tensor(x), self.rho
        log_mean_p, log_mean_q = self._log_means(x)
        divergence = rho * (numpy.log(rho) - log_mean_p) + (1 - rho) * (numpy.log1p(-rho) - log_mean_q)
        reconstruction = ((self(x) - x) ** 2).sum() / (2 * len(x))
        decay = self.weight_decay / 2 * ((self.W1**2).sum() + (self.W2**2).sum())
        sparsity = self.beta * divergence.sum()
        return Cost(reconstruction + decay + sparsity, reconstruction, decay, sparsity)

    def gradient(self, x):
        """The exact gradient of J."""
        return self.cost_and_gradient(x)[1]

    def cost_and_gradient(self, x):
        cost = self.cost(x)
        names = ("W1", "b1", "W2", "b2")
        gradient = torch.autograd.grad(cost.total_cost, [getattr(self, name) for name in names])
        return cost, dict(zip(names, gradient))

    def _log_means(self, x):
        """The logarithms of the means of p and 1 - p (h): finite however saturated a unit is."""
        z = self.encode(x, layer="pre")
        if self.hidden_activation == "tanh":
            z = 2 * z
        count = numpy.log(len(z))
        return torch.logsumexp(logsigmoid(z), 0) - count, torch.logsumexp(logsigmoid(-z), 0) - count

    def _tensor(self, x):
        if isinstance(x, torch.Tensor):
            return x.to(dtype=self.dtype)
        return torch.as_tensor(numpy.ascontiguousarray(x)).to(dtype=self.dtype)


if __name__ == "__main__":
    command_line(SparseAutoencoder(), lambda tensor: tensor.detach().numpy())
