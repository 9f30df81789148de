#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A control unit that uses all of tools/python/kmsim_peer.py and tells what it was given in frames 0x3F8 to 0x3FF."""
from kmsim_peer import LF, MILLISECOND, RF, RF_END, Unit, run

STORED, SENT, LINE, HEARD, ENDED, DUE, EXTENDED, AWAKE = range(0x3F8, 0x400)


class Probe(Unit):
    accepts = [
        (0, 0x100, 0x7F0),  # sixteen identifiers
        (0, 0x18DAF100, None, True),  # one of 29 bits
        (0, 0x120, None, None, 0x40),  # one with that first byte
        (0, 0x121, None, None, 0x40, 0xF0),  # one whose first byte begins so
    ]
    lines = ["door/driver"]
    air = [RF, RF_END, LF]

    def power_on(self, now, image):
        self.count = image.get("count", 0) + 1
        self.bytes = image.get("bytes", b"")
        self.states = [self.image_state]
        self.store({"count": self.count, "bytes": b"\1\2\3", "negative": -1})
        self.deadline = now + 300 * MILLISECOND
        self.hold = [0]
        self.log(1, self.count)

    def activate(self, now, inputs):
        for given in inputs:
            if given.kind == "stored":
                told = bytes([self.count, len(self.bytes), self.states[0] == "present"])
                self.send(0, STORED, told, report=True)
            elif given.kind == "sent":
                self.send(0, SENT, given.frame.data)
            elif given.kind == "line":
                self.send(0, LINE, bytes([given.value, given.momentary]))
                self.transmit(RF, b"\xCA\xFE")
            elif given.kind == "air":
                self.send(0, ENDED if given.channel == RF_END else HEARD, bytes([given.channel, len(given.data)]))
            elif given.kind == "deadline":
                self.send(0, DUE, bytes([self.random.randrange(256)]))
            elif given.kind == "frame":
                self.send(0, EXTENDED, bytes([given.frame.extended, given.frame.id & 0xFF, given.frame.length]))
            elif given.kind == "awake":
                self.send(0, AWAKE, cyclic=True, replace=True)


run(Probe())
