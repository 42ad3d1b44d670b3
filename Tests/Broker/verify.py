"""Proves what a topic of predictions holds: each source record once, in order per key."""

import json
import re
from collections import Counter

from events import DEAD, GOOD, GOOD_VALUE
from failure import demand

SOURCE = re.compile(rb'"source":\{[^{}]*?"partition":(\d+)[^{}]*?"offset":(\d+)')
# Reading all of a million documents would take longer than the daemon does.
PARSED_EVERY = 1_000


class Source:
    """The keys of a source topic, by partition and offset."""

    def __init__(self, log, topic, partitions):
        self.keys = [[] for _ in range(partitions)]
        for line in log.lines(topic, "%p %o %k"):
            partition, offset, key = line[:-1].split(b" ", 2)
            keys = self.keys[int(partition)]
            demand(int(offset) == len(keys), f"{topic} has a gap before offset {int(offset)}")
            keys.append(key)

    @property
    def ends(self):
        return [len(keys) for keys in self.keys]


class Predictions:
    """What has been predicted so far, and the first thing that is wrong with it."""

    def __init__(self, source):
        self.source = source
        self.seen = [bytearray(end) for end in source.ends]
        self.last = {}
        self.count = 0

    def add(self, partition, key, value):
        """Takes the next record of one of the output's partitions, in their order."""
        found = SOURCE.search(value)
        demand(found, f"a prediction names no source: {value[:200]!r}")
        origin, offset = int(found[1]), int(found[2])
        demand(origin < len(self.seen) and offset < len(self.seen[origin]),
               f"a prediction names {origin}:{offset}, which was never written")
        self.seen[origin][offset] = min(self.seen[origin][offset] + 1, 255)
        expected = self.source.keys[origin][offset]
        demand(key == expected, f"{origin}:{offset} has key {expected!r}, its prediction {key!r}")
        if self.count % PARSED_EVERY == 0:
            whole(value)
        self.count += 1
        return origin, offset

    def ordered(self, partition, key, origin, offset):
        """Demands that the predictions of a key follow its source records in one partition."""
        last = self.last.get(key)
        if last is not None:
            demand(last[0] == partition, f"{key!r} is in partitions {last[0]} and {partition}")
            # An offset that comes again is told as a duplicate, not as disorder.
            demand(last[1] != origin or last[2] <= offset,
                   f"{key!r}: {origin}:{offset} came after {origin}:{last[2]}")
        self.last[key] = partition, origin, offset

    def demand_once(self):
        missing = [(p, seen.count(0)) for p, seen in enumerate(self.seen) if 0 in seen]
        twice = sum(len(seen) - seen.count(0) - seen.count(1) for seen in self.seen)
        first = [(p, self.seen[p].index(0)) for p, _ in missing][:1]
        demand(not missing and not twice,
               f"{sum(n for _, n in missing)} source records without a prediction"
               f"{f', the first at {first[0][0]}:{first[0][1]}' if first else ''}"
               f"; {twice} with several")


def whole(value):
    """Demands that a prediction is one JSON document with the fields that readers rely on."""
    try:
        document = json.loads(value)
    except ValueError as error:
        demand(False, f"a prediction is not JSON ({error}): {value[:200]!r}")
    missing = {"stream", "time", "source"} - document.keys()
    demand(not missing, f"a prediction lacks {sorted(missing)}: {value[:200]!r}")


def exactly_once(log, source, topic):
    """Reads a topic of predictions through and returns how many it holds."""
    predictions = Predictions(source)
    for line in log.lines(topic, "%p %k %s"):
        partition, key, value = line[:-1].split(b" ", 2)
        predictions.ordered(partition, key, *predictions.add(partition, key, value))
    predictions.demand_once()
    return predictions.count


class Dispositions:
    """How each record of a topic with hostile records must end, and how it did."""

    def __init__(self, log, topic, partitions, classes):
        self.records = {}
        self.ends = [0] * partitions
        for record in log.records(topic):
            self.records[record.partition, record.offset] = record
            self.ends[record.partition] = record.offset + 1
            record.expected = self._class(record, classes)
        self.predicted, self.dead = Counter(), Counter()

    @staticmethod
    def _class(record, classes):
        if record.value is None:
            return DEAD
        if record.value in classes:
            return classes[record.value]
        demand(GOOD_VALUE.fullmatch(record.value), f"an unknown record: {record.value[:200]!r}")
        return GOOD

    def read_predictions(self, log, topic):
        for record in log.records(topic):
            found = SOURCE.search(record.value or b"")
            demand(found, f"a prediction names no source: {(record.value or b'')[:200]!r}")
            place = int(found[1]), int(found[2])
            whole(record.value)
            demand(record.key == self._source(place).key, f"{place}: the prediction's key differs")
            self.predicted[place] += 1

    def read_dead_letters(self, log, topic):
        for record in log.records(topic):
            names = (b"__dlq.errors.partition", b"__dlq.errors.offset")
            numbers = [record.header(name) for name in names]
            demand(all(number and number.isdigit() for number in numbers),
                   f"a dead letter does not say where it came from: {record.headers[:300]!r}")
            place = int(numbers[0]), int(numbers[1])
            source = self._source(place)
            for part in ("key", "value"):
                demand(getattr(record, part) == getattr(source, part),
                       f"{place}: the dead letter's {part} differs: {getattr(record, part)!r:.200}"
                       f" for {getattr(source, part)!r:.200}")
            demand(source.headers in record.headers, f"{place}: the dead letter lost headers")
            self.dead[place] += 1

    def demand_one_each(self):
        wrong = [self._complaint(place) for place in self.records if not self._is_right(place)]
        demand(not wrong, f"{len(wrong)} records ended wrongly; " + "; ".join(wrong[:3]))

    def _is_right(self, place):
        ended = self.predicted[place], self.dead[place]
        return ended == ((1, 0) if self.records[place].expected == GOOD else (0, 1))

    def _complaint(self, place):
        record = self.records[place]
        return (f"{place[0]}:{place[1]} ({record.expected}) was predicted {self.predicted[place]}"
                f" and dead-lettered {self.dead[place]} times: {record.value!r:.120}")

    def _source(self, place):
        demand(place in self.records, f"a result names {place}, which was never written")
        return self.records[place]
