"""Compares what two groups said of the same input, byte for byte."""

import itertools
import os
import re
from collections import Counter

from verify import SOURCE

KINDS = ("predictions", "anomalies", "drift", "health", "dead")
ORIGIN = re.compile(rb"__dlq\.errors\.partition=(\d+),__dlq\.errors\.offset=(\d+)")
# The header of dead letters that names the group.
GROUP = re.compile(rb"(__dlq\.errors\.group)=[^,]*")


class Comparison:
    """Reads two groups' topics as they grow, and tells where they differ."""

    def __init__(self, log, tortured, undisturbed, partitions):
        self.log, self.groups, self.partitions = log, (tortured, undisturbed), partitions
        self.next = Counter()
        self.results = Counter()
        self.mismatches = 0

    def advance(self):
        """Compares what both have committed since the last call; yields (place, text)."""
        for kind, partition in itertools.product(KINDS, range(self.partitions)):
            tortured, undisturbed = (self._read(group, kind, partition) for group in self.groups)
            self.results[kind] += len(undisturbed)
            if tortured != undisturbed:
                yield from self._differences(kind, by_place(tortured), by_place(undisturbed))

    def _read(self, group, kind, partition):
        """The new results of one kind in one partition, in their order: (place, bytes)."""
        results, place = [], (group, kind, partition)
        first = self.next[place]
        # From the beginning: some brokers name aborted transactions that end before the offset that
        # a reader starts at, who then drops what that producer wrote later.
        for record in self.log.records(
                f"{group}.{kind}", "-p", str(partition), "-o", "beginning"):
            if record.offset >= first:
                self.next[place] = record.offset + 1
                results.append(self._result(kind, record))
        return results

    @staticmethod
    def _result(kind, record):
        if kind == "dead":
            # A dead letter's timestamp is the time at which it was written.
            found, timestamp = ORIGIN.search(record.headers), None
            headers = GROUP.sub(rb"\1", record.headers)
        else:
            found, timestamp = SOURCE.search(record.value or b""), record.timestamp
            headers = record.headers
        place = (int(found[1]), int(found[2])) if found else (-1, -1)
        return place, (record.key, record.value, headers, timestamp)

    def _differences(self, kind, tortured, undisturbed):
        for place in sorted(tortured.keys() | undisturbed.keys()):
            left, right = tortured.get(place, []), undisturbed.get(place, [])
            if left != right:
                self.mismatches += 1
                yield place, f"{kind} of {place[0]}:{place[1]}: {told(left, right)}"
        if tortured == undisturbed:
            self.mismatches += 1
            yield min(tortured), f"{kind}: the same results in another order"


def by_place(results):
    """The results of each source record."""
    places = {}
    for place, result in results:
        places.setdefault(place, []).append(result)
    return places


def told(tortured, undisturbed):
    """How two lists of results differ, in words."""
    if len(tortured) != len(undisturbed):
        return f"{len(tortured)} results, {len(undisturbed)} undisturbed"
    left, right = next(pair for pair in zip(tortured, undisturbed) if pair[0] != pair[1])
    part = next(index for index, pair in enumerate(zip(left, right)) if pair[0] != pair[1])
    name = ("key", "value", "headers", "timestamp")[part]
    pair = left[part], right[part]
    return f"{name} {excerpt(*pair)}, undisturbed {excerpt(*reversed(pair))}"


def excerpt(text, other):
    """The part of a text around the first byte that differs from another."""
    if not isinstance(text, bytes) or not isinstance(other, bytes):
        return repr(text)
    same = len(os.path.commonprefix([text, other]))
    return f"{text[max(0, same - 60):same + 60]!r} at {same}"
