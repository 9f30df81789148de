#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Attacks on a bus by somebody who reaches its sockets, by nothing but what is public: the wire's header, and ZMTP.

usage: attack.py HOW ENDPOINT [ARGUMENT]        until its end or a signal; exit status 0: it got as far as it wanted

  connect        connects N times to the socket, and stays
  speak          answers for the unit NODE before it can: every grant's incarnation and round is published
  hello          says hello for NODE, in every way that is wrong, and once so that it looks right
  uncount        ends observers that never began, and sends what is no subscription
  pretend        is a bus itself, and says what a terminal would obey
  multipart      messages without an end, a part after the other
  large          subscriptions of 30 kB
  many           subscriptions without an end, small ones
"""
import os
import socket
import struct
import sys
import time

import zmq

VERSION, WELCOME, POWER_ON, GRANT, HELLO, PACKET = 4, 16, 18, 19, 32, 33  # wire_kind_t


def address_of(endpoint):
    if endpoint.startswith("tcp://"):
        host, port = endpoint[6:].rsplit(":", 1)
        return socket.AF_INET, (host, int(port))
    return socket.AF_UNIX, endpoint[6:]


def up_of(endpoint):
    if endpoint.startswith("tcp://"):
        host, port = endpoint.rsplit(":", 1)
        return "%s:%d" % (host, int(port) + 1)
    return endpoint + "-up"


class Raw:
    """A ZMTP 3.0 connection without a library, which would keep what has no end to itself."""

    def __init__(self, endpoint, kind):
        family, address = address_of(endpoint)
        self.socket = socket.socket(family)
        self.socket.connect(address)
        self.socket.sendall(b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + b"\0".ljust(32, b"\0"))
        self.receive(64)
        ready = b"\x05READY\x0bSocket-Type" + struct.pack(">I", len(kind)) + kind
        self.socket.sendall(b"\x04" + bytes([len(ready)]) + ready)
        self.receive(2)

    def receive(self, size):
        while size > 0:
            got = self.socket.recv(size)
            if not got:
                raise ConnectionResetError
            size -= len(got)

    @staticmethod
    def frame(data, more=False):
        if len(data) < 256:
            return bytes([more, len(data)]) + data
        return bytes([more | 2]) + struct.pack(">Q", len(data)) + data


def connect(endpoint, count):
    kept, (family, address) = [], address_of(endpoint)
    for _ in range(int(count)):
        try:
            one = socket.socket(family)
            one.settimeout(1)
            one.connect(address)
            kept.append(one)
        except OSError:
            break
    time.sleep(1)
    return 0


def sockets(endpoint, *topics):
    context = zmq.Context.instance()
    down, up = context.socket(zmq.SUB), context.socket(zmq.XPUB)
    for topic in topics:
        down.subscribe(topic)
    down.connect(endpoint)
    up.connect(up_of(endpoint))
    up.recv()  # it is there
    return down, up


def speak(endpoint, node):
    """With a gap, which would end the run; with a store, which would replace its memory; with tags of any kind."""
    node = node.encode()
    down, up = sockets(endpoint, b"step/" + node, b"sim/end")
    store = struct.pack("<qBI", 2**63 - 1, 0, 0) + bytes(4) + b"\1" + struct.pack("<H", 1) + b"\5stole\0" + bytes(8)
    print("listens", flush=True)
    while True:
        topic, body = down.recv_multipart()
        if topic == b"sim/end":
            return 0
        if body[1] in (POWER_ON, GRANT):
            head = struct.pack("<BB", VERSION, PACKET) + body[2:18]
            for answer in (head + b"\1\0" + bytes(8), head + b"\0" + store, head):
                for tag in (b"", bytes(8), os.urandom(8), body[-8:]):
                    up.send_multipart([b"packet/" + node, answer + tag])


def hello(endpoint, node):
    node = node.encode()
    down, up = sockets(endpoint, b"step/" + node, b"sim/end")
    ports = b"\1x" + bytes(3)
    print("listens", flush=True)
    while not down.poll(1):
        for version, key, rest in ((9, bytes(32), ports), (VERSION, bytes(32), ports), (VERSION, os.urandom(32), b""),
                                   (VERSION, os.urandom(32), ports + b"x"), (VERSION, os.urandom(32), ports)):
            head = struct.pack("<BBQQ", version, HELLO, 1 + os.getpid(), 0)
            up.send_multipart([b"hello/" + node, head + key + rest])
        time.sleep(0.05)
    while down.recv_multipart()[0] != b"sim/end":
        pass
    return 0


def uncount(endpoint, _):
    raw = Raw(endpoint, b"SUB")
    for kind in (0, 2, 3, 65, 255):
        for name in range(5):
            raw.socket.sendall(raw.frame(bytes([kind]) + b"sim/observer/%d" % name))
    raw.socket.sendall(raw.frame(b"") + raw.frame(b"\2", more=True) + raw.frame(b"\0sim/observer/"))
    print("done", flush=True)
    time.sleep(600)


def text(data):
    return bytes([len(data)]) + data


def pretend(endpoint, _):
    context = zmq.Context.instance()
    down, up, steps = context.socket(zmq.XPUB), context.socket(zmq.SUB), context.socket(zmq.ROUTER)
    down.bind(endpoint)
    up.bind(up_of(endpoint))
    steps.bind(endpoint + "-do")
    evil = b"\x1b[31m\x07\x7f\xc2\x9b2J\x9b"
    print("listens", flush=True)
    for number in range(1, 10**9):
        if steps.poll(20):
            who = steps.recv_multipart()[:-1]
            steps.send_multipart(who + [b"0", b"done " + evil + b"\n  " + evil])
        head = struct.pack("<BBBQq", VERSION, 1, 0, number, 0) + text(evil)
        down.send_multipart([b"can/" + evil + b"/130", head + struct.pack("<IB", 0x130, 0)])
        head = struct.pack("<BBBQq", VERSION, 8, 0, number, 0) + text(evil)
        down.send_multipart([b"can/" + evil + b"/error", head + struct.pack("<IB", 0x130, 0)])
        for kind, topic, rest in ((4, b"sim/power", b"\1"), (5, b"sim/bus", text(evil) + b"\1"),
                                  (9, b"sim/state", text(evil) + b"\2"),
                                  (6, b"sim/log", struct.pack("<Hqqq", 1, 0, 0, 0))):
            head = struct.pack("<BBBQq", VERSION, kind, 6, number, 0) + text(evil)
            down.send_multipart([topic, head + rest])
        head = struct.pack("<BBBQq", VERSION, 2, 4, number, 0) + text(evil)
        down.send_multipart([b"line/" + evil, head + bytes(8)])


def until_put_out(raw, data, seconds):
    """0 when the other side ends the connection."""
    begin = time.monotonic()
    try:
        while time.monotonic() - begin < seconds:
            raw.socket.sendall(data)
    except OSError:
        return 0
    return 1


def multipart(endpoint, seconds):
    raw = Raw(up_of(endpoint), b"PUB")
    return until_put_out(raw, raw.frame(b"packet/seat", more=True) + 32 * raw.frame(bytes(32000), more=True), float(seconds))


def large(endpoint, _):
    raw = Raw(endpoint, b"SUB")
    return until_put_out(raw, b"".join(raw.frame(b"\1%d/" % i + bytes(30000)) for i in range(1000)), 1)


def many(endpoint, seconds):
    raw = Raw(endpoint, b"SUB")
    number, begin = 0, time.monotonic()
    try:
        while time.monotonic() - begin < float(seconds):
            raw.socket.sendall(b"".join(raw.frame(b"\1%0100d" % i) for i in range(number, number + 1000)))
            number += 1000
    except OSError:
        return 0
    return 1


HOWS = {"connect": connect, "speak": speak, "hello": hello, "uncount": uncount, "pretend": pretend,
        "multipart": multipart, "large": large, "many": many}

if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in HOWS:
        sys.exit(__doc__)
    sys.exit(HOWS[sys.argv[1]](sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None))
