"""The records that the scenarios produce: good ones, and every kind that has broken a consumer."""

import itertools
import json
import math
import random
import re
import struct

GOOD, DEAD = "good", "dead"

GOOD_VALUE = re.compile(
    rb'\{"site":"plant-a","sensor":"s-\d{4,}","ts":\d+,"t":-?\d+\.\d{3},"seq":\d+\}')
EPOCH = 1_700_000_000_000
BIG_BYTES = 900_000
BIG_COUNT = 24


def good(count, keys, start, seed):
    """Yields (key, value): sensors in turn, one event a second each, from `start` (ms) on."""
    noise = random.Random(seed)
    names = [f"s-{index:04d}" for index in range(keys)]
    for sequence in range(count):
        turn, index = divmod(sequence, keys)
        value = 20 + 5 * math.sin(turn / 24 + index) + noise.gauss(0, 0.5)
        name = names[index]
        yield name, (f'{{"site":"plant-a","sensor":"{name}","ts":{start + 1000 * turn},'
                     f'"t":{value:.3f},"seq":{sequence}}}')


def start(count, keys, now):
    """The time of the first event, so that the last one lies before `now` (ms)."""
    return now - 1000 * (count // keys + 2)


class Eventful:
    """Draws events of a plant whose sensors fail, drift and repeat themselves, among hostile ones.

    The same seed draws the same records, so that every kind of result comes of every seed.
    """

    def __init__(self, keys, seed):
        self.random = random.Random(seed)
        self.hostile = Hostile(seed, EPOCH)
        self.levels = [20.0 + index % 7 for index in range(keys)]
        self.last = [None] * keys
        # The turns from which sensors speak again.
        self.silent_until = [0] * keys
        self.speakers = self._speakers()
        self.count = 0

    def records(self, count):
        """Yields the next (key, value) pairs, one event a second of each sensor in turn."""
        for _ in range(count):
            index, turn = next(self.speakers)
            self.count += 1
            yield self._record(index, EPOCH + 1000 * turn, turn)

    def _speakers(self):
        """Yields sensors in turn, without those that are silent for a while."""
        for turn in itertools.count():
            for index, until in enumerate(self.silent_until):
                if until <= turn:
                    yield index, turn

    def _record(self, index, time, turn):
        lot = self.random.random()
        if lot < 0.005:
            return self.hostile.record()[:2]
        if lot < 0.01 and self.last[index]:
            return self.last[index]
        if lot < 0.015:
            time -= 90_000
        if lot > 0.9998:
            self.silent_until[index] = turn + 60
        value = self.levels[index] + 5 * math.sin(turn / 24) + self.random.gauss(0, 0.5)
        if lot > 0.998:
            value += 40
        if lot > 0.9995:
            self.levels[index] += 25
        name = b"s-%04d" % index
        self.last[index] = name, b'{"site":"plant-a","sensor":"%s","ts":%d,"t":%.3f}' % (
            name, time, value)
        return self.last[index]


class Hostile:
    """Draws hostile records; the same seed draws the same ones."""

    def __init__(self, seed, start):
        self.random = random.Random(seed)
        self.start = start
        self.sequence = itertools.count()
        self.dead = self._dead_values()

    def record(self):
        """Returns (key, value, class); keys and values are bytes, none of them null."""
        kind = self.random.random()
        key = self.random.choice([b"", b"s-0007", b"x-%d" % self.random.randrange(50)])
        if kind < 0.35:
            return key, self._noise(), DEAD
        if kind < 0.85:
            return key, self.random.choice(self.dead), DEAD
        if kind < 0.95:
            number = self.random.choice(["4e-324", "-0.0", "1e30", "-1E+30", "9007199254740993"])
            return key, self._event(b"e", number), GOOD
        # A good record under a strange key still is a good record.
        return self.random.choice([b"", b"\x00\xff\xfe", b"k" * 5000]), self.plain(), GOOD

    def plain(self):
        """A good value of a sensor that no good record speaks of."""
        return self._event(b"p", "21.500")

    def big(self, index):
        """Nine hundred kilobytes: a good event with a long field, noise, nesting, a long number."""
        padding = BIG_BYTES - 200
        return [
            (b"big", self._event(b"b", "21.500", b',"pad":"' + b"x" * padding + b'"'), GOOD),
            (b"big", b"\xfe" + self.random.randbytes(BIG_BYTES - 1), DEAD),
            (b"big", b"[" * BIG_BYTES, DEAD),
            (b"big", self._event(b"b", "1" * padding), DEAD),
        ][index % 4]

    def _event(self, prefix, number, more=b""):
        # Every event has a sensor of its own, so that no stream sees times out of order.
        sensor = b"%s-%d" % (prefix, next(self.sequence))
        return b'{"site":"plant-a","sensor":"%s","ts":%d,"t":%s%s}' % (
            sensor, self.start, number.encode(), more)

    def _noise(self):
        # 0xfe is in no UTF-8 text, so what follows can never be a document by chance.
        return b"\xfe" + self.random.randbytes(self.random.randrange(400))

    def _dead_values(self):
        whole = b'{"site":"plant-a","sensor":"d-1","ts":%d,"t":21.500}' % self.start
        event = json.loads(whole)
        avro = b"\x00" + struct.pack(">i", 4711) + b"\x0ed-1" + struct.pack("<d", 21.5)
        values = [b"", b" ", b"null", b"42", b'"text"', b"[]", b"{}", b"'{}'", b"<event/>", b"\x00"]
        values += [whole[:size] for size in range(1, len(whole))]
        values += [whole + tail for tail in (b"}", b",", b"x", b"\x00", whole)]
        values += [avro[:size] for size in range(1, len(avro) + 1)]
        values += [whole.replace(b"21.500", number) for number in (
            b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999", b"+1", b"01", b".5", b"1.",
            b"0x10", b"1e", b"--1", b"true", b"{}", b'"warm"', b"9" * 400,
            b"null", b'"null"', b'"21.5"', b"[21.5]", b"1e308", b"-1e308")]
        values += [whole.replace(b"d-1", name) for name in (
            b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\\ud800", b"\\x", b"\n")]
        values += [json.dumps({k: v for k, v in event.items() if k != gone}).encode()
                   for gone in ("site", "sensor", "ts", "t")]
        values += [json.dumps({**event, "ts": wrong}).encode()
                   for wrong in ("yesterday", True, {}, [], "")]
        values += [b"[" * 5000 + b"]" * 5000, b'{"a":' * 3000 + b"1" + b"}" * 3000]
        return values
