# SPDX-License-Identifier: MIT
# A page in a browser without a window, driven over a pipe by the DevTools protocol, without network.
import base64
import json
import os
import shutil
import subprocess
import tempfile

PROGRAMS = ["chromium", "chromium-headless-shell", "google-chrome"]


class Lost(Exception):
    """The browser does not do what it was told."""


class Browser:
    """One page, and what it said: .complaints are errors of scripts, lines of the console and requests."""

    def __init__(self, program=None):
        program = program or next((p for p in PROGRAMS if shutil.which(p)), None)
        if not program:
            raise Lost("there is no Chromium")
        self.home = tempfile.mkdtemp()
        mine, theirs = os.pipe(), os.pipe()  # what it reads, what it writes
        # it reads from its descriptor 3 and writes to 4; the shell puts them there whatever ours are
        command = f'exec "$0" "$@" 3<&{mine[0]} 4>&{theirs[1]}'
        options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--remote-debugging-pipe",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--hide-scrollbars",
            "--disable-background-networking",
            "--proxy-server=127.0.0.1:9",
            f"--user-data-dir={self.home}",
        ]
        self.process = subprocess.Popen(
            ["sh", "-c", command, program, *options],
            pass_fds=(mine[0], theirs[1]),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": self.home},
        )
        os.close(mine[0]), os.close(theirs[1])
        self.out, self.input = os.fdopen(mine[1], "wb", buffering=0), os.fdopen(theirs[0], "rb")
        self.number, self.complaints, self.requests = 0, [], []
        self.session = None
        target = self.tell("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.tell("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.tell(f"{domain}.enable")

    def read(self):
        text = bytearray()
        while (byte := self.input.read(1)) != b"\0":
            if not byte:
                raise Lost("the browser has ended")
            text += byte
        return json.loads(text)

    def note(self, said):
        method, about = said.get("method"), said.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = about["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description") or details["text"])
        if method == "Runtime.consoleAPICalled":
            self.complaints.append(f"console.{about['type']}: {[a.get('value') for a in about['args']]}")
        if method == "Log.entryAdded":
            self.complaints.append(f"{about['entry']['level']}: {about['entry']['text']}")
        if method == "Network.requestWillBeSent":
            self.requests.append(about["request"]["url"])

    def tell(self, method, **about):
        self.number += 1
        message = {"id": self.number, "method": method, "params": about}
        if self.session:
            message["sessionId"] = self.session
        self.out.write(json.dumps(message).encode() + b"\0")
        while (said := self.read()).get("id") != self.number:
            self.note(said)
        if "error" in said:
            raise Lost(f"{method}: {said['error']}")
        return said["result"]

    def open(self, url, width=1280, height=900, dark=False):
        self.tell("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.look(dark)
        self.tell("Page.navigate", url="about:blank")
        self.tell("Page.navigate", url=url)
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'")

    def look(self, dark, media=""):
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.tell("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def value(self, expression):
        said = self.tell("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in said:
            raise Lost(f"{expression}: {said['exceptionDetails']}")
        return said["result"].get("value")

    def frame(self):
        """Until the page has drawn what it was told."""
        self.value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")

    def wait(self, condition):
        for _ in range(400):
            if self.value(condition):
                return
            self.value("new Promise((done) => setTimeout(done, 25))")
        raise Lost(f"never: {condition}")

    def click(self, expression):
        """With the mouse, in the middle of an element that is shown."""
        middle = "const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]"
        at = self.value(f"((e) => {{ e.scrollIntoView({{block: 'center'}}); {middle}; }})({expression})")
        for kind in ["mousePressed", "mouseReleased"]:
            self.tell("Input.dispatchMouseEvent", type=kind, x=at[0], y=at[1], button="left", clickCount=1)
        self.frame()

    def key(self, name, code, text=""):
        for kind in ["keyDown", "keyUp"]:
            about = {"text": text} if text and kind == "keyDown" else {}
            self.tell("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code, **about)
        self.frame()

    def type(self, text):
        self.tell("Input.insertText", text=text)
        self.frame()

    def picture(self, path, whole=True):
        self.frame()
        size = self.tell("Page.getLayoutMetrics")["cssContentSize"]
        all_of_it = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        clip = {"clip": all_of_it, "captureBeyondViewport": True} if whole else {}
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.tell("Page.captureScreenshot", **clip)["data"]))

    def close(self):
        self.session = None
        self.tell("Browser.close")
        self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)
