"""What is expected of each file."""
import collections, json

import numpy as np

# The kinds that have a recipe each; each must have runs in both halves.
KINDS = ["whitened grey patches", "raw patches", "colour patches", "small grey pictures", "small colour pictures",
         "few columns", "many columns", "curves and spectra", "embeddings"]
HALVES = {"T": "tuning", "R": "reported"}
# Cases that have to be there.
TAGS = ["transposed", "index", "incomplete", "comma", "utf-16", "exif", "pages", "subfolders"]


def narrowest(values):
    """The same in fewer bytes: single precision is enough to compare to 1e-6."""
    with np.errstate(invalid="ignore"):
        narrow = values.astype(np.uint8)
    return narrow if np.array_equal(narrow, values) else values.astype(np.float32)


class Corpus:
    def __init__(self, folder):
        self.folder, self.cases = folder, []
        for part in ("files", "expected"):
            (folder / part).mkdir(parents=True, exist_ok=True)

    def path(self, name):
        path = self.folder / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def case(self, half, data, kind, expected=None, *, name=None, options=(), matrix_options=("--preprocess", "none"),
             tolerance=1e-6, run=None, tags=(), labels=None, shape=None, **understood):
        """`data`: one file's name or several. `expected`: the matrix with `options` and `matrix_options`. `labels`: each
        sample's class. `understood`: what `data --json` must say besides, with `options` alone."""
        data = [data] if isinstance(data, str) else list(data)
        name = name or data[0]
        assert all(self.path(file).exists() for file in data), data
        assert run is None or run in KINDS, run
        assert all(other["name"] != name for other in self.cases), name
        understood = {"kind": kind, "label": None, "dropped": [], "rows_left_out": 0, "transposed": False} | understood
        matrix = None
        if expected is not None:
            expected = np.asarray(expected, dtype=np.float64)
            expected = narrowest(expected.reshape(len(expected), -1))
            matrix = f"expected/{len(self.cases):03}.npy"
            np.save(self.folder / matrix, expected)
            if kind != "photographs":
                understood |= {"samples": expected.shape[0], "inputs": expected.shape[1]}
        if shape is None and kind in ("table", "vectors"):
            shape = [understood["inputs"]]
        understood["shape"] = shape and list(shape)
        understood["classes"] = None if labels is None else sorted(collections.Counter(labels).values(), reverse=True)
        self.cases.append({"name": name, "data": ["files/" + file for file in data], "options": list(options),
                           "expected": matrix, "matrix_options": list(matrix_options), "tolerance": tolerance,
                           "understood": understood, "half": HALVES[half], "run": run is not None, "recipe": run,
                           "tags": list(tags)})

    def photographs(self, half, data, sizes, colour, expected=None, **more):
        """Photographs (rows, columns) that are cut into 10,000 patches by suggestion."""
        more.setdefault("run", None)
        patch = [8, 8, 3 if colour else 1]
        self.case(half, data, "photographs", expected, samples=10_000, inputs=int(np.prod(patch)), shape=patch,
                  pictures=[list(map(int, size)) for size in sizes],
                  matrix_options=("--cut", "whole", "--preprocess", "none"), **more)

    def finish(self):
        def balanced(cases, what, most=1):
            counts = collections.Counter(case["half"] for case in cases)
            tuning, reported = counts["tuning"], counts["reported"]
            assert abs(tuning - reported) <= most, f"{what}: {tuning} for tuning and {reported} reported"
            return tuning, reported

        balanced(self.cases, "all", 2)
        for kind in KINDS:
            runs = [case for case in self.cases if case["recipe"] == kind]
            assert min(balanced(runs, kind)) > 0, kind
        for tag in TAGS:
            assert any(tag in case["tags"] for case in self.cases), tag
        assert len(self.cases) >= 64 and sum(case["run"] for case in self.cases) >= 26
        text = ",\n".join(json.dumps(case, ensure_ascii=False) for case in self.cases)
        (self.folder / "cases.json").write_text(f"[\n{text}\n]\n", encoding="utf-8")
