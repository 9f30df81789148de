#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A control unit of one's own in Python: an interior light whose brightness is in Key Memory."""
import sys

sys.path.append("/usr/local/share/kmsim/python")  # where make install puts it, unless PREFIX says otherwise
from kmsim_peer import NEVER, SECOND, Unit, run

REMOTE_KEY_STATUS, LIGHT_STATUS = 0x23A, 0x3F0
UNLOCK, NONE = 0x01, 0xFF  # buttons that call up


class Light(Unit):
    accepts = [(0, REMOTE_KEY_STATUS)]

    def power_on(self, now, image):
        self.image, self.active = image, 0
        self.tell()

    def tell(self, **how):
        coded = self.image.get("profile/%d/coded" % self.active, 1) if self.active else 0
        brightness = self.image.get("profile/%d/brightness" % self.active, 50) if coded else 50
        self.send(0, LIGHT_STATUS, bytes([self.active | coded << 3, brightness]), **how)

    def activate(self, now, inputs):
        told = False
        for given in inputs:
            if given.kind in ("awake", "asleep"):
                self.deadline = now + SECOND if given.kind == "awake" else NEVER
            elif given.kind == "frame":
                number, button = given.frame.data[0] & 15, given.frame.data[2]
                if button in (UNLOCK, NONE) and number < 4:
                    self.active, self.deadline, told = number + 1, now + SECOND, True
                    self.tell(replace=True)
            elif given.kind == "deadline":
                self.deadline = now + SECOND
                if not told:
                    self.tell(cyclic=True, replace=True)


run(Light())
