def read_model(path):
    """The arrays of a .npz or .safetensors file, by name, and the record of how the model was made."""
    path = pathlib.Path(path)
    if path.suffix == ".npz":
        with numpy.load(path) as file:
            arrays = {name: file[name] for name in file.files}
        record = json.loads(bytes(arrays.pop("record")).decode())
    else:
        with open(path, "rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
            body = file.read()
        record = json.loads(header.pop("__metadata__")["record"])
        arrays = {}
        for name, entry in header.items():
            start, end = entry["data_offsets"]
            kind = {"F32": "<f4", "F64": "<f8"}[entry["dtype"]]
            arrays[name] = numpy.frombuffer(body[start:end], kind).reshape(entry["shape"])
    return arrays, record


class Preparation:
    """What was done to the training data, with the numbers that were measured on them."""

    def __init__(self, record, arrays):
        self.record = record
        self.arrays = arrays
        self.choice = record["choice"]
        (kind, sides), = record["shape"].items()
        if kind == "image":
            self.shape = (sides["rows"], sides["columns"], sides["channels"])
        else:
            self.shape = (sides["length"],)
        self.inputs = int(numpy.prod(self.shape))

    def __call__(self, raw):
        """Raw samples (m, n), or pictures (m, rows, columns[, channels]), as the network takes them: (m, n).

        Bytes and singles come out as singles, other numbers as doubles. A missing value is NaN.
        """
        x = numpy.asarray(raw)
        x = x.reshape(len(x), -1)
        white = self.record["white"]
        if x.dtype == numpy.uint8:
            x = x.astype(numpy.float32)
            if white:
                x = x / numpy.float32(white)
        else:
            x = x.astype(numpy.float32 if x.dtype in (numpy.float16, numpy.float32) else numpy.float64)
            if white and (x > 1).any():
                x = x / x.dtype.type(white)
        if self.choice["colour"] == "grey" and self.shape[-1] == 1 and x.shape[1] == 3 * self.inputs:
            x = self._as(x, x.reshape(len(x), -1, 3).astype(float) @ [0.299, 0.587, 0.114])
        if x.shape[1] != self.inputs:
            raise ValueError(f"samples of {x.shape[1]} values, and the model takes {self.inputs}")
        fill = self.record.get("fill")
        if fill:
            x = numpy.where(numpy.isnan(x), numpy.asarray(fill, x.dtype), x)
        if self.choice["remove_mean"]:
            x = self._as(x, x - x.astype(float).mean(axis=1, keepdims=True))
        if self.record["zca"]:
            x = self._as(x, (x.astype(float) - self.arrays["zca_mean"]) @ self.arrays["zca_matrix"])
        return self._scaled(x)

    @staticmethod
    def _as(x, values):
        return values.astype(x.dtype)

    def _scaled(self, x):
        scaling = self.record["scaling"]
        kind, numbers = next(iter(scaling.items())) if isinstance(scaling, dict) else (scaling, {})
        values = x.astype(float)
        if kind == "clip" and numbers["limit"] > 0:
            clipped = numpy.clip((values - numbers["mean"]) / numbers["limit"], -1, 1)
            return self._as(x, 0.1 + (clipped + 1) * 0.5 * (0.9 - 0.1))
        if kind == "unit" and numbers["high"] > numbers["low"]:
            return self._as(x, (values - numbers["low"]) / (numbers["high"] - numbers["low"]))
        if kind == "unit-columns":
            low, high = self.arrays["column_low"], self.arrays["column_high"]
            varies = high > low
            return self._as(x, numpy.where(varies, (values - low) / numpy.where(varies, high - low, 1), values))
        if kind == "standardise":
            deviation = self.arrays["column_deviation"]
            varies = deviation != 0
            scale = numpy.where(varies, 1 / numpy.where(varies, deviation, 1), 0)
            return self._as(x, (values - self.arrays["column_mean"]) * scale)
        return x

    def patches(self, picture, places):
        """Patches of a photograph (rows, columns[, 3]) with their upper left corners at `places` (k, 2), to be prepared.

        Where photographs were whitened before they were cut, so is this one. Its values are bytes, or in [0, 1].
        """
        cut = self.record["patches"]
        if cut is None:
            raise ValueError("the model was not trained on patches")
        picture = numpy.asarray(picture)
        picture = picture.astype(numpy.float32) / numpy.float32(255 if picture.dtype == numpy.uint8 else 1)
        if picture.ndim == 2:
            picture = picture[:, :, None]
        if cut["channels"] == 1 and picture.shape[2] == 3:
            picture = (picture @ numpy.array([0.299, 0.587, 0.114], numpy.float32))[:, :, None]
        if picture.shape[2] != cut["channels"]:
            raise ValueError(f"a picture of {picture.shape[2]} channels, and the model takes {cut['channels']}")
        if cut["filter"]:
            picture = self._filtered(picture, cut["filter"]["cutoff"])
        side = cut["side"]
        return numpy.stack([picture[top : top + side, left : left + side].reshape(-1) for top, left in places])

    @staticmethod
    def _filtered(picture, cutoff):
        """R(f) = |f| exp(-(f/f0)^4) over the whole frame (Olshausen & Field 1996)."""
        rows, columns = picture.shape[:2]
        f = numpy.hypot(numpy.fft.fftfreq(rows)[:, None], numpy.fft.fftfreq(columns)[None, :])
        gain = 2 * numpy.pi * f * numpy.exp(-((f / cutoff) ** 4))
        field = numpy.fft.fft2(picture.astype(float), axes=(0, 1)) * gain[:, :, None]
        return numpy.fft.ifft2(field, axes=(0, 1)).real.astype(numpy.float32)


def command_line(model, to_numpy):
    """Costs, codes and gradients of data from the command line."""
    parser = argparse.ArgumentParser(description="J of data under the model, as a line of JSON.")
    parser.add_argument("data", help="samples (m, n) as .npy, raw: they are prepared as the training data were")
    parser.add_argument("--prepared", action="store_true", help="the samples are prepared already")
    parser.add_argument("--code", help="write the hidden activations (m, h) there, as .npy")
    parser.add_argument("--pre", help="write the pre-activations (m, h) there, as .npy")
    parser.add_argument("--gradient", help="write the gradient of J there, as .npz")
    arguments = parser.parse_args()
    samples = numpy.load(arguments.data)
    x = samples if arguments.prepared else model.prepare(samples)
    cost, gradient = model.cost_and_gradient(x)
    if arguments.code:
        numpy.save(arguments.code, to_numpy(model.encode(x)))
    if arguments.pre:
        numpy.save(arguments.pre, to_numpy(model.encode(x, layer="pre")))
    if arguments.gradient:
        numpy.savez(arguments.gradient, **{name: to_numpy(value) for name, value in gradient.items()})
    print(json.dumps({"samples": len(x), **{name: float(value) for name, value in cost._asdict().items()}}))
