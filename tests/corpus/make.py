"""Writes the corpus: files as people have them, and beside them what the lab must make of each.

make.py FOLDER: FOLDER/files has the files, FOLDER/expected the matrices (m, n), FOLDER/cases.json the rest.
"""
import pathlib, shutil, sys, time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import arrays, matlab, pictures, tables, text  # noqa: E402
from cases import Corpus  # noqa: E402

folder = pathlib.Path(sys.argv[1])
if (folder / "cases.json").exists():
    shutil.rmtree(folder)
elif folder.exists() and any(folder.iterdir()):
    sys.exit(f"{folder} holds something else: choose an empty folder")
start = time.time()
corpus = Corpus(folder)
for part in (tables, text, arrays, matlab, pictures):
    part.write(corpus)
corpus.finish()
size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
runs = sum(case["run"] for case in corpus.cases)
print(f"{len(corpus.cases)} cases, {runs} of them for runs, {size / 1e6:.0f} MB in {time.time() - start:.0f} s: {folder}")
