# SPDX-License-Identifier: MIT
# Compares decoded values with an independent reader: canmatrix takes the file apart, and the bits are counted here one
# by one, in exact decimals.
#   compare.py DECODE FILE…          those files
#   compare.py DECODE --random N     N files of random signals, written here
import logging
import random
import struct
import subprocess
import sys
import tempfile
import warnings
from decimal import Context, Decimal, setcontext

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)  # canmatrix tells which formats it lacks
import canmatrix.formats  # noqa: E402

setcontext(Context(prec=120))
FRAMES_PER_MESSAGE = 8
SEED = 1


# ---- the independent reader ------------------------------------------------------------------------------------------

def read(path):
    matrices = canmatrix.formats.loadp(path, dbcImportEncoding="utf-8", dbcImportCommentEncoding="utf-8")
    return [frame for matrix in matrices.values() for frame in matrix.frames]


def bits_of(signal, data):
    """The signal's bits, the most significant first; None when the frame is too short for them."""
    start, bits = signal.get_startbit(bit_numbering=1), []
    if signal.is_little_endian:
        places = range(start + signal.size - 1, start - 1, -1)
    else:
        places, place = [], start
        for _ in range(signal.size):
            places.append(place)
            place = place + 15 if place % 8 == 0 else place - 1
    for place in places:
        if place // 8 >= len(data):
            return None
        bits.append(data[place // 8] >> place % 8 & 1)
    return bits


def whole(bits, signed):
    number = int("".join(map(str, bits)), 2)
    return number - (1 << len(bits)) if signed and bits[0] else number


def number_of(signal, bits):
    if not signal.is_float:
        return Decimal(whole(bits, signal.is_signed))
    octets = whole(bits, False).to_bytes(signal.size // 8, "big")
    return struct.unpack(">f" if signal.size == 32 else ">d", octets)[0]


def is_selected(frame, signal, data):
    if signal.muxer_for_signal:
        selector, ranges = frame.signal_by_name(signal.muxer_for_signal), signal.mux_val_grp
    elif isinstance(signal.multiplex, int):
        selector, ranges = frame.get_multiplexer, [[signal.multiplex, signal.multiplex]]
    else:
        return True
    bits = bits_of(selector, data) if selector else None
    if bits is None or not is_selected(frame, selector, data):
        return False
    value = whole(bits, selector.is_signed)
    return any(int(low) <= value <= int(high) for low, high in ranges)


# ---- comparing -------------------------------------------------------------------------------------------------------

def places(number):
    return max(0, -number.normalize().as_tuple().exponent)


def agrees(signal, number, text):
    if signal.is_float:
        if number != number or number in (float("inf"), float("-inf")):
            return float(text) == number or text.lstrip("-") == "nan"
        exact = Decimal(number) * signal.factor + signal.offset
        return abs(Decimal(text) - exact) <= abs(exact) * Decimal("1e-7") + Decimal("1e-46")
    exact = number * signal.factor + signal.offset
    rounded = abs(signal.factor) >= Decimal("1e-5") and max(places(signal.factor), places(signal.offset)) > 9
    return abs(Decimal(text) - exact) <= abs(signal.factor) / 100 if rounded else Decimal(text) == exact


def name_of(signal, number):
    if number != number or abs(number) > 1 << 62 or number != int(number):
        return ""
    return signal.values.get(int(number), "")


def frame_text(frame, data):
    return ("%08X#%s" if frame.arbitration_id.extended else "%03X#%s") % (frame.arbitration_id.id, data.hex().upper())


def samples(frame, generator):
    size = min(frame.size, 8)
    yield bytes(size)
    yield bytes([255] * size)
    for _ in range(FRAMES_PER_MESSAGE):
        yield bytes(generator.randrange(256) for _ in range(size))
    yield bytes(generator.randrange(256) for _ in range(generator.randrange(size + 1)))
    for value in range(4):  # selectors are small
        yield bytes([value] * size)


def compare(decode, path, generator):
    """Returns how many values agree; prints what does not."""
    asked = [(frame, data) for frame in read(path) for data in samples(frame, generator)]
    text = "".join(frame_text(*each) + "\n" for each in asked)
    told = subprocess.run([decode, path], input=text, capture_output=True, text=True, check=True)
    lines, count = iter(told.stdout.splitlines()), 0
    line = next(lines, None)
    for frame, data in asked:
        if line != frame_text(frame, data):
            sys.exit("%s: %s is not answered but %s" % (path, frame_text(frame, data), line))
        found = {}
        for line in lines:
            if "\t" not in line:
                break
            name, number, value = line.split("\t")
            found[name] = (number, value)
        for signal in frame.signals:
            bits = bits_of(signal, data)
            there = bits is not None and is_selected(frame, signal, data)
            number = number_of(signal, bits) if there else None
            ours = found.pop(signal.name, None)
            good = ours is None if not there else ours and agrees(signal, number, ours[0]) and \
                ours[1] == name_of(signal, number)
            if not good:
                sys.exit("%s: %s %s: %s, but by bits %s (factor %s, offset %s)" % (
                    path, frame_text(frame, data), signal.name, ours, number, signal.factor, signal.offset))
            count += there
        if found:
            sys.exit("%s: %s has no %s" % (path, frame_text(frame, data), ", ".join(found)))
    return count


# ---- random files ----------------------------------------------------------------------------------------------------

FACTORS = ["1", "0.1", "-1", "0.125", "1E-007", "4e-09", ".25", "6.10352e-05", "1000", "0.00390625", "-0.001", "2.5E+3"]
OFFSETS = ["0", "-40", "0.5", "-273.15", "1E-3", "1e6", "100"]


def random_signal(generator, index, multiplex):
    kind = generator.choice(["", "", "", "", "float", "double"])
    length = {"float": 32, "double": 64, "": generator.randint(1, 64)}[kind]
    first = generator.randrange(65 - length)
    order = generator.randrange(2)
    start = first if order else first // 8 * 8 + 7 - first % 8
    sign = "-" if kind else generator.choice("+-")
    line = ' SG_ S%d %s: %d|%d@%d%s (%s,%s) [0|0] "%s" X' % (
        index, multiplex, start, length, order, sign, generator.choice(FACTORS), generator.choice(OFFSETS),
        generator.choice(["", "km/h", "\N{DEGREE SIGN}C"]))
    return line, kind


def write_random(generator, file):
    kinds, lines = [], ['VERSION ""', "", "NS_ :", "", "BS_:", "", "BU_: X", ""]
    for message in range(30):
        number = generator.choice([message * 60 + 1, 0x80000000 | message * 7654321])
        lines.append("BO_ %d M%d: 8 X" % (number, message))
        multiplexed = generator.randrange(3) == 0
        if multiplexed:
            lines.append(' SG_ Page M : 0|2@1+ (1,0) [0|0] "" X')
        for index in range(generator.randint(1, 6)):
            chosen = "m%d " % generator.randrange(4) if multiplexed and generator.randrange(2) else ""
            line, kind = random_signal(generator, index, chosen)
            lines.append(line)
            if kind:
                kinds.append("SIG_VALTYPE_ %d S%d : %d;" % (number, index, 1 if kind == "float" else 2))
        lines.append("")
    file.write("\n".join(lines + kinds) + "\n")
    file.flush()


def main():
    decode, files, generator, count = sys.argv[1], sys.argv[2:], random.Random(SEED), 0
    if files[0] == "--random":
        for _ in range(int(files[1])):
            with tempfile.NamedTemporaryFile("w", suffix=".dbc", encoding="utf-8") as file:
                write_random(generator, file)
                count += compare(decode, file.name, generator)
    else:
        for path in files:
            count += compare(decode, path, generator)
    print("%d values agree" % count)


main()
