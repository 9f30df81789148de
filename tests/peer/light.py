#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A control unit of one's own, in Python, as a peer of bus/zmq/wire.h: an interior light whose brightness is in Key Memory.

usage: light.py ENDPOINT            the vehicle file names it with "external": true; kmsim waits for it
"""
import struct
import sys

import zmq

VERSION, FRAME, WELCOME, REFUSE, POWER_ON, GRANT, HELLO, PACKET = 1, 1, 16, 17, 18, 19, 32, 33  # wire_kind_t
INPUT_AWAKE, INPUT_ASLEEP, INPUT_FRAME, INPUT_DEADLINE, PUBLIC = 0, 1, 4, 8, 128  # node_input_kind_t
CYCLIC, REPLACE = 1, 2  # flags of a frame
NEVER, SECOND = 2**63 - 1, 10**9
NAME, INCARNATION, REMOTE_KEY_STATUS, LIGHT_STATUS = b"light", 1, 0x23A, 0x3F0


class Reader:
    def __init__(self, body):
        self.body, self.at = body, 0

    def take(self, layout):
        values = struct.unpack_from("<" + layout, self.body, self.at)
        self.at += struct.calcsize("<" + layout)
        return values if len(values) > 1 else values[0]

    def bytes(self):
        return self.take("%ds" % self.take("B"))

    def frame(self):
        return self.take("I"), self.bytes()


class Light:
    """The state machine: what came goes in, frames and the next deadline come out."""

    def power_on(self, now, image):
        self.image, self.active, self.awake, self.deadline = image, 0, False, NEVER
        return self.status(0)

    def status(self, flags):
        coded = self.image.get(b"profile/%d/coded" % self.active, 1) if self.active else 0
        brightness = self.image.get(b"profile/%d/brightness" % self.active, 50) if coded else 50
        return [(flags, LIGHT_STATUS, bytes([self.active | coded << 3, brightness]))]

    def activate(self, now, inputs):
        frames = []
        for kind, content in inputs:
            if kind in (INPUT_AWAKE, INPUT_ASLEEP):
                self.awake = kind == INPUT_AWAKE
                self.deadline = now + SECOND if self.awake else NEVER
            elif kind == INPUT_FRAME and content[1][2] in (0x01, 0xFF) and content[1][0] & 15 < 4:  # unlock, none
                self.active, self.deadline = (content[1][0] & 15) + 1, now + SECOND
                frames = self.status(REPLACE)
            elif kind == INPUT_DEADLINE:
                self.deadline = now + SECOND
                frames = frames or self.status(CYCLIC | REPLACE)
        return frames


def packet(incarnation, round_number, frames, deadline):
    body = struct.pack("<BBQQB", VERSION, PACKET, incarnation, round_number, 0)
    body += struct.pack("<qBIB", deadline, 0, 0, len(frames))
    for flags, identifier, data in frames:
        body += struct.pack("<BBIB", 0, flags, identifier, len(data)) + data
    return body + bytes(4)  # no lines, nothing on the air, no log entries, nothing to store


def take_image(reader):
    image = {}
    for _ in range(reader.take("H")):
        name, size = reader.bytes(), reader.take("B")
        image[name] = reader.take("%ds" % size) if size else reader.take("q")
    return image


def take_inputs(reader, published):
    for _ in range(reader.take("B")):
        kind = reader.take("B")
        if kind & PUBLIC:
            _, _, stream, sequence = reader.take("BBBQ")
            yield kind & ~PUBLIC, published.pop((stream, sequence))
        else:  # bus state or deadline: an interior light has no lines and sends nothing that it wants reported
            reader.take("B")
            yield kind, None


def main(endpoint):
    context = zmq.Context()
    down, up = context.socket(zmq.SUB), context.socket(zmq.XPUB)
    for topic in (b"can/kcan-s/%03X" % REMOTE_KEY_STATUS, b"step/" + NAME, b"sim/end"):
        down.subscribe(topic)
    down.connect(endpoint)
    up.connect(endpoint + "-up")
    up.recv()  # the hub's subscription: from now on it hears us
    hello = struct.pack("<BBQQ", VERSION, HELLO, INCARNATION, 0) + struct.pack("<B", len(NAME)) + NAME
    hello += struct.pack("<BBII", 1, 0, REMOTE_KEY_STATUS, 0x7FF) + bytes(2)  # accepts one identifier, no lines, no air
    up.send_multipart([b"hello/" + NAME, hello])
    light, published = Light(), {}
    while True:
        topic, body = down.recv_multipart()
        reader = Reader(body)
        _, kind = reader.take("BB")
        if topic == b"sim/end":
            return 0
        if kind == FRAME:
            stream, sequence, _ = reader.take("BQq")
            reader.bytes()  # who sent it
            published[stream, sequence] = reader.frame()
            continue
        incarnation = reader.take("Q")
        if kind == WELCOME:
            down.subscribe(b"ready/%s/%016x" % (NAME, reader.take("Q")))
            continue
        if kind == REFUSE:
            print("light:", reader.bytes().decode(), file=sys.stderr)
            return 3
        round_number, now = reader.take("Qq")
        if kind == POWER_ON:
            reader.take("BQ")  # state of the image, random state
            frames = light.power_on(now, take_image(reader))
        else:
            frames = light.activate(now, take_inputs(reader, published))
        up.send_multipart([b"packet/" + NAME, packet(incarnation, round_number, frames, light.deadline)])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
