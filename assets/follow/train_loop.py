"""Lets `sae-lab follow DIR --data SPEC` watch a training loop in PyTorch: copy `save_checkpoint` into it.

    for step, batch in enumerate(batches):
        ...
        if step % 100 == 0 and rank == 0:  # with DistributedDataParallel: one process writes
            save_checkpoint("checkpoints", model, step, sparsity_target=0.05, sparsity_weight=3, weight_decay=1e-4,
                            hidden_activation="sigmoid", output_activation="linear")

A checkpoint is whole or not there: it is written under another name and renamed. The settings may be left out and given
as options of `sae-lab follow`. Needs safetensors, or NumPy where that is not installed.
"""

import json
import os


def save_checkpoint(folder, model, step, **settings):
    model = getattr(model, "module", model)  # what DistributedDataParallel wraps
    state = {name: tensor.detach().cpu().clone() for name, tensor in model.state_dict().items()}
    metadata = {key: str(value) for key, value in {"step": step, **settings}.items()}
    path = os.path.join(folder, f"step_{step:08}")
    try:
        from safetensors.torch import save_file

        path += ".safetensors"
        save_file(state, path + ".tmp", metadata)
    except ImportError:
        import numpy

        path += ".npz"
        told = numpy.frombuffer(json.dumps(metadata).encode(), numpy.uint8)
        with open(path + ".tmp", "wb") as file:
            numpy.savez(file, metadata=told, **{name: tensor.float().numpy() for name, tensor in state.items()})
    os.replace(path + ".tmp", path)
    return path
