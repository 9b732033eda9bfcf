"""Writes wine-train.csv (120 rows) and wine-test.csv (58) from the UCI wine table that scikit-learn ships.

Run with scikit-learn and NumPy installed: python make.py
"""

import csv

import numpy
from sklearn.datasets import load_wine

wine = load_wine()
order = numpy.random.default_rng(0).permutation(len(wine.data))
header = [name.replace("/", "_") for name in wine.feature_names] + ["class"]
for name, rows in (("wine-train.csv", order[:120]), ("wine-test.csv", order[120:])):
    with open(name, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            values = [repr(float(value)) for value in wine.data[row]]
            writer.writerow(values + [wine.target_names[wine.target[row]]])
