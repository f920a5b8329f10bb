#!/usr/bin/env bash
# Regenerates the golden data from real Keras. Usage: generate.sh [NAME ...], e.g. generate.sh dense trajectories
set -euo pipefail

here="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"
cd "$here"

stamp=.venv/requirements.txt
if ! cmp -s requirements.txt "$stamp"; then
  python3 -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
  cp requirements.txt "$stamp"
fi

node=../../node_modules/.bin/node
[ -x "$node" ] || node=node

cases="$(mktemp)"
trap 'rm -f "$cases"' EXIT
"$node" --conditions=@lamella/source dump-cases.ts > "$cases"

.venv/bin/python -m lamella_golden "$cases" "$@"
