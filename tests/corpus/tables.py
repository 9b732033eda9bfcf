"""Tables that pandas writes."""
import numpy as np
import pandas as pd
import sklearn.datasets
import statsmodels.api as sm

import measured
from sources import digits


def frame(name):
    """A set of scikit-learn's, its columns' names, and the classes in words."""
    bunch = getattr(sklearn.datasets, "load_" + name)(as_frame=True)
    return bunch.data, bunch.target.map(dict(enumerate(map(str, bunch.target_names))))


def dropped(**why):
    """`_0` is the column without a name, which the lab calls by its place."""
    return [{"column": column.removeprefix("_"), "reason": reason} for column, reason in why.items()]


def written(values, form):
    """The numbers that text in this form has."""
    return np.vectorize(lambda value: float(form % value))(values)


def write(corpus):
    flowers(corpus)
    wines(corpus)
    patients(corpus)
    economies(corpus)
    series(corpus)
    without_names(corpus)


def flowers(corpus):
    iris, species = frame("iris")
    names, values, classes = list(iris), iris.to_numpy(), species.to_list()

    iris.assign(species=species).to_csv(corpus.path("iris.csv"), index=False)
    corpus.case("T", "iris.csv", "table", values, names=names, label="species", labels=classes, run="few columns")

    iris.assign(target=species.factorize()[0]).to_csv(corpus.path("iris-indexed.csv"))
    corpus.case("R", "iris-indexed.csv", "table", values, names=names, label="target", labels=classes,
                dropped=dropped(_0="index"), tags=["index"])

    # Excel in Germany
    iris.assign(Art=species).to_csv(corpus.path("iris-excel.csv"), index=False, sep=";", decimal=",",
                                    encoding="utf-8-sig", lineterminator="\r\n")
    corpus.case("T", "iris-excel.csv", "table", values, names=names, label="Art", labels=classes, tags=["comma"])

    # and in Windows' own code
    german = ["Länge", "Breite", "Blütenlänge", "Blütenbreite"]
    table = iris.set_axis(german, axis=1).assign(Sorte=species.str.replace("v", "ü"))
    table.to_csv(corpus.path("iris-windows.csv"), index=False, sep=";", decimal=",", encoding="cp1252")
    corpus.case("R", "iris-windows.csv", "table", values, names=german, label="Sorte", labels=classes, tags=["comma"])

    # one column alone
    iris["petal width (cm)"].to_csv(corpus.path("petal-width.csv"))
    corpus.case("R", "petal-width.csv", "table", iris[["petal width (cm)"]], names=["petal width (cm)"],
                dropped=dropped(_0="index"), tags=["index"])

    # and where commas separate all the same
    iris.to_csv(corpus.path("iris-quoted.csv"), index=False, decimal=",")
    corpus.case("T", "iris-quoted.csv", "table", values, names=names, options=["--decimal-comma"], tags=["comma"])

    gaps = iris.mask(np.random.default_rng(1).random(iris.shape) < .03)
    whole = gaps.notna().all(axis=1)
    gaps.assign(species=species).to_csv(corpus.path("iris-gaps.csv"), index=False)
    corpus.case("T", "iris-gaps.csv", "table", gaps[whole], names=names, label="species", tags=["incomplete"],
                labels=species[whole], rows_left_out=int((~whole).sum()))
    corpus.case("R", "iris-gaps.csv", "table", gaps.fillna(gaps.mean()), name="iris-gaps.csv, filled", names=names,
                label="species", labels=classes, options=["--fill-mean"], tags=["incomplete"])

    iris.T.to_csv(corpus.path("iris-columns.csv"), header=False, index=False)
    corpus.case("T", "iris-columns.csv", "table", values, names=[], options=["--transpose", "yes"], transposed=True,
                tags=["transposed"])


def wines(corpus):
    wine, cultivar = frame("wine")
    names, values, classes = list(wine), wine.to_numpy(), cultivar.to_list()
    number = pd.Series(cultivar.factorize()[0] + 1)

    middle = wine.round(3)
    middle.insert(6, "class", number)
    middle.to_csv(corpus.path("wine.csv"), float_format="%.3f", index=False)
    corpus.case("R", "wine.csv", "table", written(wine, "%.3f"), names=names, label="class", labels=classes, run="few columns")

    wine.assign(cultivar=cultivar).to_csv(corpus.path("wine-unicode.txt"), sep="\t", index=False, encoding="utf-16")
    corpus.case("T", "wine-unicode.txt", "table", values, names=names, label="cultivar", labels=classes, tags=["utf-16"])

    # as the machine-learning repository has it: the class first, and no names
    pd.concat([number, wine], axis=1).to_csv(corpus.path("wine.data"), header=False, index=False)
    corpus.case("R", "wine.data", "table", values, names=[], label="0", labels=classes, options=["--label", "0"])

    wine.to_csv(corpus.path("wine-indexed.csv.gz"))
    corpus.case("T", "wine-indexed.csv.gz", "table", values, names=names, dropped=dropped(_0="index"), tags=["index"])

    chosen = ["proline", "alcohol", "hue"]
    wine.to_csv(corpus.path("wine-all.csv"), index=False)
    corpus.case("T", "wine-all.csv", "table", wine[chosen], names=chosen, options=["--columns", ",".join(chosen)],
                dropped=[{"column": name, "reason": "not-chosen"} for name in names if name not in chosen])


def patients(corpus):
    cancer, diagnosis = frame("breast_cancer")
    names, values, classes = list(cancer), cancer.to_numpy(), diagnosis.to_list()

    cancer.assign(diagnosis=diagnosis).to_csv(corpus.path("breast-cancer.csv"), index=False)
    corpus.case("T", "breast-cancer.csv", "table", values, names=names, label="diagnosis", labels=classes,
                run="many columns")

    # as it is passed around: an identifier, M or B, and a comma at the end of each line
    known = cancer.rename(columns=lambda name: name.replace(" ", "_"))
    known.insert(0, "diagnosis", diagnosis.map({"malignant": "M", "benign": "B"}))
    known.insert(0, "id", np.random.default_rng(2).permutation(900_000)[:len(known)] + 8_000)
    known["Unnamed: 32"] = np.nan
    known.to_csv(corpus.path("data.csv"), index=False)
    corpus.case("R", "data.csv", "table", values, names=list(known)[2:-1], label="diagnosis", labels=classes,
                dropped=[{"column": "id", "reason": "index"}, {"column": "Unnamed: 32", "reason": "empty"}], tags=["index"])

    diabetes = sklearn.datasets.load_diabetes(as_frame=True)
    diabetes.frame.to_csv(corpus.path("diabetes.tsv"), sep="\t", index=False)
    corpus.case("T", "diabetes.tsv", "table", diabetes.data, names=list(diabetes.data), label="target",
                labels=diabetes.target, run="few columns")

    raw = sklearn.datasets.load_diabetes(as_frame=True, scaled=False).data
    raw.to_csv(corpus.path("diabetes-raw.csv"), sep=";", decimal=",", index=True, index_label="patient")
    corpus.case("R", "diabetes-raw.csv", "table", raw, names=list(raw), dropped=dropped(patient="index"),
                tags=["comma", "index"])

    words = raw.assign(sex=raw["sex"].map({1: "female", 2: "male"}), ward=["north", "south", "west"] * 147 + ["east"],
                       seen=pd.date_range("2024-01-01", periods=len(raw)).strftime("%d.%m.%Y"))
    words.to_csv(corpus.path("diabetes-words.csv"), index=False)
    numbers = raw.drop(columns="sex")
    corpus.case("T", "diabetes-words.csv", "table", numbers, names=list(numbers),
                dropped=dropped(sex="words", ward="words", seen="dates"))

    # pandas makes columns of true and false of categories
    flags = pd.get_dummies(raw.assign(sex=words["sex"], ward=words["ward"]), columns=["sex", "ward"])
    flags.to_csv(corpus.path("diabetes-flags.csv"), index=False)
    corpus.case("R", "diabetes-flags.csv", "table", flags.astype(float), names=list(flags), run="few columns")

    linnerud = sklearn.datasets.load_linnerud(as_frame=True)
    both = pd.concat([linnerud.data, linnerud.target], axis=1)
    both.to_csv(corpus.path("linnerud.csv"), index=False)
    corpus.case("R", "linnerud.csv", "table", both, names=list(both))

    # numbers are the columns' names when a frame is made of an array
    pd.DataFrame(values).to_csv(corpus.path("breast-cancer-array.csv"), index=False)
    corpus.case("T", "breast-cancer-array.csv", "table", values, names=[str(place) for place in range(30)])
    pd.DataFrame(values).to_csv(corpus.path("breast-cancer-array-indexed.csv"))
    corpus.case("R", "breast-cancer-array-indexed.csv", "table", values, names=[str(place) for place in range(30)],
                dropped=dropped(_0="index"), tags=["index"])


def economies(corpus):
    macro = sm.datasets.macrodata.load_pandas().data
    dates = pd.PeriodIndex.from_fields(year=macro["year"], quarter=macro["quarter"], freq="Q").to_timestamp()
    values = macro.drop(columns=["year", "quarter"])
    values.set_index(pd.Index(dates, name="date")).to_csv(corpus.path("macrodata.csv"))
    corpus.case("R", "macrodata.csv", "table", values, names=list(values), dropped=dropped(date="dates"),
                run="few columns")

    counties = sm.datasets.star98.load_pandas().data
    counties.to_csv(corpus.path("star98.csv"), float_format="%.4f")
    corpus.case("R", "star98.csv", "table", written(counties, "%.4f"), names=list(counties),
                dropped=dropped(_0="index"), run="many columns", tags=["index"])

    states = sm.datasets.statecrime.load_pandas().data
    states.to_csv(corpus.path("statecrime.csv"))
    corpus.case("T", "statecrime.csv", "table", states, names=list(states), dropped=dropped(state="words"))

    affairs = sm.datasets.fair.load_pandas().data
    affairs.to_csv(corpus.path("fair.csv.gz"), index=False)
    corpus.case("T", "fair.csv.gz", "table", affairs, names=list(affairs), run="few columns")

    visits = sm.datasets.randhie.load_pandas().data
    visits.to_csv(corpus.path("randhie.csv"), index=False)
    corpus.case("R", "randhie.csv", "table", visits, names=list(visits), run="few columns")

    voters = sm.datasets.anes96.load_pandas().data
    voters.to_csv(corpus.path("anes96.csv"), index=False, na_rep="NA")
    corpus.case("T", "anes96.csv", "table", voters, names=list(voters), run="few columns")


def series(corpus):
    weeks = sm.datasets.co2.load_pandas().data
    weeks.to_csv(corpus.path("co2.csv"))
    corpus.case("R", "co2.csv", "table", weeks.dropna(), names=["co2"], dropped=dropped(_0="index"),
                rows_left_out=int(weeks["co2"].isna().sum()), tags=["incomplete", "index"])

    spots = sm.datasets.sunspots.load_pandas().data
    spots.to_csv(corpus.path("sunspots.csv"), index=False)
    corpus.case("T", "sunspots.csv", "table", spots, names=list(spots))

    ocean = sm.datasets.elnino.load_pandas().data.set_index("YEAR")
    ocean.columns = [name.title() for name in ocean]
    ocean.to_csv(corpus.path("elnino.csv"), index=False)
    corpus.case("R", "elnino.csv", "table", ocean, names=list(ocean), run="few columns")

    curves, prevails, wavelengths = measured.absorption()
    table = pd.DataFrame(curves, columns=wavelengths)
    table.insert(0, "class", np.array(["a", "b", "carotene"])[prevails])
    table.to_csv(corpus.path("absorption.csv"), index=False, float_format="%.5f")
    corpus.case("T", "absorption.csv", "table", written(curves, "%.5f"), names=list(map(str, wavelengths)),
                label="class", labels=prevails.tolist(), run="curves and spectra")


def without_names(corpus):
    values, classes = digits()

    named = pd.DataFrame(values.astype(int), columns=[f"pixel{place}" for place in range(64)])
    named.insert(0, "label", classes)
    named.to_csv(corpus.path("train.csv"), index=False)
    corpus.case("R", "train.csv", "pictures", values, shape=[8, 8, 1], label="label", labels=classes.tolist(),
                run="small grey pictures")

    pd.DataFrame(np.column_stack([values, classes]).astype(int)).to_csv(corpus.path("digits.csv"), header=False,
                                                                       index=False)
    corpus.case("T", "digits.csv", "pictures", values, shape=[8, 8, 1], label="64", labels=classes.tolist(),
                options=["--label", "64"])

    words, places = measured.words(100)
    table = pd.DataFrame(places, index=words).rename_axis("word").add_prefix("d")
    table.to_csv(corpus.path("word-vectors.csv"), float_format="%.6f")
    corpus.case("R", "word-vectors.csv", "table", written(places, "%.6f"), names=list(table), dropped=dropped(word="words"),
                run="embeddings")
