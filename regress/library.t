#!/usr/bin/python3 -B
"""
libntptime for those who build with it: it is installed with what pkg-config
needs, its header is C and C++, it names and takes nothing else, and the Python
module says the same as the library of any page, a broken one, too.
"""
import os
import struct
import subprocess
import sys
import tempfile
import time

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, os.path.join(TOP, "libntptime"))
import ntptime

S = 10**9
NEAR = 1000000          # ns: of two readings, one after the other
FIELDS = ("magic version size generation status as_of fresh_until void_after "
    "certain likely offset lead drift frequency leap tai marker has_marker "
    "reserved").split()
LAYOUT = struct.Struct("=8sIIIIqqqqqqqIiIiQII")
EDGES = (0, 1, S, 2**32 - 1, 2**62, -1, -2**62, 2**63 - 1, -2**63)

number = failed = 0


def ok(holds, name, *why):
    global number, failed
    number += 1
    failed += not holds
    print("%sok %d - %s" % ("" if holds else "not ", number, name))
    if not holds:
        print("".join("# %s\n" % (x,) for x in why), end="")


def run(*command, **more):
    p = subprocess.run(command, capture_output=True, text=True, check=False,
        **more)
    return p.returncode, p.stdout + p.stderr


def pages(folder):
    """Files of pages: good ones, and each field with each edge."""
    boot = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    good = dict(zip(FIELDS, (b"ntpbound", 2, LAYOUT.size, 2, 1, boot,
        boot + 600 * S, boot + 900 * S, 10**6, 10**5, 0,
        time.time_ns() - boot, 0, 0, 0, 37, 0, 0, 0)))
    every = [good, dict(good, fresh_until=boot - 1),
        dict(good, void_after=boot - 1), dict(good, generation=3),
        dict(good, as_of=boot + 10 * S), dict(good, as_of=boot - 300 * S),
        dict(good, as_of=boot - 300 * S, drift=15000),
        dict(good, drift=500000), dict(good, magic=b"ntpBound"),
        dict(good, lead=good["lead"] + 500000),
        dict(good, lead=good["lead"] - 3 * S)]
    every += [dict(good, status=n) for n in range(6)]
    kinds = dict(zip(FIELDS, LAYOUT.format[1:].replace("8s", "s")))
    for field in FIELDS[1:]:
        for edge in EDGES:
            if (field, edge) == ("drift", S):
                continue        # it grows as fast as time passes
            unsigned = kinds[field] in "IQ"
            bits = 32 if kinds[field] in "Ii" else 64
            value = edge % 2**bits
            if not unsigned and value >= 2**(bits - 1):
                value -= 2**bits
            every.append(dict(good, **{field: value}))
    names = []
    for n, page in enumerate(every):
        names.append(os.path.join(folder, "page%d" % n))
        with open(names[-1], "wb") as f:
            f.write(LAYOUT.pack(*(page[field] for field in FIELDS)))
    for n, data in enumerate((b"", b"ntpbound", os.urandom(4096),
            bytes(LAYOUT.size))):
        names.append(os.path.join(folder, "other%d" % n))
        with open(names[-1], "wb") as f:
            f.write(data)
    return names


def by_python(name):
    try:
        with ntptime.open(name) as t:
            now = t.now()
    except (OSError, ValueError):
        return ["refused"]
    return [now.status, now.latest - now.earliest,
        now.likely_latest - now.likely_earliest]


def differ(c, python):
    """C's line and Python's figures, which were asked for a little later."""
    if c == ["refused"] or python == ["refused"]:
        return c != python
    c = [int(word) for word in c]
    return c[0] != python[0] or any(abs(a - b) > NEAR + 1e-3 * abs(a) for
        a, b in zip(c[1:], python[1:]))


def test(folder):
    root = os.path.join(folder, "root")
    status, out = run("make", "-C", TOP, "install", "DESTDIR=" + root)
    ok(status == 0, "it is installed", out)
    found = {f: os.path.join(where, f) for where, _, files in os.walk(root)
        for f in files}
    for name in ("ntptime.h", "libntptime.a", "ntptime.3", "ntptime.py"):
        ok(name in found, name + " is")
    status, flags = run("pkg-config", "--cflags", "--libs", "libntptime",
        env=dict(os.environ, PKG_CONFIG_SYSROOT_DIR=root,
        PKG_CONFIG_ALLOW_SYSTEM_CFLAGS="1", PKG_CONFIG_ALLOW_SYSTEM_LIBS="1",
        PKG_CONFIG_PATH=os.path.dirname(found.get("libntptime.pc",
        found.get("ntptime.pc", "")))))
    ok(status == 0, "pkg-config knows it", flags)
    program = os.path.join(folder, "library")
    status, out = run("cc", "-std=c11", "-D_POSIX_C_SOURCE=200809L",
        "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-o", program,
        os.path.join(TOP, "regress", "library.c"), *flags.split())
    ok(status == 0, "a program in C is built with what it says", out)
    source = os.path.join(folder, "library.cc")
    with open(source, "w") as f:
        f.write("#include <ntptime.h>\nint main() { return "
            "ntptime_open(\"/nonexistent\") != nullptr; }\n")
    status, out = run("g++", "-std=c++11", "-Wall", "-Wextra", "-Wpedantic",
        "-Werror", "-o", os.path.join(folder, "cc"), source, *flags.split())
    ok(status == 0 and run(os.path.join(folder, "cc"))[0] == 0,
        "one in C++, too", out)
    names = [line.split()[-1] for line in run("nm", "-g", "--defined-only",
        found["libntptime.a"])[1].splitlines() if len(line.split()) == 3]
    ok(names and all(n.startswith("ntptime_") for n in names),
        "it defines no name but its own", names)

    files = pages(folder)
    said = [line.split() for line in run(program, *files)[1].splitlines()]
    wrong = [(name, c, by_python(name)) for name, c in zip(files, said)
        if differ(c, by_python(name))]
    ok(len(said) == len(files) and not wrong,
        "Python says the same of %d pages" % len(files), *wrong)
    ok({line[0] for line in said} == {"0", "1", "2", "3", "refused"},
        "among which is each status", said)


with tempfile.TemporaryDirectory(prefix="ntpd-library.") as folder:
    test(folder)
print("1..%d" % number)
sys.exit(failed != 0)
