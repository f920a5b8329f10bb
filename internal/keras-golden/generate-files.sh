#!/usr/bin/env bash
# Makes the model files of several versions of Keras that @lamella/keras is tested with, then checks that Keras 3.15 loads what
# lamella writes of them. Usage: generate-files.sh [VERSION ...], or generate-files.sh --check
set -euo pipefail

here="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"
cd "$here"
target=../../packages/keras/test/fixtures

# The versions, and a TensorFlow that each runs on.
declare -A tensorflow=([2.15.0]=2.15.1 [3.0.5]=2.16.2 [3.5.0]=2.16.2 [3.15.1]=2.21.0)
versions=("$@")
[ ${#versions[@]} -gt 0 ] || versions=(2.15.0 3.0.5 3.5.0 3.15.1)
[ "${1:-}" != --check ] || versions=()
newest=.venv/bin/python

for version in "${versions[@]}"; do
  venv=".venv/files/$version"
  if [ "$version" = 3.15.1 ] && [ -x "$newest" ]; then
    "$newest" -m model_files.make "$target"
    continue
  fi
  if [ ! -e "$venv/installed" ]; then
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "tensorflow-cpu==${tensorflow[$version]}"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps "keras==$version"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check dm-tree
    touch "$venv/installed"
  fi
  "$venv/bin/python" -m model_files.make "$target"
done

if [ ${#versions[@]} -gt 0 ]; then
  "$newest" -m model_files.hdf5 ../../packages/keras/test/goldens/hdf5.json
  jax=.venv/files/jax
  [ -e "$jax/jax" ] || "$newest" -m pip install --quiet --disable-pip-version-check --target "$jax" jax==0.10.2
  PYTHONPATH="$jax" "$newest" -m model_files.npz ../../packages/keras/test/goldens/npz.json
fi

node=../../node_modules/.bin/node
[ -x "$node" ] || node=node
written="$(mktemp -d)"
trap 'rm -rf "$written"' EXIT
"$node" --conditions=@lamella/source rewrite-files.ts "$target" "$written"
"$newest" -m model_files.check "$target" "$written"
