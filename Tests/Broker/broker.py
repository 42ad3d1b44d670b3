"""The broker that the scenarios run against: one that is there, or one that is started for them."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

# A first start downloads what it needs.
START_SECONDS = 120
STOP_SECONDS = 10
OWN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "broker")


class Unavailable(Exception):
    """No broker can be had."""


class Broker:
    """A broker's address, and its process if it is ours."""

    def __init__(self, address, process=None):
        self.address, self.process = address, process

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)


@contextlib.contextmanager
def broker():
    """Gives the broker of SPND_TEST_BROKERS, or one that lives until the end.

    SPND_TEST_BROKER names the command that starts one, which is given a port and a folder.
    """
    if address := os.environ.get("SPND_TEST_BROKERS"):
        yield Broker(address)
        return
    command = os.environ.get("SPND_TEST_BROKER", OWN).split()
    port, folder = free_port(), tempfile.mkdtemp(prefix="spnd-broker-")
    messages = os.path.join(folder, "messages")
    try:
        with open(messages, "wb") as log:
            process = subprocess.Popen(
                [*command, str(port), os.path.join(folder, "data")], stdout=log, stderr=log)
    except OSError as error:
        raise Unavailable(f"{command[0]}: {error.strerror}") from error
    try:
        wait(process, port, messages)
        yield Broker(f"127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.send_signal(signal.SIGCONT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait(process, port, messages):
    """Waits until the broker answers."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if process.poll() is not None or time.monotonic() > deadline:
            with open(messages, encoding="utf-8", errors="replace") as log:
                raise Unavailable(f"{process.args[0]} does not answer: {log.read()[-500:].strip()}")
        time.sleep(0.1)
