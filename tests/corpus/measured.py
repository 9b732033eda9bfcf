"""Curves, spectra and embeddings, computed from what the packages ship."""
import functools, inspect, warnings

import numpy as np
import pandas as pd
import scipy.signal, scipy.stats, sklearn, sklearn.cluster, sklearn.decomposition, sklearn.ensemble  # noqa: E401
import sklearn.linear_model, sklearn.metrics, sklearn.preprocessing, statsmodels.api as sm  # noqa: E401
from skimage.feature import hog
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from sources import GREY, crops, photograph


def texture_spectra():
    """(4608, 65): log spectra of rows of textures, 128 pixels long."""
    spectra = []
    for name in ("brick", "grass", "gravel"):
        picture = photograph(name, "L")[:, :512].astype(float)
        pieces = picture.reshape(-1, 128)[:1536]
        pieces = (pieces - pieces.mean(axis=1, keepdims=True)) * np.hanning(128)
        spectra.append(np.log1p(np.abs(np.fft.rfft(pieces))))
    return np.concatenate(spectra).astype(np.float32)


def spectrogram(frequencies, frames, seed):
    """(frequencies, frames) of gliding tones and pulses in noise, in decibels: frames are columns, as SciPy has it."""
    random = np.random.default_rng(seed)
    size = 2 * (frequencies - 1)
    rate, hop = 16_000, size // 2
    time = np.arange(hop * (frames + 1)) / rate
    sound = 0.05 * random.standard_normal(len(time))
    for _ in range(40):
        start, length = random.uniform(0, time[-1] - 1), random.uniform(0.2, 2)
        part = (time >= start) & (time < start + length)
        low, high = random.uniform(200, 7000, 2)
        sound[part] += scipy.signal.chirp(time[part] - start, low, length, high) * random.uniform(0.3, 1)
    _, _, power = scipy.signal.spectrogram(sound, rate, nperseg=size, noverlap=size - hop)
    return 10 * np.log10(power[:, :frames] + 1e-10)


def absorption():
    """(800, 301) curves of three substances mixed, over 400 to 700 nm, which one prevails, and the wavelengths."""
    random = np.random.default_rng(5)
    wavelengths = np.arange(400, 701)
    bands = [[(430, 15, 1), (662, 12, .8)], [(455, 18, .9), (642, 10, .5)], [(450, 30, 1), (480, 12, .7), (545, 25, .3)]]
    pure = np.array([sum(h * np.exp(-((wavelengths - at) / w) ** 2 / 2) for at, w, h in band) for band in bands])
    parts = random.dirichlet([.7] * 3, 800)
    curves = parts @ pure + random.uniform(0, .2, (800, 1)) + .005 * random.standard_normal((800, 301))
    return curves, parts.argmax(axis=1), wavelengths


def carbon_dioxide():
    """(m, 52): a year of weeks each, a month apart, less its mean."""
    weeks = sm.datasets.co2.load_pandas().data["co2"].interpolate().to_numpy()
    years = np.lib.stride_tricks.sliding_window_view(weeks, 52)[::4]
    return years - years.mean(axis=1, keepdims=True)


@functools.cache
def texts():
    """Paragraphs of the packages' own documentation."""
    modules = [np, np.linalg, np.random, pd, scipy.signal, scipy.stats, sklearn.cluster, sklearn.decomposition,
               sklearn.ensemble, sklearn.linear_model, sklearn.metrics, sklearn.preprocessing, pd.DataFrame, pd.Series]
    found = set()
    for module in modules:
        for name in sorted(dir(module)):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                documentation = inspect.getdoc(getattr(module, name, None)) or ""
            parts = (" ".join(part.split()) for part in documentation.split("\n\n"))
            found.update(part for part in parts if len(part) > 80 and ">>>" not in part)
    return sorted(found)


@functools.cache
def paragraphs(size):
    """(m, size): each paragraph's place in the space of latent meanings."""
    counts = TfidfVectorizer(stop_words="english", min_df=3, sublinear_tf=True).fit_transform(texts())
    counts = counts[np.asarray(counts.sum(axis=1)).ravel() > 0][:4000]
    return TruncatedSVD(size, random_state=0).fit_transform(counts)


@functools.cache
def words(size):
    """Words, and the place of each."""
    vectorizer = TfidfVectorizer(stop_words="english", min_df=8, token_pattern=r"[a-z]{3,}")
    counts = vectorizer.fit_transform(texts())
    return list(vectorizer.get_feature_names_out()), TruncatedSVD(size, random_state=1).fit_transform(counts.T)


@functools.cache
def gradients():
    """(1800, 225): histograms of oriented gradients, 9 in each of 5×5 cells: a square number that is no picture."""
    pieces = np.concatenate([crops(name, 300, 25, 70 + at, 1, "L") for at, name in enumerate(GREY)])
    describe = functools.partial(hog, orientations=9, pixels_per_cell=(5, 5), cells_per_block=(1, 1))
    return np.stack([describe(piece) for piece in pieces]).astype(np.float32)
