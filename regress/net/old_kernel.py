#!/usr/bin/python3 -B
"""
Run a program as a kernel before Linux 6.16 would: setsockopt(2) does not know
SO_PASSRIGHTS, so that descriptors can be passed to whoever has a UNIX socket.

usage: old_kernel.py program [argument ...]
"""
import ctypes
import errno
import os
import socket
import sys

SO_PASSRIGHTS = 83
SCMP_ACT_ALLOW = 0x7fff0000
SCMP_ACT_ERRNO = 0x00050000
SCMP_CMP_EQ = 4


class Compare(ctypes.Structure):
    """struct scmp_arg_cmp"""
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int),
        ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def forget_passrights():
    lib = ctypes.CDLL("libseccomp.so.2")
    lib.seccomp_init.restype = ctypes.c_void_p
    lib.seccomp_rule_add_array.argtypes = [ctypes.c_void_p, ctypes.c_uint32,
        ctypes.c_int, ctypes.c_uint, ctypes.c_void_p]
    lib.seccomp_load.argtypes = [ctypes.c_void_p]
    rules = lib.seccomp_init(SCMP_ACT_ALLOW)
    these = (Compare * 2)(Compare(1, SCMP_CMP_EQ, socket.SOL_SOCKET, 0),
        Compare(2, SCMP_CMP_EQ, SO_PASSRIGHTS, 0))
    if lib.seccomp_rule_add_array(rules, SCMP_ACT_ERRNO | errno.ENOPROTOOPT,
            lib.seccomp_syscall_resolve_name(b"setsockopt"), 2, these) or \
            lib.seccomp_load(rules):
        sys.exit("old_kernel.py: seccomp")


forget_passrights()
os.execvp(sys.argv[1], sys.argv[1:])
