"""MATLAB's files, by SciPy."""
import numpy as np
import scipy.io

import measured
from sources import GREY, colour_set, digits, faces, grey_patches, photograph, rows


def squares():
    """Six photographs of 512×512 in [0, 1]."""
    grey = [photograph(name, "L")[:512, :512] for name in GREY if min(photograph(name, "L").shape) >= 512]
    grey += [photograph(name, "L")[-512:, -512:] for name in ("astronaut", "ihc")]
    grey += [photograph(name, "L")[:512, :512] for name in ("retina", "hubble_deep_field")]
    grey.append(photograph("retina", "L")[500:1012, 500:1012])
    return np.stack(grey[-6:]) / 255


def whitened(pictures):
    """As Olshausen and Field did, to a variance of .1."""
    f = np.hypot(*np.meshgrid(np.fft.fftfreq(512), np.fft.fftfreq(512)))
    filtered = np.real(np.fft.ifft2(np.fft.fft2(pictures) * f * np.exp(-(f / .4) ** 4)))
    filtered -= filtered.mean(axis=(1, 2), keepdims=True)
    return filtered * np.sqrt(.1 / filtered.var(axis=(1, 2), keepdims=True))


def write(corpus):
    def save(name, arrays, **more):
        scipy.io.savemat(corpus.path(name), arrays, **more)

    # columns are samples there, and in spectrograms
    patches = rows(grey_patches(10_000, 8, 21)) / 255
    patches -= patches.mean(axis=1, keepdims=True)
    deviation = 3 * patches.std()
    patches = (np.clip(patches, -deviation, deviation) / deviation + 1) * .4 + .1
    save("patches.mat", {"patches": patches.T})
    corpus.case("R", "patches.mat", "pictures", patches, shape=[8, 8, 1], transposed=True, tags=["transposed"],
                run="raw patches")

    sampled = rows(grey_patches(5_000, 10, 22)).astype(np.float32)
    save("sampled.mat", {"X": sampled.T, "mean": sampled.mean(axis=0)[:, None]}, do_compression=True)
    corpus.case("T", "sampled.mat", "pictures", sampled, shape=[10, 10, 1], transposed=True, tags=["transposed"],
                run="raw patches")

    decibels = measured.spectrogram(257, 2_000, 23)
    save("spectrogram.mat", {"S": decibels.astype(np.float32), "fs": 16_000.0, "note": "chirps"}, do_compression=True)
    corpus.case("R", "spectrogram.mat", "vectors", decibels.astype(np.float32).T, transposed=True, tags=["transposed"],
                run="curves and spectra")

    pictures = squares()
    sizes = [(512, 512)] * len(pictures)
    save("IMAGES_RAW.mat", {"IMAGESr": pictures.transpose(1, 2, 0).astype(np.float32)}, do_compression=True)
    corpus.photographs("T", "IMAGES_RAW.mat", sizes, False, pictures.astype(np.float32), run="whitened grey patches")
    flat = whitened(pictures).astype(np.float32)
    save("IMAGES.mat", {"IMAGES": flat.transpose(1, 2, 0)}, do_compression=True)
    corpus.photographs("R", "IMAGES.mat", sizes, False, flat, run="whitened grey patches")

    values, classes = digits()
    save("digits_fea.mat", {"fea": values, "gnd": classes[:, None] + 1})
    corpus.case("T", "digits_fea.mat", "pictures", values, shape=[8, 8, 1], labels=classes.tolist())

    # rows × columns × count, beside what cannot be trained on
    notes = np.array(["faces", "and others"], dtype=object)
    save("faces.mat", {"info": {"made": "2024", "sizes": np.arange(3)}, "notes": notes,
                       "faces": faces().transpose(1, 2, 0).astype(np.float64)})
    corpus.case("R", "faces.mat", "pictures", faces(), shape=[25, 25, 1])

    colours, classes = colour_set(300, 32, 24)
    save("colours.mat", {"X": colours.transpose(1, 2, 3, 0), "y": classes[:, None]}, do_compression=True)
    corpus.case("T", "colours.mat", "pictures", colours / 255, shape=[32, 32, 3], labels=classes.tolist(),
                matrix_options=())

    paragraphs = measured.paragraphs(64)
    save("paragraphs_v4.mat", {"X": paragraphs}, format="4")
    corpus.case("T", "paragraphs_v4.mat", "vectors", paragraphs, run="embeddings")
