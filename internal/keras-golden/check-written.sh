#!/usr/bin/env bash
# Lets real Keras load what lamella writes of the layer cases. Usage: check-written.sh [LAYER ...], e.g. check-written.sh dense lstm
set -euo pipefail

cd "$(dirname -- "${BASH_SOURCE[0]}")"
node=../../node_modules/.bin/node
[ -x "$node" ] || node=node

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"$node" --conditions=@lamella/source dump-cases.ts > "$folder/cases.json"
"$node" --conditions=@lamella/source ../conformance/src/written-models.ts "$@" > "$folder/written.jsonl"

.venv/bin/python -m lamella_golden.check_written "$folder/cases.json" "$folder/written.jsonl"
