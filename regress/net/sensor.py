#!/usr/bin/python3 -B
"""
A small program that has the time, as gpsd has: it says that the clock of this
machine is OFFSET seconds behind, every INTERVAL seconds, to a SOCK socket or
in shared memory.  NOISE is the standard error of what it says.

    sensor.py sock PATH OFFSET INTERVAL NOISE
    sensor.py shm UNIT OFFSET INTERVAL NOISE
    sensor.py trap UNIT         only makes memory that everybody may write
"""
import ctypes
import os
import random
import socket
import struct
import sys
import time

SOCK = struct.Struct("@qqdiiii")
SHM = struct.Struct("@iiqi4xqiiiiiII")      # and eight numbers more
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
libc.shmat.argtypes = ctypes.c_int, ctypes.c_void_p, ctypes.c_int


def message(offset, pulse=0, leap=0, magic=0x534f434b, now=None):
    """A datagram: chronyd's refclock SOCK."""
    now = time.time_ns() if now is None else now
    return SOCK.pack(now // 10 ** 9, now % 10 ** 9 // 1000, offset, pulse,
        leap, 0, magic)


def segment(unit, mode=0o600):
    """The segment UNIT, made if it is not there, as a pointer."""
    ident = libc.shmget(0x4e545030 + unit, 96, 0o1000 | mode)
    if ident == -1:
        raise OSError(ctypes.get_errno(), "shmget")
    return libc.shmat(ident, None, 0)


def write(pointer, count, offset, precision=-20, leap=0, now=None):
    """One sample there."""
    now = time.time_ns() if now is None else now
    true = now + round(offset * 1e9)
    ctypes.memmove(pointer, SHM.pack(1, count, true // 10 ** 9,
        true % 10 ** 9 // 1000, now // 10 ** 9, now % 10 ** 9 // 1000, leap,
        precision, 3, 1, true % 10 ** 9, now % 10 ** 9), SHM.size)


def main(kind, where, offset, interval, noise):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    pointer = segment(int(where)) if kind == "shm" else None
    count = 0
    while True:
        said = offset + random.gauss(0, noise)
        count += 2
        if pointer is not None:
            write(pointer, count, said)
        else:
            try:
                s.sendto(message(said), where)
            except OSError:
                pass
        time.sleep(interval)


if __name__ == "__main__":
    if sys.argv[1] == "trap":
        segment(int(sys.argv[2]), 0o666)
    else:
        main(sys.argv[1], sys.argv[2], *map(float, sys.argv[3:6]))
