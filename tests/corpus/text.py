"""Numbers as text, without pandas."""
import csv

import numpy as np
import sklearn.datasets

import measured
from sources import digits
from tables import written


def write(corpus):
    # names behind a #, spaces between
    values, _ = sklearn.datasets.load_wine(return_X_y=True)
    np.savetxt(corpus.path("wine.txt"), values, header=" ".join(sklearn.datasets.load_wine().feature_names))
    corpus.case("R", "wine.txt", "table", values)

    curves = measured.carbon_dioxide()
    np.savetxt(corpus.path("co2-years.txt"), curves, fmt="%.4f", delimiter="\t")
    corpus.case("R", "co2-years.txt", "table", written(curves, "%.4f"), names=[], run="curves and spectra")

    values, _ = sklearn.datasets.load_breast_cancer(return_X_y=True)
    np.savetxt(corpus.path("breast-cancer-comma.csv"), values, delimiter=",")
    corpus.case("T", "breast-cancer-comma.csv", "table", values, names=[], run="many columns")

    values, _ = digits()
    np.savetxt(corpus.path("digits.txt"), values, fmt="%d")
    corpus.case("R", "digits.txt", "pictures", values, shape=[8, 8, 1])

    iris = sklearn.datasets.load_iris()
    with open(corpus.path("iris.tsv"), "w", newline="", encoding="utf-16") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(["Größe", "Breite", "Blüte", "Blütenbreite", "Klasse"])
        for row, kind in zip(iris.data, iris.target):
            writer.writerow([str(value).replace(".", ",") for value in row] + [str(iris.target_names[kind])])
    corpus.case("R", "iris.tsv", "table", iris.data, names=["Größe", "Breite", "Blüte", "Blütenbreite"],
                label="Klasse", labels=iris.target.tolist(), tags=["utf-16", "comma"])

    sensors = np.random.default_rng(3).normal(size=(500, 40)) @ np.random.default_rng(4).normal(size=(40, 40)) / 6
    with open(corpus.path("sensors.csv"), "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["timestamp"] + [f"sensor_{place}" for place in range(40)])
        for at, row in enumerate(sensors):
            stamp = f"2025-03-{1 + at // 96 % 28:02} {at % 96 // 4:02}:{at % 4 * 15:02}:00"
            writer.writerow([stamp] + [f"{value:.6f}" for value in row])
    corpus.case("R", "sensors.csv", "table", written(sensors, "%.6f"), run="many columns",
                names=[f"sensor_{place}" for place in range(40)], dropped=[{"column": "timestamp", "reason": "dates"}])
