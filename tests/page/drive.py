#!/usr/bin/python3
# SPDX-License-Identifier: MIT
# A person at the page: opens it, chooses, sorts, opens stories, by mouse and by keyboard, wide and narrow, in the light
# and in the dark; and what the browser says of it meanwhile. Pictures of what there is to see go into a directory.
#   drive.py PAGE.html LARGE.html PICTURES
import base64
import os
import sys
import time

sys.path.append(os.path.dirname(os.path.abspath(__file__)))
from browser import Browser, Lost

WIDE, NARROW = (1280, 900), (400, 800)
LOOKS = """
globalThis.one = (selector) => document.querySelector(selector);
globalThis.all = (selector) => [...document.querySelectorAll(selector)];
globalThis.shown = (element) => element && element.offsetParent !== null;
globalThis.rows = () => all("#story-rows tr");
globalThis.names = () => rows().map((row) => row.querySelector("a").textContent.slice(0, 11)).join();
globalThis.texts = (selector) => all(selector).map((element) => element.textContent).join();
globalThis.link = (text) => all("main a").find((a) => a.textContent.includes(text) && shown(a));
globalThis.button = (text) => all("button").find((b) => b.textContent.startsWith(text) && shown(b));
globalThis.lane = (name) => all(".lane").find((l) => l.textContent.startsWith(name));
globalThis.requirements = () => all("#requirement-rows tr").filter(shown)
    .map((row) => row.querySelector("strong").textContent + " " + row.cells[1].textContent).join();
globalThis.requirement = (name) => all("#requirement-rows tr").find((row) => row.innerText.startsWith(name));
"""
NAMED = [
    "button",
    "link",
    "textbox",
    "searchbox",
    "combobox",
    "checkbox",
    "slider",
    "heading",
    "table",
    "navigation",
    "search",
]
ACTS = [
    ("to look for a text", "place('text').value = '[99'; showRows()"),
    ("to show all", "place('text').value = ''; showRows()"),
    ("to sort", "sortBy(1)"),
    ("to show more", "place('more').click()"),
    ("for requirements", "location.hash = '#requirements'"),
    ("to open a story", "location.hash = '#story=9999'"),
    ("to go back", "location.hash = '#stories'"),
]
LOAD_S, ACT_S, LARGE_BYTES = 15, 5, 40 << 20  # of ten thousand stories, at most


class Person:
    def __init__(self, browser, page, pictures):
        self.browser, self.page, self.pictures, self.wrong, self.count = browser, page, pictures, [], 0

    def sees(self, what, expression, wanted=True):
        self.count += 1
        found = self.browser.value(expression)
        if found != wanted:
            self.wrong.append(f"{what}: {found!r}, not {wanted!r}")

    def opens(self, place="", size=WIDE, dark=False, page=None):
        self.browser.open(f"file://{page or self.page}{place}", *size, dark=dark)
        self.browser.frame()
        self.browser.value(LOOKS)

    def picture(self, name, whole=False):
        self.browser.picture(os.path.join(self.pictures, f"{name}.png"), whole)


def head_and_table(me):
    me.opens()
    me.sees("the verdict", "one('h1').textContent", "4 of 6 stories did not pass")
    me.sees("the title, which no story takes", "document.title", "kmsim: 4 of 6 stories did not pass")
    me.sees("scripts and pictures", "document.scripts.length + document.images.length", 2)
    me.sees("the worst first", "texts('#story-rows .status')", "failed,failed,failed,invalid,passed,passed")
    row = "rows()[2].innerText.replace(/\\s+/g, ' ')"
    me.sees("a row", f"{row}.startsWith('failed key 2 takes the seat to 180 mm R7 R9 stories/seat not met within 2 s')")
    me.picture("stories")


def choosing(me):
    browser = me.browser
    browser.click("one('#statuses input[value=passed]')")
    me.sees("those that passed", "rows().length", 2)
    me.sees("what is told of that", "one('#shown').textContent", "2 of 6 stories")
    browser.click("one('#statuses input[value=invalid]')")
    me.sees("two kinds", "rows().length", 3)
    browser.click("button('Show all')")
    browser.frame()
    me.sees("all again", "rows().length", 6)
    browser.click("one('#text')")
    browser.type("SEAT r9")
    me.sees("by text and requirement", "names()", "key 2 takes,two drivers")
    browser.click("button('Show all')")
    browser.value(
        "one('#directory').value = 'stories/keys'; one('#directory').dispatchEvent(new Event('input', {bubbles: true}))"
    )
    me.sees("by directory", "rows().length", 2)
    browser.click("button('Show all')")
    browser.click("button('Story')")
    order = ["<b>&amp; </", "a car that ", "a number ou", "key 2 takes", "stories/key", "two drivers"]
    me.sees("by name", "names()", ",".join(order))
    browser.click("button('Story')")
    me.sees("by name, turned around", "names()", ",".join(reversed(order)))
    me.sees("what is told of that", "one('th[aria-sort=descending]').textContent", "Story")


def a_failure(me):
    me.browser.click("link('key 2 takes the seat')")
    me.sees("the place", "location.hash", "#story=5")
    me.sees("who is read aloud", "document.activeElement.textContent", "key 2 takes the seat to 180 mm")
    panel, facts = "one('.failure').innerText", "one('.facts').innerText"
    me.sees("what was expected", f"{panel}.includes('expect seat settings longitudinal=180.0 mm within 2 s')")
    me.sees("the line", f"{panel}.includes('stories/seat/too_early.json:8:5: /steps/2/expect')")
    me.sees("what was seen", f"{panel}.includes('Longitudinal=163.0 mm')")
    me.sees("the seed", f"/Seed\\s+1\\s/.test({facts})")
    me.sees(
        "the command", "one('.facts code').textContent", "kmsim run --in-process --seed 1 stories/seat/too_early.json"
    )
    me.sees("a trace", f"{facts}.includes('traces/too_early.log')")
    for name in ["steps", "kcan-s", "kcan-p", "profile", "longitudinal", "height"]:
        me.sees(f"a lane of {name}", f"shown(lane('{name}'))")
    for kind in ["path.curve", "line.wanted", "line.failed", "line.cursor"]:
        me.sees(f"its {kind}", f"lane('longitudinal').querySelectorAll('{kind}').length", 1)
    me.sees("what was wanted there", "lane('longitudinal').querySelector('.expected').textContent", "expected 180 mm")
    me.sees("what was seen there", "lane('longitudinal').querySelector('text.mark').textContent", "seen 163")
    me.sees("a style by name", "one('.timeline').innerText.includes('style intensive')")
    me.sees("the failed step", "texts('.steps tr.is-failed td:first-child')", "2")
    me.sees("frames", "one('.frames:last-of-type').rows.length", 1 + 20)
    me.sees("frames of what was asked for", "one('.frames').innerText.includes('SeatStatus') && all('.frames').length", 2)
    me.picture("failure")
    me.picture("failure-whole", True)


def moving(me):
    browser, now = me.browser, "one('.tools .now').textContent"
    browser.value("one('.scrub input').focus()")
    browser.key("Home", 36)
    me.sees("the cursor by the keyboard", now, "at 0.000 s")
    me.sees("a value of before", "lane('longitudinal').querySelector('.value').textContent", "–")
    browser.click("button('Next step')")
    me.sees("the next step", now, "at 0.100 s")
    ticks = "texts('.timeline .tick + text')"
    before = browser.value(ticks)
    browser.click("button('Before the failure')")
    me.sees("another scale", f"{ticks} !== {before!r}")
    browser.click("button('Whole story')")
    me.sees("the first again", ticks, before)
    browser.click("one('.steps tr.is-failed button')")
    me.sees("the cursor by a step", f"{now}.startsWith('at 0.1')")
    browser.click("link('All stories')")
    me.sees("back at the story's row", "document.activeElement.textContent", "key 2 takes the seat to 180 mm")


def other_stories(me):
    me.opens("#story=3")
    me.sees("its place", "/no_story.json:3:24: /.test(one('.failure .problem').textContent)")
    me.sees("all mistakes of a file", "one('.failure .problem').innerText.split('\\n').length", 2)
    me.browser.click("link('Next')")
    me.sees("the next one", "texts('h2')", "a car that nobody unlocks stays locked")
    idle = "stories/doors/locked.json:6:5: /steps/0/never: watched 0 frames"
    me.sees("a watch that saw nothing", "one('.idle p').textContent", idle)
    me.sees("a note", "one('.steps').innerText.includes('nobody is there')")
    me.opens("#story=1")
    me.sees(
        "a text that is no markup",
        "one('h2').textContent.startsWith('<b>&amp; </script>') && one('h2 bdi').children.length",
        0,
    )
    me.opens("#story=99")
    me.sees("no such story", "shown(one('#view-stories'))")
    for number, name in [(6, "passed"), (1, "watch")]:
        me.opens(f"#story={number}", dark=True)
        me.picture(f"{name}-dark", True)


def requirements(me):
    me.opens()
    me.browser.click("one('#to-requirements')")
    bare = [f"R{i} not covered" for i in (1, 2, 3, 4, 5)]
    failed = ["R6 failed", "R7 failed", "R8 not covered", "R9 failed", "R10 failed"]
    rest = [f"R{i} not covered" for i in (12, 13, 14)]
    every = ["DOOR-1 passed", "DOOR-2 not covered", *bare, *failed, "R11 passed", *rest]
    me.sees("what they are", "requirements()", ",".join(every))
    me.sees(
        "what one says", "requirement('DOOR-1').innerText.includes('A car that nobody unlocks stays locked <always>.')"
    )
    me.sees("how many", "/^16 requirements: 2 passed, 4 failed, 10 not covered/.test(one('#coverage').textContent)")
    me.picture("requirements")
    me.browser.click("one('#open-only')")
    me.sees("what has not passed", "requirements()", ",".join(every[1:-4] + rest))
    me.browser.click("link('two drivers')")
    me.sees("a story from there", "one('h2').textContent.slice(0, 11)", "two drivers")


def by_keyboard(me):
    me.opens()
    press, reached = me.browser.key, []
    at = "document.activeElement"
    for _ in range(40):
        press("Tab", 9)
        reached.append(me.browser.value(f"{at}.id || {at}.value || {at}.textContent"))
        me.sees(f"a mark at {reached[-1]}", f"getComputedStyle({at}.closest('.chip') ?? {at}).outlineStyle", "solid")
        if reached[-1] == "failed":
            press(" ", 32, " ")
            me.sees("chosen by the keyboard", "rows().length", 3)
        if reached[-1].startswith("key 2 takes"):
            break
    for name in ["to-stories", "to-requirements", "text", "directory", "requirement", "Story"]:
        if name not in reached:
            me.wrong.append(f"nobody gets to {name} by the keyboard")
    press("Enter", 13, "\r")
    me.browser.wait("location.hash === '#story=5'")
    me.sees("opened by the keyboard", "shown(one('.timeline'))")


def look_at(me, name, place, size, dark):
    me.opens(place, size, dark)
    wide = "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)"
    ground = "rgb(17, 22, 27)" if dark else "rgb(255, 255, 255)"
    me.sees(f"{name} fits into {size[0]}", f"{wide} <= innerWidth")
    me.sees(f"{name}, dark: {dark}", "getComputedStyle(document.body).backgroundColor", ground)
    me.picture(f"{name}-{size[0]}{'-dark' if dark else ''}")


def sizes_and_colours(me):
    views = {
        "stories": "",
        "requirements": "#requirements",
        "failure": "#story=5",
        "passed": "#story=6",
        "invalid": "#story=3",
    }
    for name, place in views.items():
        for size in (WIDE, NARROW):
            for dark in (False, True):
                look_at(me, name, place, size, dark)
    me.opens("#story=5", NARROW)
    me.picture("failure-400-whole", True)


def read_aloud(me):
    for place in ("", "#requirements", "#story=5"):
        me.opens(place)
        for node in me.browser.tell("Accessibility.getFullAXTree")["nodes"]:
            role = node.get("role", {}).get("value")
            if role not in NAMED or node.get("ignored"):
                continue
            me.count += 1
            if not node.get("name", {}).get("value"):
                me.wrong.append(f"{place}: a {role} without a name")


def on_paper(me):
    me.opens("#story=5", dark=True)
    me.browser.look(True, "print")
    me.sees("buttons on paper", "all('.tools, nav, .steer').some(shown)", False)
    me.sees("paper is white", "getComputedStyle(document.body).backgroundColor", "rgb(255, 255, 255)")
    paper = me.browser.tell("Page.printToPDF", paperWidth=8.27, paperHeight=11.7)["data"]
    with open(os.path.join(me.pictures, "failure.pdf"), "wb") as file:
        file.write(base64.b64decode(paper))


def ten_thousand(me, large):
    begin = time.monotonic()
    me.opens(page=large)
    took = {"to load": time.monotonic() - begin}
    me.sees("how many", "STORIES.length", 10000)
    me.sees("how many rows", "rows().length", 100)
    for what, act in ACTS:
        begin = time.monotonic()
        me.browser.value(f"{act}; document.body.offsetHeight")
        me.browser.frame()
        took[what] = time.monotonic() - begin
    me.picture("ten-thousand")
    for what, seconds in took.items():
        if seconds > (LOAD_S if what == "to load" else ACT_S):
            me.wrong.append(f"ten thousand stories take {seconds:.1f} s {what}")
    if os.path.getsize(large) > LARGE_BYTES:
        me.wrong.append(f"a page of ten thousand stories has {os.path.getsize(large)} bytes")
    told = ", ".join(f"{seconds:.2f} s {what}" for what, seconds in took.items())
    print(f"ten thousand stories: {os.path.getsize(large) >> 20} MB; {told}")


PARTS = [head_and_table, choosing, a_failure, moving, other_stories, requirements]
PARTS += [by_keyboard, sizes_and_colours, read_aloud, on_paper]


def main():
    page, large, pictures = sys.argv[1:]
    browser = Browser()
    me = Person(browser, page, pictures)
    try:
        for part in PARTS:
            part(me)
        ten_thousand(me, large)
    except Lost as why:
        me.wrong.append(f"lost: {why}")
    finally:
        browser.close()
    me.wrong += [f"the browser says {said}" for said in browser.complaints]
    local = {f"file://{page}", f"file://{large}", "about:blank"}
    me.wrong += [f"the page asks for {url}" for url in set(browser.requests) - local]
    well = f"the page is as it should be: {me.count} looks, no complaint of the browser, no request to any network"
    print("\n".join(me.wrong) if me.wrong else well)
    return 1 if me.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
