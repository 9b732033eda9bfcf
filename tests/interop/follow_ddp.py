"""A small training in PyTorch on two processes (DistributedDataParallel, gloo) that writes COUNT checkpoints into FOLDER
by the function that users copy. Prints a line of JSON a checkpoint: its name, when it was there, and its cost.

    follow_ddp.py SAMPLES.npy FOLDER COUNT TRAIN_LOOP.py
"""

import importlib.util
import json
import os
import sys
import tempfile
import time

import numpy
import torch
import torch.distributed as distributed
from torch.nn.parallel import DistributedDataParallel

RHO, BETA, LAMBDA, HIDDEN = 0.05, 3.0, 1e-4, 30


class Autoencoder(torch.nn.Module):
    def __init__(self, inputs):
        super().__init__()
        self.encoder = torch.nn.Linear(inputs, HIDDEN)
        self.decoder = torch.nn.Linear(HIDDEN, inputs)

    def forward(self, x):
        a = torch.sigmoid(self.encoder(x))
        return a, torch.sigmoid(self.decoder(a))


def cost(output, x, model):
    a, y = output
    rho = a.mean(0)
    kl = RHO * torch.log(RHO / rho) + (1 - RHO) * torch.log((1 - RHO) / (1 - rho))
    decay = sum((layer.weight**2).sum() for layer in (model.encoder, model.decoder))
    return ((y - x) ** 2).sum() / (2 * len(x)) + LAMBDA / 2 * decay + BETA * kl.sum()


def work(rank, meeting, samples, folder, count, train_loop):
    spec = importlib.util.spec_from_file_location("train_loop", train_loop)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    torch.set_num_threads(1)
    distributed.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=2)
    torch.manual_seed(1)
    x = torch.from_numpy(numpy.load(samples)).float()
    part = x[rank::2]
    model = DistributedDataParallel(Autoencoder(x.shape[1]))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3, momentum=0.9)
    for step in range(count):
        for batch in part.split(200)[:3]:
            optimizer.zero_grad()
            cost(model(batch), batch, model.module).backward()
            optimizer.step()
        if rank == 0:
            with torch.no_grad():
                total = cost(model.module(x), x, model.module).item()
            path = module.save_checkpoint(
                folder, model, step, sparsity_target=RHO, sparsity_weight=BETA, weight_decay=LAMBDA
            )
            print(json.dumps({"file": os.path.basename(path), "at": time.time(), "cost": total}), flush=True)
        time.sleep(0.05)
    distributed.destroy_process_group()


if __name__ == "__main__":
    samples, folder, count, train_loop = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    with tempfile.TemporaryDirectory() as meetings:
        meeting = os.path.join(meetings, "meeting")
        arguments = (meeting, samples, folder, count, train_loop)
        torch.multiprocessing.spawn(work, arguments, nprocs=2)
