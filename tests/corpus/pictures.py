"""Pictures, by Pillow and tifffile."""
import shutil

import numpy as np
import tifffile
from PIL import Image, ImageOps

from sources import COLOUR, SHIPPED, colour_set, digits, faces, grey_patches, photograph, rows, shipped

ORIENTATION = 0x0112
# decoders of JPEG differ in how they interpolate colour
JPEG = 4.5 / 255


def small(name, mode, size=(200, 150)):
    return Image.fromarray(photograph(name, mode)).resize(size, Image.Resampling.BOX)


def write(corpus):
    grey(corpus)
    colour(corpus)
    turned(corpus)
    pages(corpus)
    folders(corpus)


def one(corpus, half, name, image, colour=None, white=255, **more):
    """A file with one photograph, as `image` shows it."""
    values = np.asarray(image).astype(float) / white
    colour = values.ndim == 3 if colour is None else colour
    corpus.photographs(half, name, [values.shape[:2]], colour, values[None], **more)


def grey(corpus):
    def copy(name):
        shutil.copy(shipped(name), corpus.path(shipped(name).name))
        return shipped(name).name

    for half, name in (("T", "camera"), ("R", "grass")):
        one(corpus, half, copy(name), Image.open(shipped(name)), run="whitened grey patches")

    moon = Image.open(shipped("moon"))
    deep = np.asarray(moon).astype(np.uint16) * 257 - np.arange(512, dtype=np.uint16) % 100
    deep[deep > 65_000] = 65_000
    Image.fromarray(deep).save(corpus.path("moon16.png"))
    one(corpus, "R", "moon16.png", deep, white=65_535, run="whitened grey patches")

    page = Image.open(shipped("page"))
    page.save(corpus.path("page.bmp"))
    one(corpus, "T", "page.bmp", page)

    bilevel = page.point(lambda level: 255 * (level > 128)).convert("1")
    bilevel.save(corpus.path("page1.png"))
    one(corpus, "T", "page1.png", bilevel.convert("L"))

    brick = Image.open(shipped("brick")).convert("L")
    brick.save(corpus.path("brick.jpg"), quality=95)
    one(corpus, "T", "brick.jpg", Image.open(corpus.path("brick.jpg")), tolerance=JPEG, run="whitened grey patches")

    data = ["coins.png", "gravel.png"]
    for name in ("coins", "gravel"):
        copy(name)
    sizes = [Image.open(shipped(name)).size[::-1] for name in ("coins", "gravel")]
    corpus.photographs("R", data, sizes, False, run="whitened grey patches", name="coins.png and gravel.png")


def colour(corpus):
    for half, name in (("T", "astronaut"), ("R", "china")):
        file = shipped(name).name
        shutil.copy(shipped(name), corpus.path(file))
        more = {"tolerance": JPEG} if file.endswith("jpg") else {}
        one(corpus, half, file, Image.open(shipped(name)).convert("RGB"), run="colour patches", **more)

    coffee = small("coffee", "RGB")
    coffee.save(corpus.path("coffee.webp"), lossless=True)
    one(corpus, "R", "coffee.webp", coffee, run="colour patches")

    chelsea = small("chelsea", "RGB").quantize(64)
    chelsea.save(corpus.path("chelsea8.png"))
    one(corpus, "T", "chelsea8.png", chelsea.convert("RGB"))

    logo = Image.open(shipped("logo")).convert("RGBA")
    logo.save(corpus.path("logo.png"))
    one(corpus, "R", "logo.png", logo.convert("RGB"))

    # grey, though it has three channels
    cell = Image.open(shipped("cell")).convert("L")
    cell.convert("RGB").save(corpus.path("cell.png"))
    one(corpus, "T", "cell.png", cell)

    small("rocket", "RGB").save(corpus.path("rocket.bmp"))
    one(corpus, "T", "rocket.bmp", small("rocket", "RGB"))

    small("ihc", "RGB", (256, 256)).save(corpus.path("ihc.tif"), compression="tiff_lzw")
    one(corpus, "R", "ihc.tif", small("ihc", "RGB", (256, 256)), run="colour patches")


def turned(corpus):
    """As cameras write them: lying, and a word on how to turn them."""
    for half, name, form, way in (("T", "flower", "jpg", 6), ("R", "china", "jpg", 3), ("R", "chelsea", "png", 8),
                                  ("T", "coffee", "webp", 5), ("R", "astronaut", "tif", 6)):
        file = f"{name}-turned.{form}"
        exif = Image.Exif()
        exif[ORIENTATION] = way
        more = {"jpg": {"quality": 92}, "webp": {"lossless": True}}.get(form, {})
        lying = small(name, "RGB", (240, 160))
        if form == "tif":
            lying.save(corpus.path(file), tiffinfo={ORIENTATION: way})
        else:
            lying.save(corpus.path(file), exif=exif, **more)
        with Image.open(corpus.path(file)) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
        assert (upright.size == (160, 240)) == (way > 4)
        one(corpus, half, file, upright, tags=["exif"], tolerance=JPEG if form == "jpg" else 1e-6,
            run="colour patches" if name == "flower" else None)


def pages(corpus):
    stack = [Image.fromarray((face * 255).round().astype(np.uint8)) for face in faces()]
    stack[0].save(corpus.path("faces.tif"), save_all=True, append_images=stack[1:])
    corpus.case("T", "faces.tif", "pictures", np.stack([np.asarray(face) for face in stack]) / 255, shape=[25, 25, 1],
                tags=["pages"])

    # what a microscope writes: counts, 32-bit floating point
    counts = grey_patches(300, 32, 31).astype(np.float32) * 16.5 + 100
    tifffile.imwrite(corpus.path("counts.tif"), counts, photometric="minisblack")
    corpus.case("R", "counts.tif", "pictures", counts, shape=[32, 32, 1], tags=["pages"], run="small grey pictures")

    deep = grey_patches(60, 48, 32).astype(np.uint16) * 16
    tifffile.imwrite(corpus.path("cells-imagej.tif"), deep, imagej=True, metadata={"axes": "TYX"})
    corpus.case("T", "cells-imagej.tif", "pictures", deep / 65_535, shape=[48, 48, 1], tags=["pages"])

    views = np.stack([photograph(name, "L")[:300, :300] for name in ("camera", "moon", "coins")])
    tifffile.imwrite(corpus.path("views.tif"), views, photometric="minisblack", compression="zlib")
    corpus.photographs("R", "views.tif", [(300, 300)] * 3, False, views / 255, tags=["pages"])

    shutil.copy(SHIPPED / "multipage.tif", corpus.path("multipage.tif"))
    corpus.case("T", "multipage.tif", "pictures", tifffile.imread(SHIPPED / "multipage.tif") / 255, shape=[15, 10, 1],
                tags=["pages"])


def folders(corpus):
    def saved(pictures, names):
        for picture, name in zip(pictures, names):
            Image.fromarray(picture).save(corpus.path(name))

    # numbers without leading zeros; what systems leave in folders
    bytes_ = (faces() * 255).round().astype(np.uint8)
    saved(bytes_, [f"faces/face_{at}.png" for at in range(200)])
    corpus.path("faces/.DS_Store").write_bytes(b"\0\0\0\1Bud1")
    corpus.path("faces/Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0")
    corpus.path("faces/README.txt").write_text("faces and others\n")
    corpus.case("R", "faces", "pictures", bytes_ / 255, shape=[25, 25, 1])

    values, classes = digits()
    order = np.argsort(classes, kind="stable")[::2]
    pixels = (values[order].reshape(-1, 8, 8) * 15.9375).astype(np.uint8)
    saved(pixels, [f"digits-by-class/{classes[at]}/{at:04}.png" for at in order])
    corpus.case("T", "digits-by-class", "pictures", rows(pixels) / 255, shape=[8, 8, 1], tags=["subfolders"],
                labels=classes[order].tolist())

    colours, classes = colour_set(300, 32, 33)
    for kind, name in enumerate(COLOUR):
        saved(colours[classes == kind], [f"colours/{name}/{at:03}.png" for at in range(30)])
    by_name = sorted(range(10), key=lambda kind: COLOUR[kind])
    corpus.case("R", "colours", "pictures", np.concatenate([colours[classes == kind] for kind in by_name]) / 255,
                shape=[32, 32, 3], tags=["subfolders"], labels=classes.tolist())

    # a holiday's: of any size and kind
    sizes = []
    for name, form, size in (("china", "jpg", (320, 213)), ("coffee", "png", (300, 200)), ("chelsea", "webp", (225, 150)),
                             ("rocket", "bmp", (320, 213)), ("flower", "jpeg", (213, 320))):
        small(name, "RGB", size).save(corpus.path(f"holiday/{name}.{form}"))
    for name in ("chelsea", "china", "coffee", "flower", "rocket"):
        path = next(corpus.path("holiday").glob(name + ".*"))
        sizes.append(Image.open(path).size[::-1])
    corpus.photographs("T", "holiday", sizes, True, run="colour patches")
