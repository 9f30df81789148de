#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# What can be said of a page without a browser: that its data is a JSON report, that nothing in it asks a network for
# anything or takes a text for markup, that what is written has contrast, that fields have labels.
#   structure.py PAGE.html REPORT.json
import html.parser
import json
import re
import sys

VOID = {"meta", "input", "link", "img", "br", "hr", "base"}
LOADS = {"src", "srcset", "data", "action", "formaction", "poster", "background", "ping", "manifest"}
SINKS = (
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|Fragment|setHTML|\beval\b|new Function|srcdoc"
)
NETWORK = (
    r"fetch\(|XMLHttp|WebSocket|EventSource|Beacon|importScripts|\bimport\b|serviceWorker|https?://(?!www\.w3\.org/)"
)
TEXTS = ["text", "quiet", "link", "passed", "failed", "late", "invalid", "broken"]
GROUNDS = ["page", "panel"]
PANELS = ["passed", "failed", "late", "invalid", "broken"]
BANDS = ["band", "band1", "band2", "band3", "band4"]
CONTRAST = 4.5


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.texts = [], [], {}  # texts: of scripts and styles, by kind
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes), [t for t, _ in self.open]))
        if tag not in VOID:
            self.open.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open and self.open[-1][0] == tag, f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data):
        tag, attributes = self.open[-1] if self.open else ("", {})
        if tag in ("script", "style"):
            self.texts.setdefault(attributes.get("type", tag), []).append(data)


def mistakes_of_markup(page):
    ids = [a["id"] for _, a, _ in page.elements if "id" in a]
    yield from (f"two elements are called {i}" for i in set(ids) if ids.count(i) > 1)
    for tag, attributes, around in page.elements:
        yield from (f"{tag} loads {attributes[name]}" for name in LOADS & set(attributes))
        yield from (f"{tag} has {name}" for name in attributes if name.startswith("on"))
        if tag == "link" or tag == "a" and not attributes["href"].startswith("#"):
            yield f"{tag} goes to {attributes.get('href')}"
        if tag in ("input", "select", "textarea") and "label" not in around and "aria-label" not in attributes:
            yield f"{tag} {attributes} has no label"
    policy = [a.get("content", "") for t, a, _ in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
    if len(policy) != 1 or not policy[0].startswith("default-src 'none'"):
        yield f"its policy is {policy}"
    if page.open:
        yield f"is not closed: {page.open}"


def mistakes_of_script(page):
    script, style = "".join(page.texts["script"]), "".join(page.texts["style"])
    yield from (f"the script says {found}" for found in re.findall(f"{SINKS}|{NETWORK}", script))
    yield from (f"the style says {found}" for found in re.findall(r"url\(|@import|@font-face|expression\(", style))
    ids = {a["id"] for _, a, _ in page.elements if "id" in a}
    yield from (f"there is no {name}" for name in re.findall(r"place\(\"([^\"]+)\"\)", script) if name not in ids)


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def mistakes_of_colour(page):
    palettes = [
        dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{(.*?)\}", "".join(page.texts["style"]), re.S)
    ]
    if len(palettes) != 2:
        yield f"{len(palettes)} palettes, not one for the light and one for the dark"
    for number, palette in enumerate(palettes):
        pairs = [(text, ground) for text in TEXTS for ground in GROUNDS]
        pairs += [pair for name in PANELS for pair in ((name, f"{name}-panel"), ("text", f"{name}-panel"))]
        pairs += [("text", band) for band in BANDS] + [("quiet", "failed-panel"), ("wanted", "page")]
        for text, ground in pairs:
            found = contrast(palette[text], palette[ground])
            if found < CONTRAST:
                yield f"palette {number}: {text} on {ground} has a contrast of {found:.2f}"


def mistakes_of_data(page, report):
    data = page.texts["application/json"]
    if len(data) != 1 or "<" in data[0]:
        yield "its data is not one text without <"
    elif json.loads(data[0]) != report:
        yield "its data is another report"
    scripts = [a for t, a, _ in page.elements if t == "script"]
    if len(scripts) != 2:
        yield f"{len(scripts)} scripts"


def main():
    with open(sys.argv[1], encoding="utf-8") as text, open(sys.argv[2], encoding="utf-8") as report:
        page, told = Page(text.read()), json.load(report)
    found = [
        *mistakes_of_markup(page),
        *mistakes_of_script(page),
        *mistakes_of_colour(page),
        *mistakes_of_data(page, told),
    ]
    print("\n".join(f"{sys.argv[1]}: {mistake}" for mistake in found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
