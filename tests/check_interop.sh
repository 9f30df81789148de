#!/usr/bin/env bash
# other people's tools read our traces: python-can, can-utils, scapy's ISO-TP and UDS layers
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
story=scenarios/spare_key_ordered_and_coded.json
for kind in log asc pcapng; do
    build/bin/kmsim run --in-process --trace "$work/trace.$kind" "$story" > /dev/null
done
log2asc -I "$work/trace.log" -O "$work/converted.asc" kcan-s kcan-p
/usr/bin/python3 tests/interop.py "$work"
