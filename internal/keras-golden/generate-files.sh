#!/usr/bin/env bash
# Makes the model files of several versions of Keras that @lamella/keras is tested with. Usage: generate-files.sh [VERSION ...]
set -euo pipefail

here="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"
cd "$here"
target=../../packages/keras/test/fixtures

# The versions, and a TensorFlow that each runs on.
declare -A tensorflow=([2.15.0]=2.15.1 [3.0.5]=2.16.2 [3.5.0]=2.16.2 [3.15.1]=2.21.0)
versions=("$@")
[ ${#versions[@]} -gt 0 ] || versions=(2.15.0 3.0.5 3.5.0 3.15.1)

for version in "${versions[@]}"; do
  venv=".venv/files/$version"
  if [ ! -e "$venv/installed" ]; then
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "tensorflow-cpu==${tensorflow[$version]}"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps "keras==$version"
    touch "$venv/installed"
  fi
  "$venv/bin/python" -m model_files.make "$target"
done

"$venv/bin/python" -m model_files.hdf5 ../../packages/keras/test/goldens/hdf5.json
