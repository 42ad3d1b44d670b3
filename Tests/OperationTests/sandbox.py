#!/usr/bin/env python3
"""Runs a command under the restrictions of a systemd unit, where no systemd runs: sandbox.py UNIT FOLDER COMMAND …

The file system, capabilities, users and namespaces are bubblewrap's work; system calls, address families and memory that
is both writable and executable are refused by a seccomp filter that is made from the unit's own lines. FOLDER alone can be
written. Each line that is enforced must stand in the unit, so that the two cannot drift apart.
"""

import errno
import os
import re
import socket
import struct
import subprocess
import sys

HEADERS = "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"
AUDIT_ARCH_X86_64 = 0xC000003E
ALLOW, FAIL, KILL = 0x7FFF0000, 0x00050000, 0x80000000
LOAD, AND, EQUAL, RETURN = 0x20, 0x54, 0x15, 0x06
WRITE, EXECUTE = 2, 4
PROMISED = (
    "CapabilityBoundingSet=", "MemoryDenyWriteExecute=yes", "NoNewPrivileges=yes", "PrivateDevices=yes",
    "PrivateTmp=yes", "PrivateUsers=yes", "ProcSubset=pid", "ProtectHome=yes", "ProtectSystem=strict",
    "SystemCallErrorNumber=EPERM",
)


def main():
    unit, folder, *command = sys.argv[1:]
    with open(unit, encoding="utf-8") as file:
        lines = file.read().splitlines()
    for line in PROMISED:
        if line not in lines:
            sys.exit(f"{unit} does not say {line}")
    read, write = os.pipe()
    os.write(write, filter_of(lines))
    os.close(write)
    os.set_inheritable(read, True)
    own = os.path.dirname(command[0])
    os.execvp("bwrap", [
        "bwrap", "--unshare-user", "--unshare-ipc", "--unshare-uts", "--cap-drop", "ALL",
        "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--tmpfs", "/var/tmp",
        "--tmpfs", "/home", "--ro-bind", own, own, "--bind", folder, folder, "--seccomp", str(read), *command])


def filter_of(lines):
    """A classic BPF program over struct seccomp_data."""
    numbers = syscall_numbers()
    program = [load(4), jump(AUDIT_ARCH_X86_64, 1, 0), give(KILL), load(0)]
    special = {
        # systemd's own rule: writable and executable at once, or executable later.
        "mmap": [load(16 + 8 * 2), mask(WRITE | EXECUTE), jump(WRITE | EXECUTE, 0, 1), give(FAIL | errno.EPERM), give(ALLOW)],
        "mprotect": [load(16 + 8 * 2), mask(EXECUTE), jump(EXECUTE, 0, 1), give(FAIL | errno.EPERM), give(ALLOW)],
        "socket": families(" ".join(values(lines, "RestrictAddressFamilies")).split()),
    }
    for name in sorted(allowed(values(lines, "SystemCallFilter"))):
        if name in numbers:
            body = special.get(name, [give(ALLOW)])
            program += [jump(numbers[name], 0, len(body)), *body]
    return b"".join([*program, give(FAIL | errno.EPERM)])


def families(names):
    program = [load(16)]
    for name in names:
        program += [jump(getattr(socket, name), 0, 1), give(ALLOW)]
    return [*program, give(FAIL | errno.EAFNOSUPPORT)]


def allowed(filters):
    """The calls that the unit's filter leaves, its sets resolved by systemd-analyze."""
    calls = set()
    for line in filters:
        found = set().union(*(members(word) for word in line.lstrip("~").split()))
        calls = calls - found if line.startswith("~") else calls | found
    return calls


def members(word):
    if not word.startswith("@"):
        return {word}
    listed = subprocess.run(
        ["systemd-analyze", "syscall-filter", word], capture_output=True, text=True, check=True).stdout
    words = [line.strip() for line in listed.splitlines()[1:] if line.strip() and not line.strip().startswith("#")]
    return set().union(*(members(inner) for inner in words))


def values(lines, key):
    return [line.split("=", 1)[1] for line in lines if line.startswith(key + "=")]


def syscall_numbers():
    with open(HEADERS, encoding="utf-8") as file:
        return {name: int(number) for name, number in re.findall(r"#define __NR_(\w+) (\d+)", file.read())}


def load(offset):
    return struct.pack("HBBI", LOAD, 0, 0, offset)


def mask(value):
    return struct.pack("HBBI", AND, 0, 0, value)


def jump(value, yes, no):
    return struct.pack("HBBI", EQUAL, yes, no, value)


def give(value):
    return struct.pack("HBBI", RETURN, 0, 0, value)


if __name__ == "__main__":
    main()
