#!/usr/bin/env bash
# other people's tools read our traces: python-can, can-utils, scapy's and tshark's ISO-TP and UDS layers
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
story=scenarios/spare_key_ordered_and_coded.json
for kind in log asc pcapng; do
    build/bin/kmsim run --in-process --trace "$work/trace.$kind" "$story" > /dev/null
done
log2asc -I "$work/trace.log" -O "$work/converted.asc" kcan-s kcan-p
asc2log -I "$work/trace.asc" -O "$work/converted.log"
# One unit at a time: tshark puts together by the identifier alone.
for kind in log pcapng; do
    tshark -r "$work/trace.$kind" -o iso15765.can.ids:0x6f0-0x6ff,0x640 -o 'iso15765.addressing:Extended addressing' \
        -d iso15765.subdissector,uds --disable-protocol autosar-nm \
        -T fields -e can.id -e uds.sid -e uds.reply -e _ws.malformed > "$work/tshark.$kind" 2> "$work/err" ||
        { cat "$work/err"; exit 1; }
done
# And a run in which frames fail: their error frames are what every tool takes them for.
for kind in log asc pcapng; do
    build/bin/kmsim run --in-process --trace "$work/errors.$kind" scenarios/fault_seat_is_bus_off.json > /dev/null
done
log2asc -I "$work/errors.log" -O "$work/errors.converted.asc" kcan-s kcan-p
asc2log -I "$work/errors.asc" -O "$work/errors.converted.log"
for kind in log pcapng; do
    tshark -r "$work/errors.$kind" -T fields -e can.flags.err -e frame.time_epoch -e _ws.malformed \
        > "$work/errors.tshark.$kind" 2> "$work/err" || { cat "$work/err"; exit 1; }
done
/usr/bin/python3 tests/interop.py "$work"
