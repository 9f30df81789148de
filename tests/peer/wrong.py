#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A control unit that answers wrongly, and what the workshop's tools must say of it: one row per wrong answer.

usage: wrong.py BIN ENDPOINT        on a live car whose CAS and climate control have no power; 0: every row is right

It plays both units as a stranger on kcan-s, over ISO-TP; to what no row is for it answers rightly.
"""
import struct
import subprocess
import sys
import threading
import time

import zmq

VERSION, STRANGER = 4, 34  # wire_kind_t
CAS, CLIMATE, TESTER = 0x40, 0x78, 0xF1
SESSION = "00 32 01 F4"
KEYS = "".join(("01 %02X 01 00 00 %02X " % (i, i)) if i < 2 else "00 FF 00 00 00 %02X " % i for i in range(10))
PROFILE = "01 00 0C 00 0C 00 00 00 00 00 01 00 00 00 00 00 01"  # coded; eight settings
PENDING = "7F 31 78"

RIGHT = [  # request begins with, answer
    ("10 03", "50 03 " + SESSION), ("10 01", "50 01 " + SESSION),
    ("27 01", "67 01 00 00 00 00 00 00 00 00"), ("27 02", "67 02"),
    ("31 01 DC 73", "71 01 DC 73 00"), ("31 01 DC 5B", "71 01 DC 5B 00"),
    ("19 02", "59 02 2F 00 99 07 2F"), ("19 06", "59 06 00 99 07 2F 01 03"),
    ("19 04", "59 04 00 99 07 2F 01 02 D0 00 00 00 08 34 D0 01 21"), ("14", "54"),
    ("22 AC 5A", "62 AC 5A " + KEYS), ("22 F1 8C", "62 F1 8C 4B"), ("22 F1 90", "62 F1 90 56"),
    ("22 30 01", "62 30 01 " + PROFILE), ("22 30 02", "62 30 02 " + PROFILE), ("22 30 03", "62 30 03 " + PROFILE),
    ("22 30 04", "62 30 04 " + PROFILE), ("22 30 20", "62 30 20" + 8 * " 00"), ("22 30 30", "62 30 30 01 01"),
    ("2E 30 02", "6E 30 02"), ("2E 30 20", "6E 30 20"),
]  # yapf: disable

BLOCK, FAULTS, CODE = "service-tool block 2", "service-tool faults cas", "cip code climate 2 style=normal"
DONE, UNREAD = "is blocked", "the answer cannot be read: "
ROWS = [  # command, request, answers one after the other, status, what must be said, what must not
    (BLOCK, "", "", 0, "key 2 is blocked", UNREAD),
    (BLOCK, "10 03", "50 01 " + SESSION, 3, "opening the session: " + UNREAD + "50 01 " + SESSION, DONE),
    (BLOCK, "10 03", "50 03", 3, "opening the session: " + UNREAD + "50 03", DONE),
    (BLOCK, "10 03", "7F 10 22", 1, "opening the session: refused with conditionsNotCorrect\n", DONE),
    (BLOCK, "27 01", "67 01 61 62 63 64", 3, "security access: " + UNREAD + "67 01 61 62 63 64", DONE),
    (BLOCK, "27 01", "67 01 00 00 00 00", 3, "security access: " + UNREAD + "67 01 00 00 00 00", DONE),
    (BLOCK, "27 01", "67 03 00 00 00 00 00 00 00 00", 3, UNREAD + "67 03 00", DONE),
    (BLOCK, "31", "71", 3, "block key 2: " + UNREAD + "71\n", DONE),
    (BLOCK, "31", "71 01", 3, "block key 2: " + UNREAD + "71 01\n", DONE),
    (BLOCK, "31", "71 01 DC 73", 3, UNREAD + "71 01 DC 73\n", DONE),
    (BLOCK, "31", "71 01 DC 73 00 00", 3, UNREAD + "71 01 DC 73 00 00\n", DONE),
    (BLOCK, "31", "71 01 DC 5B 00", 3, UNREAD + "71 01 DC 5B 00", DONE),
    (BLOCK, "31", "71 03 DC 73 00", 3, UNREAD + "71 03 DC 73 00", DONE),
    (BLOCK, "31", "71 01 DC 73 01", 1, "not done, the routine's result is 0x01", DONE),
    (BLOCK, "31", "7E 00", 3, UNREAD + "7E 00", DONE),
    (BLOCK, "31", "7F 31", 3, UNREAD + "7F 31\n", DONE),
    (BLOCK, "31", "7F 31 22 00", 3, UNREAD + "7F 31 22 00", DONE),
    (BLOCK, "31", "7F 31 22", 1, "refused with conditionsNotCorrect (the key is in the ignition lock)", DONE),
    (BLOCK, "31", "7F 31 F0", 1, "refused with the vehicle manufacturer's code 0xF0", DONE),
    (BLOCK, "31", "", 3, "block key 2: no answer", DONE),
    (BLOCK, "31", 14 * [PENDING], 3, '"response pending" for 12.5 s, and nothing else', DONE),
    (BLOCK, "31", [PENDING, PENDING, "71 01 DC 73 00"], 0, "key 2 is blocked", UNREAD),
    (BLOCK, "31", ["54", "71 01 DC 5B 00", "71 01 DC 73 00"], 0, "key 2 is blocked", UNREAD),  # late ones first
    (BLOCK, "10 01", "7F 10 22", 1, "done, but closing the session: refused with conditionsNotCorrect\n", "lock)"),
    (BLOCK, "10 01", "7F 10 22", 1, "key 2 is blocked", "lock)"),
    (BLOCK + " --json", "31", "71 01", 3, '"answer": "71 01"', "blocked"),
    ("service-tool keys", "22 AC 5A", "62 AC 5A " + KEYS[:-3], 3, "read keys: " + UNREAD, "personalization"),
    ("service-tool keys", "22 AC 5A", "62 AC 5A " + KEYS.replace("01", "03", 1), 3, UNREAD, "personalization"),
    (FAULTS, "", "", 0, "0x9907", "no faults"),
    (FAULTS, "19 02", "59 02 2F", 0, "no faults", UNREAD),
    (FAULTS, "19 02", "59 02 2F 00", 3, "read fault memory: " + UNREAD + "59 02 2F 00", "no faults"),
    (FAULTS, "19 02", "59 02 2F 00 99 07 2F 00 99", 3, UNREAD + "59 02 2F 00 99 07 2F 00 99", "no faults"),
    (FAULTS, "19 02", "59 02", 3, UNREAD + "59 02\n", "no faults"),
    (FAULTS, "19 02", "59 0A 2F", 3, UNREAD + "59 0A 2F", "no faults"),
    (FAULTS, "19 06", "59 06 00 99 08 2F 01 03", 3, "read occurrences: " + UNREAD, "no faults"),
    (FAULTS, "19 06", "59 06 00 99 07 2F 01", 3, "cas   0x9907", "no faults"),  # the entry is told all the same
    (FAULTS, "19 04", "59 04 00 99 07 2F 01 02 D0 00 00", 3, "read snapshot: " + UNREAD, "no faults"),
    ("service-tool clear cas", "14", "54 00", 3, "clear fault memory: " + UNREAD + "54 00", "is cleared"),
    ("service-tool ident", "22 F1 90", "62 F1 8C 56", 3, "read VIN: " + UNREAD + "62 F1 8C 56", "  V"),
    ("service-tool ident", "22 F1 90", "62 F1 90 1B 5B 33 31 6D 9B", 3, "?[31m?", "\x1b"),
    ("service-tool ident", "22 F1 90", "62 F1 90" + 64 * " 41", 3, 60 * "A" + "...\n", UNREAD),
    ("service-tool counters cas", "22 3E 01", "62 3E 01 01 00 00 00 03 02 4F 4B", 0, "OK", UNREAD),
    ("service-tool counters cas", "22 3E 01", "62 3E 01 01 00 00 00 03 02 4F", 3, "read counters: " + UNREAD, "ignored"),
    ("service-tool counters cas", "22 3E 01", "62 3E 01 02 00 00 00 03 02 4F 4B", 3, UNREAD, "ignored"),
    ("service-tool counters cas", "22 3E 01", "62 3E 01 01 00 00 00 03 01 1B", 3, UNREAD, "ignored"),
    ("cip read climate 2", "", "", 0, "profile 2", UNREAD),
    ("cip read climate 2", "22 30 02", "62 30 02 01 00 0C", 3, "read profile 2: " + UNREAD, "coded"),
    ("cip read climate 2", "22 30 02", "62 30 02 02" + PROFILE[2:], 3, UNREAD, "coded"),
    ("cip read climate 2", "22 30 30", "62 30 30 05 01", 3, "read active profile: " + UNREAD + "62 30 30 05 01", "coded"),
    ("cip read climate 2", "22 30 20", "62 30 20" + 7 * " 00", 3, "read key and car memory: " + UNREAD, "coded"),
    (CODE, "", "", 0, "climate profile 2 is coded", UNREAD),
    (CODE, "2E", "6E", 3, "code profile 2: " + UNREAD + "6E\n", "is coded"),
    (CODE, "2E", "6E 30 03", 3, UNREAD + "6E 30 03", "is coded"),
    (CODE, "22 30 02", "62 30 03 " + PROFILE, 3, UNREAD + "62 30 03", "is coded"),
    ("cip memory climate style=key", "22 30 20", "62 30 20" + 7 * " 00" + " 02", 3, UNREAD, "style="),
]  # yapf: disable


class Unit:
    def __init__(self, endpoint, address):
        context = zmq.Context.instance()
        self.address, self.rest, self.asked = address, b"", None
        self.down, self.up = context.socket(zmq.SUB), context.socket(zmq.XPUB)
        self.down.subscribe(b"can/kcan-s/6F1")
        self.down.connect(endpoint)
        self.up.connect(endpoint + "-up")
        self.up.recv()  # the hub's subscription: from now on it hears us
        knock = b"live/%08x" % address
        self.down.subscribe(knock)
        while self.down.recv_multipart()[0] != knock:
            pass

    def send(self, data):
        head = struct.pack("<BBIB", VERSION, STRANGER, 0x600 + self.address, len(data) + 1)
        self.up.send_multipart([b"stranger/kcan-s", head + bytes([TESTER]) + data])

    def say(self, answer):
        if len(answer) <= 6:
            self.send(bytes([len(answer)]) + answer)
            return
        self.send(bytes([0x10 | len(answer) >> 8, len(answer) & 255]) + answer[:5])
        self.rest = answer[5:]

    def go_on(self):
        for i in range(0, len(self.rest), 6):
            self.send(bytes([0x20 | i // 6 + 1 & 15]) + self.rest[i:i + 6])
            time.sleep(0.003)  # a frame needs more than a millisecond of the bus
        self.rest = b""

    def answer(self, request):
        for begins, answers in self.rows:
            if request.startswith(bytes.fromhex(begins)):
                break
        else:
            answers = "7F %02X 31" % request[0]
        answers = [answers] if isinstance(answers, str) else answers
        for i, told in enumerate(answers):
            if i > 0:
                time.sleep(1 if len(answers) > 3 else 0.01)
            if told and not self.over:
                self.say(bytes.fromhex(told))

    def hear(self, data):
        kind = data[0] >> 4
        if kind == 0:
            self.answer(data[1:1 + data[0]])
        elif kind == 1:
            self.asked, self.size = data[2:], (data[0] & 15) << 8 | data[1]
            self.send(bytes([0x30, 0, 0]))
        elif kind == 2 and self.asked is not None:
            self.asked += data[1:]
            if len(self.asked) >= self.size:
                request, self.asked = self.asked[:self.size], None
                self.answer(request)
        elif kind == 3:
            self.go_on()

    def serve(self):
        while not self.over:
            if not self.down.poll(50):
                continue
            topic, body = self.down.recv_multipart()
            at = 20 + body[19]  # version, kind, stream, sequence, time, who sent it
            identifier, length = struct.unpack_from("<IB", body, at)
            data = body[at + 5:at + 5 + length]
            if len(data) > 1 and data[0] == self.address:
                self.hear(data[1:])


def try_row(binaries, endpoint, unit, row):
    command, request, answers, status, said, never = row
    tool, *arguments = command.split()
    unit.rows, unit.over, unit.rest, unit.asked = ([(request, answers)] if request else []) + RIGHT, False, b"", None
    thread = threading.Thread(target=unit.serve)
    thread.start()
    try:
        done = subprocess.run([binaries + "/" + tool, "--bus", endpoint] + arguments, capture_output=True, timeout=60)
    finally:  # a tool that never ends is told, and not waited for by a unit that never ends
        unit.over = True
        thread.join()
    text = (done.stdout + done.stderr).decode()
    if done.returncode == status and said in text and never not in text:
        return True
    print("%s, %s answered by %s: status %d, not %d, or not \"%s\":\n%s" %
          (command, request, answers, done.returncode, status, said, text))
    return False


def main(binaries, endpoint):
    units = {address: Unit(endpoint, address) for address in (CAS, CLIMATE)}
    good = [try_row(binaries, endpoint, units[CLIMATE if row[0].startswith("cip") else CAS], row) for row in ROWS]
    return 0 if all(good) else 1


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2]))
