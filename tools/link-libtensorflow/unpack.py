"""Unpacks from a wheel the members whose names start with one of the prefixes. Usage: unpack.py FOLDER_OF_WHEEL TARGET PREFIX ..."""

import pathlib
import sys
import zipfile

folder, target, *prefixes = sys.argv[1:]
(wheel,) = pathlib.Path(folder).glob("*.whl")
with zipfile.ZipFile(wheel) as archive:
    archive.extractall(target, [name for name in archive.namelist() if name.startswith(tuple(prefixes))])
