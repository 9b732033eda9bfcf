"""What the packages ship, as arrays."""
import functools, pathlib

import numpy as np
import skimage
import sklearn.datasets
from PIL import Image

SHIPPED = pathlib.Path(skimage.__file__).parent / "data"
SHIPPED_TOO = pathlib.Path(sklearn.datasets.__file__).parent / "images"
COLOUR = ["astronaut", "chelsea", "coffee", "ihc", "motorcycle_left", "color", "rocket", "hubble_deep_field", "china",
          "flower"]
GREY = ["camera", "brick", "grass", "gravel", "moon", "coins"]


def shipped(name):
    """The path of a picture."""
    found = [*SHIPPED.glob(name + ".*"), *SHIPPED_TOO.glob(name + ".*")]
    assert len(found) == 1, (name, found)
    return found[0]


@functools.cache
def photograph(name, mode="RGB"):
    return np.asarray(Image.open(shipped(name)).convert(mode))


def digits():
    """(1797, 64) whole numbers from 0 to 16, and their classes."""
    bunch = sklearn.datasets.load_digits()
    return bunch.data, bunch.target


@functools.cache
def faces():
    """(200, 25, 25) f32 in [0, 1]: 100 faces, then 100 other things."""
    return np.load(SHIPPED / "lfw_subset.npy").astype(np.float32)


def crops(name, count, side, seed, shrink=1, mode="RGB"):
    """u8 squares from places at random."""
    picture = photograph(name, mode)
    if shrink > 1:
        size = (picture.shape[1] // shrink, picture.shape[0] // shrink)
        picture = np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX))
    random = np.random.default_rng(seed)
    places = zip(random.integers(0, picture.shape[0] - side + 1, count),
                 random.integers(0, picture.shape[1] - side + 1, count))
    return np.stack([picture[y:y + side, x:x + side] for y, x in places])


def colour_set(count, side, seed, shrink=4):
    """Colour squares of ten photographs, mixed, and which of them each is of."""
    each = np.concatenate([crops(name, count // 10, side, seed + at, shrink) for at, name in enumerate(COLOUR)])
    labels = np.repeat(np.arange(10), count // 10)
    order = np.random.default_rng(seed).permutation(len(labels))
    return each[order], labels[order]


def grey_patches(count, side, seed):
    """u8 squares of six photographs, mixed."""
    each = [crops(name, -(-count // len(GREY)), side, seed + at, 1, "L") for at, name in enumerate(GREY)]
    return np.random.default_rng(seed).permutation(np.concatenate(each))[:count]


def planes(pictures):
    """A row each: all red, all green, all blue."""
    return pictures.transpose(0, 3, 1, 2).reshape(len(pictures), -1)


def rows(pictures):
    return np.asarray(pictures).reshape(len(pictures), -1)
