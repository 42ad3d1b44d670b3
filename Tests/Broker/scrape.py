"""What it costs to be watched: the rate of events while the daemon is scraped, and while it is not.

One scrape a second costs less than any two windows differ, so there are twenty, and a twentieth counts.
"""

import statistics
import time

from failure import demand
from metrics import Metrics

WINDOW_SECONDS = 1
SCRAPES_A_SECOND = 20
PAIRS_MIN = 5
# What one scrape a second may take of the rate and of a processor, and how long the answer may take.
DROP_MAX, COST_MAX, MEDIAN_SECONDS_MAX = 0.02, 0.02, 0.05
IDLE_SCRAPES = 100


def scrape(place):
    """A daemon works off a backlog, by turns alone and watched."""
    daemon = place.daemon()
    daemon.create_topics()
    place.produce()
    source = place.source()
    place.run(daemon)
    # Until every stream is there.
    place.progress.wait_for(place.events // 4, [daemon])
    metrics, drops, taken = Metrics(daemon), [], []
    while True:
        alone = rate(place, [])
        watched = rate(place, taken, metrics)
        if sum(place.progress.committed()) > place.events * 95 // 100:
            break
        drops.append(1 - watched / alone)
    demand(len(drops) >= PAIRS_MIN, f"{len(drops)} pairs of windows; more --events")
    place.progress.wait_for_end(source.ends, [daemon])
    streams = metrics.value("spnd_models_active")
    begin = daemon.processor_seconds()
    for _ in range(IDLE_SCRAPES):
        metrics.scrape_seconds()
    cost = (daemon.processor_seconds() - begin) / IDLE_SCRAPES
    median = statistics.median(taken)
    drop = statistics.median(drops) / SCRAPES_A_SECOND
    demand(drop < DROP_MAX, f"a scrape a second takes {100 * drop:.1f} % of the rate")
    demand(cost < COST_MAX, f"a scrape takes {1000 * cost:.1f} ms of processor time")
    demand(median < MEDIAN_SECONDS_MAX, f"a scrape takes {1000 * median:.0f} ms")
    daemon.terminate()
    return (f"events={place.events} streams={streams:.0f} seed={place.options.seed}"
            f" pairs={len(drops)} drop={100 * drop:.2f}% a scrape a second"
            f" (with {SCRAPES_A_SECOND}: {' '.join(f'{100 * drop:.0f}' for drop in sorted(drops))})"
            f" processor={1000 * cost:.1f}ms median={1000 * median:.0f}ms most={1000 * max(taken):.0f}ms")


def rate(place, taken, metrics=None):
    """Events a second in one window, with scrapes where there is something to scrape."""
    begin, before = time.monotonic(), sum(place.progress.committed())
    for tick in range(WINDOW_SECONDS * SCRAPES_A_SECOND):
        if metrics:
            taken.append(metrics.scrape_seconds())
        time.sleep(max(0, begin + (tick + 1) / SCRAPES_A_SECOND - time.monotonic()))
    return (sum(place.progress.committed()) - before) / (time.monotonic() - begin)
