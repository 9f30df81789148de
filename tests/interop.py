# SPDX-License-Identifier: MIT
# Reads the traces of one workshop story with python-can and scapy, and checks what they make of it; and those of one with
# error frames.
#   interop.py DIRECTORY   with trace.log, trace.asc, trace.pcapng, converted.asc, converted.log, tshark.log, tshark.pcapng
#                          and the same of the other story, each as errors.…
import logging
import sys

logging.getLogger("scapy").setLevel(logging.ERROR)
import can
from scapy.contrib.automotive.uds import UDS
from scapy.contrib.isotp import ISOTPMessageBuilder
from scapy.config import conf
from scapy.layers.can import CAN
from scapy.utils import rdpcap

conf.contribs["CAN"]["swap-bytes"] = False
directory = sys.argv[1]
failed = 0


def check(name, good, told=""):
    global failed
    failed += not good
    print(f"{'ok' if good else 'FAILED'}: {name} {told}")


def frames(path):
    return [(round(m.timestamp, 6), m.arbitration_id, bytes(m.data)) for m in can.LogReader(path)]


own = []
for line in open(f"{directory}/trace.log"):
    time, bus, frame = line.split()
    identifier, data = frame.split("#")
    own.append((float(time.strip("()")), int(identifier, 16), bytes.fromhex(data), bus))
bare = [(t, i, d) for t, i, d, _ in own]

check("python-can reads the candump log", frames(f"{directory}/trace.log") == bare, f"{len(bare)} frames")
asc = frames(f"{directory}/trace.asc")
check("python-can reads the ASC trace", [f[1:] for f in asc] == [f[1:] for f in bare], f"{len(asc)} frames")
converted = frames(f"{directory}/converted.asc")
check("log2asc converts the candump log", [f[1:] for f in converted] == [f[1:] for f in bare])
back = frames(f"{directory}/converted.log")
check("asc2log converts the ASC trace", [f[1:] for f in back] == [f[1:] for f in bare])
packets = rdpcap(f"{directory}/trace.pcapng")
check("scapy reads the pcapng trace", len(packets) == len(bare), f"{len(packets)} packets")

# One message builder per bus: the gateway repeats a transfer on the other one.
builder = ISOTPMessageBuilder(use_ext_address=True)
for t, identifier, data, bus in own:
    if bus == "kcan-s" and (identifier == 0x6F1 or 0x600 <= identifier <= 0x6FF):
        builder.feed(CAN(identifier=identifier, length=len(data), data=data))
messages = []
while builder.count:
    messages.append(builder.pop())
check("scapy's ISO-TP layer puts the messages together", len(messages) > 20, f"{len(messages)} messages")
services = [UDS(bytes(m.data)) for m in messages]
sids = [s.service for s in services]
check("scapy's UDS layer knows every one of them", all(bytes(s)[1:] == b"" or s.payload for s in services))
for sid, name in ((0x10, "session"), (0x27, "security access"), (0x31, "routine"), (0x22, "read"), (0x2E, "write")):
    check(f"request and answer of {name}", sid in sids and sid + 0x40 in sids, f"{sids.count(sid)} requests")
check("no negative response", 0x7F not in sids)

# What the CAS answers: another unit's answers come by both buses, which tshark does not tell apart.
builder = ISOTPMessageBuilder(use_ext_address=True)
for t, identifier, data, bus in own:
    if bus == "kcan-s" and identifier == 0x640:
        builder.feed(CAN(identifier=identifier, length=len(data), data=data))
answers = []
while builder.count:
    answers.append(UDS(bytes(builder.pop().data)).service)
for kind in ("log", "pcapng"):
    rows = [line.rstrip("\n").split("\t") for line in open(f"{directory}/tshark.{kind}")]
    check(f"tshark reads the {kind} trace", [int(r[0], 0) for r in rows] == [i for _, i, _ in bare], f"{len(rows)} frames")
    check("tshark finds nothing malformed", not any(r[3] for r in rows))
    seen = [int(r[1], 0) + 0x40 for r in rows if int(r[0], 0) == 0x640 and r[1]]
    check("tshark and scapy see the same answers of the CAS", seen == answers, f"{len(seen)} answers")
# A frame is its time in microseconds, and whether it is an error frame.
lines = [line.split() for line in open(f"{directory}/errors.log")]
errors = [(int(float(t.strip("()")) * 1e6 + 0.5), frame.startswith("20000080#")) for t, _, frame in lines]
count = sum(e for _, e in errors)
check("the other story has error frames", 10 < count < len(errors), f"{count} of {len(errors)}")


def flags(path):
    return [(int(m.timestamp * 1e6 + 0.5), m.is_error_frame) for m in can.LogReader(path)]


check("python-can finds them in the candump log", flags(f"{directory}/errors.log") == errors)
asc = flags(f"{directory}/errors.asc")
first = asc[0][0] - errors[0][0]  # it adds the date in the file's head
check("python-can finds them in the ASC trace", [(t - first, e) for t, e in asc] == errors)
for name in ("errors.converted.asc", "errors.converted.log"):
    check(f"can-utils keep them in {name}", [e for _, e in flags(f"{directory}/{name}")] == [e for _, e in errors])
packets = rdpcap(f"{directory}/errors.pcapng")
check("scapy finds them in the pcapng trace", [p.flags.error for p in packets] == [e for _, e in errors])
for kind in ("log", "pcapng"):
    rows = [line.rstrip("\n").split("\t") for line in open(f"{directory}/errors.tshark.{kind}")]
    seen = [(int(float(r[1]) * 1e6 + 0.5), r[0] in ("1", "True")) for r in rows]
    check(f"tshark finds them in the {kind} trace", seen == errors and not any(r[2] for r in rows))
sys.exit(1 if failed else 0)
