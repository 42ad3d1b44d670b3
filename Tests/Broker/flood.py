"""Streams that come once flood those that return: memory is bounded, and results are the same."""

import threading
import time

import events
from compare import Comparison
from daemon import Progress
from failure import Failure, demand
from metrics import Metrics

# What clients, buffers and the pages of files may take beside the models.
BESIDE_BYTES = 205 << 20
# Records that may wait to be read: some brokers answer a fetch with all that they have.
AHEAD_MAX = 50_000
# Strangers for each one that comes once more.
RETURN_EVERY = 100


def flood(place):
    """Floods a daemon with strangers; what it says is what one says that may use any memory."""
    options, hot = place.options, place.events
    returned = options.strangers // RETURN_EVERY
    place.events += options.strangers + returned
    small = place.daemon(memory=f"{options.memory}MiB", replay="60s")
    small.create_topics()
    place.run(small)
    place.progress.wait_for_shares(options.workers, [small])
    producing = threading.Thread(
        target=place.log.produce, args=(place.topic, paced(place, mixed(place, hot), small)))
    producing.start()
    producing.join()
    source = place.source()
    place.progress.wait_for_end(source.ends, [small])
    metrics = Metrics(small)
    evicted = metrics.value("spnd_models_evicted_total")
    restored = metrics.value("spnd_models_restored_total")
    most = small.resident_bytes("VmHWM")
    parts = " ".join(f"{kind}={small.resident_bytes(kind) >> 20}MiB"
                     for kind in ("RssAnon", "RssFile"))
    result = place.finish(small, source)
    demand(evicted > 0, "nothing had to leave memory; more --strangers")
    demand(restored <= returned,
           f"{restored:.0f} models were brought back, but {returned} strangers returned")
    figures = (f"strangers={options.strangers} evicted={evicted:.0f} restored={restored:.0f}"
               f" resident={most >> 20}MiB (at the end {parts})")
    demand(most <= (options.memory << 20) + BESIDE_BYTES, f"took too much memory: {figures}")
    if options.alone:
        return f"{result} {figures}"
    return f"{result} {figures} compared={compare(place, source)} mismatches=0"


def compare(place, source):
    """Runs a daemon that may use any memory over the same records; returns what was compared."""
    options, free = place.options, f"{place.name}-free"
    large = place.daemon(group=free, memory="1TiB", replay="60s")
    large.create_topics()
    large.start()
    left = Progress(options.brokers, place.topic, free, options.partitions, options.stall)
    left.wait_for_end(source.ends, [large])
    large.terminate()
    comparison = Comparison(place.log, place.name, free, options.partitions)
    for _, difference in comparison.advance():
        raise Failure(difference)
    return sum(comparison.results.values())


def paced(place, records, daemon):
    """Yields records while the daemon is not far behind."""
    for index, record in enumerate(records):
        if index % AHEAD_MAX == 0:
            place.progress.wait_for(index - AHEAD_MAX, [daemon])
        yield record


def mixed(place, hot):
    """Yields the events of the streams that return, with the strangers spread evenly among them."""
    options = place.options
    begin = events.start(hot, options.keys, int(time.time() * 1000))
    others = strangers(options.strangers, begin)
    for index, event in enumerate(events.good(hot, options.keys, begin, options.seed)):
        yield event
        for _ in range((index + 1) * place.events // hot - index * place.events // hot - 1):
            yield next(others)
    yield from others


def strangers(count, time):
    """Yields one event of each stream that comes once, and two of those that come again."""
    for index in range(count):
        yield stranger(index, time)
        if index % RETURN_EVERY == RETURN_EVERY - 1:
            yield stranger(index // 2, time + 1000)


def stranger(index, time):
    name = f"x-{index:07d}"
    return name, f'{{"site":"plant-a","sensor":"{name}","ts":{time},"t":{index % 40}.5}}'
