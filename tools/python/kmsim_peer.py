# SPDX-License-Identifier: MIT
"""A control unit of one's own in Python, as a process of a kmsim run: all that bus/zmq/wire.h asks of a peer.

    from kmsim_peer import Unit, run

    class Lamp(Unit):
        accepts = [(0, 0x23A)]                     # bus (an index in `buses`), identifier

        def power_on(self, now, image):
            self.send(0, 0x3F0, bytes(2))

        def activate(self, now, inputs):
            for given in inputs:
                if given.kind == "frame":
                    self.deadline = now + SECOND   # be called then

    run(Lamp())

A unit is a state machine in virtual time: it sleeps nowhere, asks no clock and draws from self.random alone, so that
every run is the same. What it wants done it says by self.send and its like while it is called; nothing else is kept
between calls but its own attributes.
"""
import argparse
import collections
import json
import os
import random
import struct
import sys

import zmq
from nacl.encoding import RawEncoder
from nacl.exceptions import CryptoError
from nacl.hash import siphash24
from nacl.public import PrivateKey, SealedBox

__all__ = ["Unit", "Frame", "Input", "run", "NEVER", "SECOND", "MILLISECOND", "RF", "RF_END", "LF"]

NEVER, SECOND, MILLISECOND = 2**63 - 1, 10**9, 10**6
RF, RF_END, LF = 0, 1, 2  # air_channel_t
MASK_ALL = {False: 0x7FF, True: 0x1FFFFFFF}

VERSION = 4
FRAME, LINE, AIR, END, WELCOME, REFUSE, POWER_ON, GRANT = 1, 2, 3, 7, 16, 17, 18, 19  # wire_kind_t
PING, HELLO, PACKET, ECHO = 21, 32, 33, 35
KINDS = ["awake", "asleep", "passive", "off", "active",  # node_input_kind_t; of the bus, and of the unit on it
         "sent", "not_sent", "frame", "line", "air", "stored", "deadline"]
IMAGE_STATES = ["none", "present", "damaged", "newer"]  # image_state_t
PUBLIC, EXTENDED, REMOTE = 0x80, 0x80000000, 0x40000000
CYCLIC, REPLACE, REPORT = 1, 2, 4
DONE, GAP = 0, 1
PUBLISHED_MAX = 10000  # what nobody asked for; older ones are forgotten
ENDED, USAGE, BROKEN = 0, 2, 3  # exit statuses, as of every unit

Frame = collections.namedtuple("Frame", "id data extended remote length")
Input = collections.namedtuple("Input", "kind bus frame line value momentary channel data")


class Unit:
    """To be derived from. The class attributes say where it is and what it is told of."""

    name = None     # in the vehicle file; None: as --node says, else the program's name
    buses = ()      # their names, as the entry in the vehicle file has them; (): read from there
    accepts = ()    # (bus, identifier), and as many as are needed of mask, extended, byte 0, its mask (None: as without)
    lines = ()      # names of the lines that it sets or is told of: ("door/driver",)
    air = ()        # channels that it hears: RF, RF_END, LF

    deadline = NEVER  # be called then, in ns; once it has come it is NEVER again
    hold = ()         # buses that it keeps awake
    random = None     # random.Random of the run's seed, another after each power-on
    image_state = "none"  # of what is stored, one of IMAGE_STATES

    def power_on(self, now, image):
        """Power is there: begin from nothing but the image, a dict of what was stored (name: int or bytes)."""

    def activate(self, now, inputs):
        """Everything that concerns the unit at this instant, in the contract's order (bus/kernel/node.h): Inputs, of
        which `kind` is one of KINDS, and what belongs to it is set: bus; frame; line, value, momentary; channel, data.
        """

    # ---- what it may say while it is called ----

    def send(self, bus, identifier, data=b"", extended=False, remote=False, length=None, cyclic=False, replace=False,
             report=False):
        """Asks for a frame. cyclic: wakes no bus; replace: instead of one that still waits; report: tell me ("sent")."""
        flags = CYCLIC * cyclic | REPLACE * replace | REPORT * report
        frame = Frame(identifier, bytes(data), extended, remote, len(data) if length is None else length)
        self._outbox.frames.append(struct.pack("<BB", bus, flags) + put_frame(frame))

    def set_line(self, line, value, momentary=False):
        """Sets one of its lines, by its index."""
        self._outbox.lines.append(struct.pack("<BBq", line, momentary, value))

    def transmit(self, channel, data, transmission=0):
        """Sends on the air, up to 64 bytes."""
        self._outbox.air.append(struct.pack("<BIB", channel, transmission, len(data)) + bytes(data))

    def log(self, code, a=0, b=0, c=0):
        self._outbox.logs.append(struct.pack("<Hqqq", code, a, b, c))

    def store(self, image):
        """Makes a dict durable; the input "stored" says when. One request at a time."""
        self._outbox.image = dict(image)

    def __init__(self):
        self._outbox = Outbox()


class Outbox:
    def __init__(self):
        self.frames, self.lines, self.air, self.logs, self.image = [], [], [], [], None

    def encode(self, deadline, hold):
        body = struct.pack("<qBI", deadline, sum(1 << bus for bus in hold), 0)
        for parts in (self.frames, self.lines, self.air, self.logs):
            body += bytes([len(parts)]) + b"".join(parts)
        if self.image is None:
            return body + b"\0"
        body += b"\1" + struct.pack("<H", len(self.image))
        for name, value in self.image.items():
            data = value if isinstance(value, (bytes, bytearray)) else b""
            body += put_text(name) + bytes([len(data)]) + (bytes(data) or struct.pack("<q", value))
        return body


# ---- layouts -------------------------------------------------------------------------------------------------------


def put_text(text):
    data = text.encode()
    return bytes([len(data)]) + data


def put_frame(frame):
    word = frame.id | EXTENDED * frame.extended | REMOTE * frame.remote
    return struct.pack("<IB", word, frame.length) + (b"" if frame.remote else frame.data)


class Reader:
    """Reads a body from its front; too short a one raises struct.error."""

    def __init__(self, body):
        self.body, self.at = body, 0

    def take(self, layout):
        values = struct.unpack_from("<" + layout, self.body, self.at)
        self.at += struct.calcsize("<" + layout)
        return values if len(values) > 1 else values[0]

    def bytes(self):
        return self.take("%ds" % self.take("B"))

    def text(self):
        return self.bytes().decode(errors="replace")

    def frame(self):
        word, length = self.take("IB")
        remote = bool(word & REMOTE)
        data = b"" if remote else self.take("%ds" % length)
        return Frame(word & ~(EXTENDED | REMOTE), data, bool(word & EXTENDED), remote, length)

    def air(self):
        channel, _ = self.take("BI")
        return channel, self.bytes()

    def image(self):
        image = {}
        for _ in range(self.take("H")):
            name, size = self.text(), self.take("B")
            image[name] = self.take("%ds" % size) if size else self.take("q")
        return image


def make_input(kind, **told):
    return Input(**dict(dict.fromkeys(Input._fields), kind=KINDS[kind], **told))


class Missed(Exception):
    """A public message that a grant names never came."""


# ---- the peer ------------------------------------------------------------------------------------------------------


class Peer:
    """One unit's process: joins, and answers every power-on and grant by one packet."""

    def __init__(self, unit, options):
        self.unit, self.options = unit, options
        self.incarnation = options.incarnation or random.SystemRandom().randrange(1, 2**64)
        self.powered, self.published = False, collections.OrderedDict()
        self.key, self.secret = None, bytes.fromhex(os.environ.pop("KMSIM_SECRET", ""))
        if not self.secret:  # it comes with the welcome, sealed
            self.key = PrivateKey.generate()
        context = zmq.Context.instance()
        self.down, self.up = context.socket(zmq.SUB), context.socket(zmq.XPUB)
        self.down.rcvhwm = self.up.sndhwm = 100000
        for topic in self.topics():
            self.down.subscribe(topic)
        self.down.connect(options.bus)
        self.up.connect(up_endpoint(options.bus))

    def topics(self):
        """In the order of the alphabet, step/NODE last: ZeroMQ repeats them so when it has to connect again."""
        unit = self.unit
        for channel, names in ((b"air/lf", {LF}), (b"air/rf", {RF, RF_END})):
            if names & set(unit.air):
                yield channel
        for bus, identifier, mask, extended, _, _ in unit.accepts:
            whole = mask & MASK_ALL[extended] == MASK_ALL[extended]
            digits = "%0*X" % (8 if extended else 3, identifier) if whole else ""
            yield ("can/%s/%s" % (unit.buses[bus], digits)).encode()
        for line in unit.lines:
            yield b"line/" + line.encode()
        yield b"sim/end"
        yield b"step/" + unit.name.encode()

    def tag(self, body):
        """Shows that whoever sends the body has the secret."""
        return siphash24(body, key=self.secret, encoder=RawEncoder)

    def say(self, prefix, kind, body):
        body = struct.pack("<BBQ", VERSION, kind, self.incarnation) + body
        if kind != HELLO or not self.key:
            body += self.tag(body)
        self.up.send_multipart([prefix + self.unit.name.encode(), body])

    def greet(self):
        """A hub has subscribed: it is there, for the first time or after another, and we are without power to it."""
        unit, self.powered = self.unit, False
        key = bytes(self.key.public_key) if self.key else bytes(32)
        body = struct.pack("<Q", 0) + key + put_text(self.options.kind) + bytes([len(unit.accepts)])
        for bus, identifier, mask, extended, byte0, byte0_mask in unit.accepts:
            body += struct.pack("<BIIBB", bus, identifier | EXTENDED * extended, mask, byte0, byte0_mask)
        body += bytes([len(unit.lines)]) + b"".join(put_text(line) for line in unit.lines)
        self.say(b"hello/", HELLO, body + bytes([sum(1 << channel for channel in set(unit.air))]))

    def answer(self, round_number):
        unit = self.unit
        body = struct.pack("<QB", round_number, DONE) + unit._outbox.encode(unit.deadline, unit.hold)
        self.say(b"packet/", PACKET, body)

    def keep(self, kind, reader):
        """A public message: what it says is asked for by a grant of the same instant, under its stream and number."""
        stream, sequence, _ = reader.take("BQq")
        reader.bytes()  # who sent it
        content = {FRAME: reader.frame, LINE: lambda: reader.take("q"), AIR: reader.air}.get(kind)
        if content:
            self.published[stream, sequence] = content()
        if len(self.published) > PUBLISHED_MAX:
            self.published.popitem(last=False)

    def take_public(self, kind, reader):
        index, momentary, stream, sequence = reader.take("BBBQ")
        if (stream, sequence) not in self.published:
            raise Missed(stream, sequence)
        content = self.published[stream, sequence]
        if KINDS[kind] == "line":
            return make_input(kind, line=index, value=content, momentary=bool(momentary))
        if KINDS[kind] == "air":
            return make_input(kind, channel=content[0], data=content[1])
        return make_input(kind, bus=index, frame=content)

    def take_private(self, kind, reader):
        bus = reader.take("B")
        if KINDS[kind] in ("sent", "not_sent", "frame"):
            return make_input(kind, bus=bus, frame=reader.frame())
        if KINDS[kind] == "line":
            line, momentary, value = reader.take("BBq")
            return make_input(kind, line=line, value=value, momentary=bool(momentary))
        if KINDS[kind] == "air":
            channel, data = reader.air()
            return make_input(kind, channel=channel, data=data)
        return make_input(kind, bus=bus)

    def take_inputs(self, reader):
        inputs = []
        for _ in range(reader.take("B")):
            kind = reader.take("B")
            take = self.take_public if kind & PUBLIC else self.take_private
            inputs.append(take(kind & ~PUBLIC, reader))
        self.published.clear()
        return inputs

    def take_grant(self, reader):
        round_number, now = reader.take("Qq")
        try:
            inputs = self.take_inputs(reader)
        except Missed as missed:
            self.say(b"packet/", PACKET, struct.pack("<QBBQ", round_number, GAP, *missed.args))
            return
        unit = self.unit
        unit._outbox = Outbox()
        if unit.deadline <= now:
            unit.deadline = NEVER
        unit.activate(now, inputs)
        self.answer(round_number)

    def take_power_on(self, reader):
        round_number, now, state, seed = reader.take("QqBQ")
        unit, self.powered = self.unit, True
        unit._outbox, unit.deadline, unit.hold = Outbox(), NEVER, ()
        unit.random, unit.image_state = random.Random(seed), IMAGE_STATES[state]
        unit.power_on(now, reader.image())
        self.answer(round_number)

    def take_welcome(self, reader):
        reader.take("Qh")  # a random number, the processor that we may run on
        sealed = reader.bytes()
        try:
            self.secret = SealedBox(self.key).decrypt(sealed) if sealed else self.secret
        except CryptoError:  # it was sealed to somebody else who would be this unit
            return
        self.down.subscribe(("ready/%s/%s" % (self.unit.name, self.tag(reader.body).hex())).encode())

    def take(self, body):
        """The exit status, or None while it goes on."""
        reader = Reader(body)
        version, kind = reader.take("BB")
        if version != VERSION:
            return None
        if kind == END:
            return ENDED
        if kind < WELCOME:
            return self.keep(kind, reader)
        if reader.take("Q") != self.incarnation:
            return None
        if kind == REFUSE:
            print("%s: %s" % (self.unit.name, reader.text()), file=sys.stderr)
            return BROKEN
        if kind == WELCOME:
            self.take_welcome(reader)
        elif kind == POWER_ON:
            self.take_power_on(reader)
        elif kind == PING:
            self.say(b"echo/", ECHO, reader.take("8s"))
        elif kind == GRANT and self.powered:
            self.take_grant(reader)
        return None

    def serve(self):
        poller = zmq.Poller()
        poller.register(self.down, zmq.POLLIN)
        poller.register(self.up, zmq.POLLIN)
        if self.options.lifeline is not None:
            poller.register(self.options.lifeline, zmq.POLLIN)
        while True:
            ready = dict(poller.poll())
            if self.up in ready and self.up.recv()[:1] == b"\1":
                self.greet()
            if self.down in ready:
                status = self.take(self.down.recv_multipart()[-1])
                if status is not None:
                    return status
            elif self.options.lifeline in ready:  # kmsim is gone, and nothing of it is left to read
                return BROKEN


# ---- the command line ----------------------------------------------------------------------------------------------


def up_endpoint(endpoint):
    if endpoint.startswith("tcp://"):
        host, port = endpoint.rsplit(":", 1)
        return "%s:%d" % (host, int(port) + 1)
    return endpoint + "-up"


def well_known_bus():
    return "ipc://%s/kmsim-%d/bus" % (os.environ.get("XDG_RUNTIME_DIR") or "/tmp", os.getuid())


def parse(unit, arguments):
    kind = os.path.basename(sys.argv[0]).split(".")[0]
    parser = argparse.ArgumentParser(prog=kind, description="A control unit as a process on a kmsim bus.")
    parser.add_argument("--bus", metavar="ENDPOINT", default=well_known_bus(),
                        help="ipc://PATH or tcp://127.0.0.1:PORT; else the user's own well-known bus")
    parser.add_argument("--node", metavar="NAME", default=unit.name or kind, help="which node of the vehicle it is")
    parser.add_argument("--vehicle", metavar="FILE", help="the vehicle file")
    parser.add_argument("--incarnation", type=lambda text: int(text, 16), help=argparse.SUPPRESS)
    parser.add_argument("--lifeline", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    options.kind = kind
    return options


def complete_accept(bus, identifier, mask=None, extended=False, byte0=None, byte0_mask=None):
    """All bits of the identifier, and of byte 0 if that is told, unless a mask says which."""
    if byte0_mask is None:
        byte0_mask = 0 if byte0 is None else 0xFF
    return bus, identifier, MASK_ALL[bool(extended)] if mask is None else mask, bool(extended), byte0 or 0, byte0_mask


def complete(unit, options):
    """The unit's name, its buses from the vehicle file, and what it accepts with all six parts."""
    unit.name = options.node
    if not unit.buses:
        if not options.vehicle:
            raise ValueError("needs --vehicle FILE to know its buses")
        with open(options.vehicle) as file:
            nodes = {node["name"]: node for node in json.load(file)["nodes"]}
        if unit.name not in nodes:
            raise ValueError("%s has no node \"%s\"" % (options.vehicle, unit.name))
        unit.buses = nodes[unit.name]["buses"]
    unit.accepts = [complete_accept(*told) for told in unit.accepts]


def run(unit, arguments=None):
    """The main program of a unit: joins the bus that the command line names, serves, and ends the process."""
    options = parse(unit, arguments)
    try:
        complete(unit, options)
    except (OSError, ValueError, KeyError) as problem:
        print("%s: %s" % (options.node, problem), file=sys.stderr)
        sys.exit(USAGE)
    try:
        status = Peer(unit, options).serve()
    except KeyboardInterrupt:
        status = ENDED
    zmq.Context.instance().destroy(linger=0)
    sys.exit(status)
