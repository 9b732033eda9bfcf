"""Arrays: NumPy's, safetensors, IDX and CIFAR's batches."""
import gzip, struct

import numpy as np
import safetensors.numpy

import measured
from sources import COLOUR, colour_set, digits, faces, grey_patches, photograph, planes, rows


def write(corpus):
    pictures(corpus)
    vectors(corpus)
    archives(corpus)
    tensors(corpus)
    idx(corpus)
    batches(corpus)


def pictures(corpus):
    values, _ = digits()
    np.save(corpus.path("digits.npy"), values)
    corpus.case("T", "digits.npy", "pictures", values, shape=[8, 8, 1], run="small grey pictures")

    np.save(corpus.path("faces.npy"), faces())
    corpus.case("R", "faces.npy", "pictures", faces(), shape=[25, 25, 1], run="small grey pictures")

    np.save(corpus.path("faces-fortran.npy"), np.asfortranarray(rows(faces()).astype(np.float64)))
    corpus.case("T", "faces-fortran.npy", "pictures", faces(), shape=[25, 25, 1])

    np.save(corpus.path("digits-int64.npy"), values.astype(np.int64).reshape(-1, 8, 8))
    corpus.case("R", "digits-int64.npy", "pictures", values, shape=[8, 8, 1])

    patches = grey_patches(10_000, 8, 11)
    np.save(corpus.path("patches.npy"), rows(patches) / np.float32(255))
    corpus.case("T", "patches.npy", "pictures", rows(patches) / np.float32(255), shape=[8, 8, 1], run="raw patches")

    patches = grey_patches(4_000, 12, 12)
    np.save(corpus.path("patches12.npy"), patches)
    corpus.case("R", "patches12.npy", "pictures", patches, shape=[12, 12, 1], run="raw patches")
    corpus.case("R", "patches12.npy", "pictures", patches / 255, name="patches12.npy, levels", shape=[12, 12, 1],
                matrix_options=())

    # channels last, as Keras has them; first, as PyTorch; flat
    colours, _ = colour_set(2_000, 16, 13)
    np.save(corpus.path("colours16.npy"), colours)
    corpus.case("T", "colours16.npy", "pictures", colours, shape=[16, 16, 3], run="small colour pictures")

    colours, _ = colour_set(500, 32, 14)
    np.save(corpus.path("colours-first.npy"), (colours.transpose(0, 3, 1, 2) / 255).astype(np.float32))
    corpus.case("R", "colours-first.npy", "pictures", (colours / 255).astype(np.float32), shape=[32, 32, 3],
                run="small colour pictures")

    np.save(corpus.path("colours-planes.npy"), planes(colours[:500]))
    corpus.case("T", "colours-planes.npy", "pictures", colours[:500], shape=[32, 32, 3])

    large, _ = colour_set(40, 64, 15, 2)
    np.save(corpus.path("colours-flat64.npy"), rows(large) / np.float32(255))
    corpus.case("R", "colours-flat64.npy", "pictures", rows(large) / np.float32(255), shape=[64, 64, 3])

    # one photograph
    np.save(corpus.path("coffee.npy"), photograph("coffee")[:200, :300])
    corpus.photographs("T", "coffee.npy", [(200, 300)], True, photograph("coffee")[None, :200, :300] / 255)


def vectors(corpus):
    np.save(corpus.path("paragraphs.npy"), measured.paragraphs(256).astype(np.float16))
    corpus.case("T", "paragraphs.npy", "vectors", measured.paragraphs(256).astype(np.float16), run="embeddings")

    np.save(corpus.path("gradients.npy"), measured.gradients())
    corpus.case("R", "gradients.npy", "vectors", measured.gradients(), run="embeddings")

    spectra = measured.texture_spectra()
    np.save(corpus.path("textures.npy"), spectra.astype(">f4"))
    corpus.case("T", "textures.npy", "vectors", spectra, run="curves and spectra")

    counts = np.rint(spectra[:500] * 1000).astype(">i2")
    np.save(corpus.path("textures-int16.npy"), counts)
    corpus.case("R", "textures-int16.npy", "vectors", counts)

    # frames are columns; arrays are turned only if asked
    decibels = measured.spectrogram(129, 2_000, 16).astype(np.float32)
    np.save(corpus.path("spectrogram.npy"), decibels)
    corpus.case("T", "spectrogram.npy", "vectors", decibels.T, transposed=True, options=["--transpose", "yes"],
                tags=["transposed"])
    corpus.case("R", "spectrogram.npy", "vectors", decibels, name="spectrogram.npy, as it is")


def archives(corpus):
    values, classes = digits()
    images = values.reshape(-1, 8, 8).astype(np.uint8)
    np.savez(corpus.path("mnist-like.npz"), x_train=images[:1500], y_train=classes[:1500], x_test=images[1500:],
             y_test=classes[1500:])
    corpus.case("R", "mnist-like.npz", "pictures", images[:1500], shape=[8, 8, 1], labels=classes[:1500].tolist())

    np.savez_compressed(corpus.path("bunch.npz"), data=values, target=classes, target_names=[str(d) for d in range(10)],
                        feature_names=[f"pixel_{y}_{x}" for y in range(8) for x in range(8)])
    corpus.case("T", "bunch.npz", "pictures", values, shape=[8, 8, 1], labels=classes.tolist())

    np.savez_compressed(corpus.path("faces.npz"), X=(faces() * 255).round().astype(np.uint8)[..., None],
                        y=np.repeat([1, 0], 100), mean=faces().mean(axis=0))
    corpus.case("R", "faces.npz", "pictures", (faces() * 255).round() / 255, shape=[25, 25, 1], matrix_options=(),
                labels=[1] * 100 + [0] * 100)

    np.savez(corpus.path("layers.npz"), conv=faces()[:, :5, :5], hidden=measured.paragraphs(64).astype(np.float32))
    corpus.case("T", "layers.npz", "vectors", measured.paragraphs(64).astype(np.float32), options=["--variable", "hidden"])


def tensors(corpus):
    words, places = measured.words(144)
    kinds = np.array([len(word) for word in words])
    safetensors.numpy.save_file({"embeddings": places.astype(np.float32), "labels": kinds},
                                corpus.path("words.safetensors"))
    corpus.case("T", "words.safetensors", "vectors", places.astype(np.float32), labels=kinds.tolist(), run="embeddings")

    colours, classes = colour_set(500, 32, 17)
    safetensors.numpy.save_file({"images": np.ascontiguousarray(colours.transpose(0, 3, 1, 2)), "labels": classes},
                                corpus.path("colours.safetensors"), metadata={"format": "pt"})
    corpus.case("R", "colours.safetensors", "pictures", colours, shape=[32, 32, 3], labels=classes.tolist())

    half = measured.paragraphs(256)[:, :128].astype(np.float16)
    safetensors.numpy.save_file({"model.norm": np.ones(128, np.float16), "model.hidden": half},
                                corpus.path("hidden.safetensors"))
    corpus.case("R", "hidden.safetensors", "vectors", half, run="embeddings")


def idx(corpus):
    values, classes = digits()
    shape = (len(values), 8, 8)

    def written(name, code, shape, values, open=open):
        with open(corpus.path(name), "wb") as file:
            file.write(bytes([0, 0, code, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + values.tobytes())

    written("digits/train-images-idx3-ubyte.gz", 8, shape, values.astype(np.uint8), gzip.open)
    written("digits/train-labels-idx1-ubyte.gz", 8, shape[:1], classes.astype(np.uint8), gzip.open)
    corpus.case("T", "digits/train-images-idx3-ubyte.gz", "pictures", values, shape=[8, 8, 1], labels=classes.tolist(),
                run="small grey pictures")

    written("faces-idx3-float", 13, (200, 25, 25), faces().astype(">f4"))
    corpus.case("R", "faces-idx3-float", "pictures", faces(), shape=[25, 25, 1])


def batches(corpus):
    colours, classes = colour_set(1_600, 32, 18)
    records = np.column_stack([classes, planes(colours)]).astype(np.uint8)
    for number in (1, 2):
        records[(number - 1) * 800:number * 800].tofile(corpus.path(f"cifar-10-batches-bin/data_batch_{number}.bin"))
    records[:100].tofile(corpus.path("cifar-10-batches-bin/test_batch.bin"))
    corpus.path("cifar-10-batches-bin/batches.meta.txt").write_text("\n".join(COLOUR) + "\n\n")
    corpus.case("T", "cifar-10-batches-bin", "pictures", colours, shape=[32, 32, 3], labels=classes.tolist(),
                run="small colour pictures")
    corpus.case("R", "cifar-10-batches-bin/data_batch_2.bin", "pictures", colours[800:], shape=[32, 32, 3],
                labels=classes[800:].tolist(), run="small colour pictures")

    fine = np.arange(1_600) % 100
    np.column_stack([fine // 5, fine, planes(colours)]).astype(np.uint8)[:500].tofile(corpus.path("cifar-100/train.bin"))
    corpus.case("T", "cifar-100/train.bin", "pictures", colours[:500], shape=[32, 32, 3], labels=fine[:500].tolist())
