"""The scenarios: each takes its place to work in and returns the figures for its PASS line."""

import itertools
import os
import random
import shutil
import tempfile
import threading
import time

import events
import verify
from daemon import Daemon, Progress
from failure import demand
from flood import flood
from log import Log
from metrics import Metrics
from reload import reload
from scrape import scrape
from state import full, static, streams
from torture import torture


EVENTS = {"hostile": 100_000, "scrape": 6_000_000}
PAUSE_BYTES_MAX = 512 << 20
PAUSE_BUSY_SECONDS = 10


class Place:
    """What one scenario works with: its topics' names, a temporary folder, its daemons."""

    def __init__(self, scenario, options):
        self.options, self.keep, self.summary = options, False, None
        self.events = options.events or EVENTS.get(scenario, 1_000_000)
        self.name = f"spnd-test-{scenario}-{os.getpid()}-{time.time_ns() // 1_000_000}"
        self.topic, self.predictions = f"{self.name}.in", f"{self.name}.predictions"
        self.dead_letters = f"{self.name}.dead"
        self.folder = tempfile.mkdtemp(prefix="spnd-test-")
        self.log = Log(options.brokers)
        self.progress = Progress(
            options.brokers, self.topic, self.name, options.partitions, options.stall)
        self.random = random.Random(options.seed)
        self.daemons = []
        self.started = None

    def daemon(self, kind=Daemon, **settings):
        self.daemons.append(
            kind(self.name, self.folder, f"daemon-{len(self.daemons)}", self.options, **settings))
        return self.daemons[-1]

    def produce(self):
        """Writes the good events."""
        self.log.produce(self.topic, self.good())

    def good(self):
        begin = events.start(self.events, self.options.keys, int(time.time() * 1000))
        return events.good(self.events, self.options.keys, begin, self.options.seed)

    def run(self, daemon):
        """Starts a daemon; time is measured from the first one on."""
        self.started = self.started or time.monotonic()
        daemon.start()

    def source(self):
        source = verify.Source(self.log, self.topic, self.options.partitions)
        demand(sum(source.ends) == self.events, f"{sum(source.ends)} events were written")
        return source

    def finish(self, daemon, source):
        """Waits for the end, stops the daemon, and verifies every prediction."""
        self.progress.wait_for_end(source.ends, [daemon])
        seconds = time.monotonic() - self.started
        # A daemon that was only just started has nothing left to do but to join.
        share(self, [daemon])
        scrape = Metrics(daemon).scrape_seconds()
        daemon.terminate()
        predictions = verify.exactly_once(self.log, source, self.predictions)
        dead = sum(1 for _ in self.log.lines(self.dead_letters, "%o"))
        demand(dead == 0, f"{dead} good events became dead letters")
        return self.figures(predictions, seconds, f" scrape={1000 * scrape:.0f}ms")

    def figures(self, predictions, seconds, more=""):
        return (f"events={self.events} predictions={predictions} seconds={seconds:.1f}"
                f" seed={self.options.seed}{more}")

    def close(self):
        for daemon in self.daemons:
            daemon.kill()
        if not self.keep:
            shutil.rmtree(self.folder)


def plain(place):
    """One daemon reads a topic to its end."""
    daemon = place.daemon()
    daemon.create_topics()
    place.produce()
    source = place.source()
    place.run(daemon)
    return place.finish(daemon, source)


def restart(place):
    """SIGTERM midway; the daemon ends cleanly and the next one goes on."""
    daemon = place.daemon()
    daemon.create_topics()
    place.produce()
    source = place.source()
    place.run(daemon)
    place.progress.wait_for(place.events * 3 // 10, [daemon])
    daemon.terminate()
    midway(place)
    place.run(daemon)
    return place.finish(daemon, source)


def pair(place):
    """Two daemons share the partitions; one stops midway and the other takes over."""
    first, second = place.daemon(), place.daemon()
    first.create_topics()
    place.run(first)
    place.run(second)
    share(place, [first, second])
    place.started = time.monotonic()
    # While events still come: two daemons keep up with their producer.
    producing = threading.Thread(target=place.produce)
    producing.start()
    place.progress.wait_for(place.events * 3 // 10, [first, second])
    first.terminate()
    midway(place)
    producing.join()
    share(place, [second])
    return place.finish(second, place.source())


def share(place, daemons):
    """Waits until the workers of these daemons have the partitions evenly between them."""
    place.progress.wait_for_shares(place.options.workers * len(daemons), daemons)


def midway(place):
    done = sum(place.progress.committed())
    demand(0 < done < place.events, f"stopped at {done} of {place.events}; more --events")


def pause(place):
    """The broker stands still at full rate: memory is bounded, nothing spins or is lost."""
    broker, daemon = place.options.broker, place.daemon()
    demand(broker.process, "pause needs a broker of its own: unset SPND_TEST_BROKERS")
    daemon.create_topics()
    place.produce()
    source = place.source()
    place.run(daemon)
    place.progress.wait_for(place.events * 2 // 10, [daemon])
    before, busy, most = daemon.resident_bytes(), daemon.processor_seconds(), 0
    broker.freeze()
    until = time.monotonic() + place.options.pause
    while time.monotonic() < until:
        time.sleep(0.5)
        daemon.demand_running()
        most = max(most, daemon.resident_bytes())
    busy = daemon.processor_seconds() - busy
    broker.thaw()
    # The sessions ended meanwhile, which some brokers forget while members join again.
    place.progress.group.evict()
    midway(place)
    demand(most - before < PAUSE_BYTES_MAX,
           f"grew by {(most - before) >> 20} MiB while the broker stood still")
    # What was fetched already may still be learned.
    demand(busy < PAUSE_BUSY_SECONDS + place.options.pause / 10,
           f"was busy for {busy:.1f} s while the broker stood still")
    return place.finish(daemon, source) + (
        f" paused={place.options.pause:.0f}s grew={(most - before) >> 20}MiB busy={busy:.1f}s")


def lost(place):
    """The group gives a daemon up that stands still, which then leaves alone what is another's."""
    first, second = place.daemon(), place.daemon()
    first.create_topics()
    good, part = place.good(), place.events // 3
    place.run(first)
    place.run(second)
    share(place, [first, second])
    place.started = time.monotonic()
    place.log.produce(place.topic, itertools.islice(good, part))
    # Between transactions: some brokers take what a member commits that they have given up.
    place.progress.wait_for(part, [first, second])
    first.freeze()
    place.progress.group.evict(living=[second.client])
    share(place, [second])
    place.log.produce(place.topic, itertools.islice(good, part))
    place.progress.wait_for(2 * part, [second])
    first.thaw()
    share(place, [first, second])
    losses = Metrics(first).value("spnd_kafka_rebalances_total", type="lost")
    demand(losses, "the daemon that stood still does not know that it lost its partitions")
    place.log.produce(place.topic, good)
    place.progress.wait_for(place.events * 8 // 10, [first, second])
    first.terminate()
    share(place, [second])
    return place.finish(second, place.source()) + f" losses={losses:.0f}"


def hostile(place):
    """Hostile records among good ones: each ends once, and the daemon goes on."""
    daemon = place.daemon()
    daemon.create_topics()
    place.run(daemon)
    classes = produce_hostile(place)
    ended = verify.Dispositions(place.log, place.topic, place.options.partitions, classes)
    wanted = place.events + place.options.bad
    demand(sum(ended.ends) == wanted, f"{sum(ended.ends)} of {wanted} records were written")
    place.progress.wait_for_end(ended.ends, [daemon])
    seconds = time.monotonic() - place.started
    daemon.demand_running()
    daemon.terminate()
    ended.read_predictions(place.log, place.predictions)
    ended.read_dead_letters(place.log, place.dead_letters)
    ended.demand_one_each()
    predictions, dead = ended.predicted.total(), ended.dead.total()
    return place.figures(predictions, seconds, f" bad={place.options.bad} dead_letters={dead}")


def produce_hostile(place):
    """Writes good and hostile records through each other; returns the classes by value."""
    begin = events.start(place.events, place.options.keys, int(time.time() * 1000))
    source = events.Hostile(place.options.seed, begin)
    bad = place.options.bad
    nulls, strange = bad // 25, bad // 50
    records = [source.big(index) for index in range(min(events.BIG_COUNT, bad // 10))]
    records += [source.record() for _ in range(bad - nulls - strange - len(records))]
    place.random.shuffle(records)
    # Neither a null nor a strange header can be written in one run of kcat with the others.
    null = [(b"", source.plain()) for _ in range(nulls // 2)] + [(b"s-0001", b"")] * (nulls // 4)
    null += [(b"", b"")] * (nulls - len(null))
    headed = [record for record in (source.record() for _ in range(10 * strange)) if record[1]]
    headed = headed[:strange]
    classes = {value: kind for _, value, kind in records + headed}
    classes |= {value: events.GOOD for _, value in null if value}
    writers = [
        threading.Thread(target=place.log.produce_bytes, args=(place.topic, null, "-Z")),
        threading.Thread(target=place.log.produce_bytes, args=(
            place.topic, [record[:2] for record in headed], "-H", b"trace=\xff\xfe", "-H", "b=2")),
    ]
    for writer in writers:
        writer.start()
    place.log.produce_bytes(place.topic, mixed(place, [record[:2] for record in records]))
    for writer in writers:
        writer.join()
    return classes


def mixed(place, records):
    """Yields good records with the others spread evenly among them."""
    every = max(1, place.events // max(1, len(records)))
    others = iter(records)
    for index, (key, value) in enumerate(place.good()):
        yield key.encode(), value.encode()
        if index % every == every - 1:
            yield from itertools.islice(others, 1)
    yield from others


ALL = {
    "plain": plain, "restart": restart, "pair": pair, "pause": pause, "lost": lost,
    "hostile": hostile, "reload": reload, "flood": flood, "full": full, "static": static,
    "streams": streams, "scrape": scrape, "torture": torture,
}
