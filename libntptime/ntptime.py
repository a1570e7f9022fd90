"""
The time with a bound, from ntpd: a reader of its page, see ntptime(3).

    with ntptime.open() as t:
        now = t.now()
        print(now.status, now.earliest, now.latest)     # ns since 1970
"""
import builtins
import collections
import contextlib
import mmap
import os
import stat
import struct
import time

UNKNOWN, SYNCHRONIZED, FREE_RUNNING, DISRUPTED = range(4)

Interval = collections.namedtuple("Interval", "status earliest latest "
    "likely_earliest likely_latest")
_LAYOUT = struct.Struct("=8sIIIIqqqqqqqIiIiQII")
_MARKER = struct.Struct("=Q")       # in VMClock's page
_MARKER_AT = 16
_TRIES = 1000
_READINGS = 100
_S = 1000000000
_STEP = _BEFORE = 1000000
_LONGEST = 3600 * _S
_FAREST = 2 ** 62


class Reader:
    def __init__(self, path="/run/ntpd/bound", vmclock="/dev/vmclock0"):
        with builtins.open(path, "rb") as f:
            status = os.fstat(f.fileno())
            if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                raise PermissionError("others may write " + path)
            if status.st_size < _LAYOUT.size:
                raise OSError("%s is not a page of ntpd" % path)
            self._map = mmap.mmap(f.fileno(), _LAYOUT.size,
                access=mmap.ACCESS_READ)
        if _LAYOUT.unpack(self._map[:])[:3] != (b"ntpbound", 2, _LAYOUT.size):
            raise OSError("%s is not a page of ntpd that we know" % path)
        self._vmclock = None
        with contextlib.suppress(OSError, ValueError):
            with builtins.open(vmclock, "rb") as f:
                self._vmclock = mmap.mmap(f.fileno(), mmap.PAGESIZE,
                    access=mmap.ACCESS_READ)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._map.close()
        if self._vmclock is not None:
            self._vmclock.close()

    def _page(self):
        for _ in range(_TRIES):
            page = _LAYOUT.unpack(self._map[:])
            if page[3] % 2 == 0 and page == _LAYOUT.unpack(self._map[:]):
                return page
        return None

    def now(self):
        """The Interval in which true time is now, in ns since 1970."""
        page = self._page()
        if page is None:
            return Interval(UNKNOWN, 0, 0, 0, 0)
        status, as_of, fresh, void, certain, likely, _, lead, drift = \
            page[4:13]
        real, boot, set_by = _clocks(lead)
        if not _is_sane(page) or boot > void or boot < as_of - _BEFORE:
            return Interval(UNKNOWN, 0, 0, 0, 0)
        if set_by > _STEP:
            status = DISRUPTED
        elif status == SYNCHRONIZED and boot > fresh:
            status = FREE_RUNNING
        # Last: what was read before the machine was moved was true then.
        marker, has_marker = page[16:18]
        if has_marker and self._vmclock is not None and marker != \
                _MARKER.unpack_from(self._vmclock, _MARKER_AT)[0]:
            status = DISRUPTED
        grown = -(-max(0, boot - as_of) * drift // _S) + set_by
        return Interval(status, real - certain - grown,
            real + certain + grown, real - likely - grown,
            real + likely + grown)


def _is_sane(page):
    """Are the figures of PAGE such as a daemon may write?"""
    status, as_of, _, void, certain, likely, _, lead, drift = page[4:13]
    return UNKNOWN < status <= DISRUPTED and drift <= _S and \
        0 <= as_of <= _FAREST and void <= as_of + _LONGEST and \
        0 <= certain <= _LONGEST and 0 <= likely <= _LONGEST and \
        abs(lead) <= _FAREST


def _clocks(lead):
    """Two clocks, and by how much one was set since it was LEAD ahead."""
    for _ in range(_READINGS):
        real = time.clock_gettime_ns(time.CLOCK_REALTIME)
        boot = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        set_by = abs(real - boot - lead)
        if set_by <= _STEP:
            break
    return real, boot, set_by


def open(path="/run/ntpd/bound", vmclock="/dev/vmclock0"):
    """
    A Reader of the page at PATH; OSError if there is none.  The hypervisor's
    VMClock is looked at if there is one.
    """
    return Reader(path, vmclock)
