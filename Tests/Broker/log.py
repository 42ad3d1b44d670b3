"""Writes and reads topics with kcat."""

import re
import subprocess

from failure import Failure, demand

# Delimiters that no hostile record holds: its random bytes come from a seed, not from an enemy.
RECORD_END, KEY_END = b"\x1e<record-end>\x1e", b"\x1e<key-end>\x1e"
# Some brokers answer a fetch with all that they have, however little was asked for.
RECEIVE_BYTES_MAX = 2_000_000_000
PRODUCER = ["-X", "enable.idempotence=true", "-X", "linger.ms=20"]


class Log:
    """The broker's topics."""

    def __init__(self, brokers):
        self.base = ["kcat", "-q", "-b", brokers]

    def produce(self, topic, lines):
        """Writes text records, `key TAB value` a line."""
        self._produce(topic, ["-K", "\\t"], ("".join(block).encode() for block in blocks(lines)))

    def produce_bytes(self, topic, records, *options):
        """Writes (key, value) pairs of bytes."""
        delimiters = ["-D", RECORD_END, "-K", KEY_END]
        self._produce(topic, [*delimiters, *options], (
            key + KEY_END + value + RECORD_END for key, value in records))

    def _produce(self, topic, options, chunks):
        command = [*self.base, "-P", "-t", topic, *PRODUCER, *options]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as kcat:
            try:
                for chunk in chunks:
                    kcat.stdin.write(chunk)
                    kcat.stdin.flush()
                kcat.stdin.close()
            except BrokenPipeError:
                pass
            error = kcat.stderr.read().decode(errors="replace").strip()
        demand(kcat.returncode == 0, f"kcat could not write {topic}: {error}")

    def lines(self, topic, form):
        """Yields the committed records of a topic, one line each in kcat's own format."""
        with self._consumer(topic, form + "\\n") as kcat:
            yield from kcat.stdout
        demand(kcat.returncode == 0, f"kcat could not read {topic}: exit code {kcat.returncode}")

    def records(self, topic, *options):
        """Yields the committed records of a topic as `Record`, byte for byte."""
        form = "%p %o %T %K %S\\n%k%s%h" + "".join(f"\\x{byte:02x}" for byte in RECORD_END) + "\\n"
        with self._consumer(topic, form, *options) as kcat:
            while head := kcat.stdout.readline():
                yield Record(kcat.stdout, *map(int, head.split()))
        demand(kcat.returncode == 0, f"kcat could not read {topic}: exit code {kcat.returncode}")

    def _consumer(self, topic, form, *options):
        return subprocess.Popen([
            *self.base, "-C", "-t", topic, *(options or ["-o", "beginning"]), "-e", "-f", form,
            "-X", "isolation.level=read_committed", "-X", "check.crcs=true",
            "-X", f"receive.message.max.bytes={RECEIVE_BYTES_MAX}",
        ], stdout=subprocess.PIPE, bufsize=1 << 20)


class Record:
    """A record with its bytes; a key or value of None is Kafka's null."""

    def __init__(self, stream, partition, offset, timestamp, key_size, value_size):
        self.partition, self.offset, self.timestamp = partition, offset, timestamp
        self.key = stream.read(key_size) if key_size >= 0 else None
        self.value = stream.read(value_size) if value_size >= 0 else None
        self.headers = b""
        while not self.headers.endswith(RECORD_END + b"\n"):
            line = stream.readline()
            if not line:
                raise Failure("kcat ended within a record")
            self.headers += line
        self.headers = self.headers[:-len(RECORD_END) - 1]

    def header(self, name):
        """A header's bytes, or None; kcat writes `name=value,name=value`."""
        found = re.search(rb"(?:^|,)" + re.escape(name) + rb"=([^,]*)", self.headers)
        return found[1] if found else None


def blocks(lines, size=10_000):
    """Cuts (key, value) pairs into lists of lines, so that writing costs few calls."""
    block = []
    for key, value in lines:
        block.append(f"{key}\t{value}\n")
        if len(block) == size:
            yield block
            block = []
    yield block
