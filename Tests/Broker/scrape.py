"""What it costs to be watched: the rate of events with a scrape a second, and without one."""

import statistics
import time

from failure import demand
from metrics import Metrics

WINDOW_SECONDS = 4
PAIRS_MIN = 3
# Of one processor's time, and of the answer's.
COST_MAX, MEDIAN_SECONDS_MAX = 0.02, 0.05
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
    demand(cost < COST_MAX, f"a scrape takes {1000 * cost:.1f} ms of processor time")
    demand(median < MEDIAN_SECONDS_MAX, f"a scrape takes {1000 * median:.0f} ms")
    daemon.terminate()
    return (f"events={place.events} streams={streams:.0f} seed={place.options.seed}"
            f" pairs={len(drops)} drop={100 * statistics.median(drops):.1f}%"
            f" ({' '.join(f'{100 * drop:.1f}' for drop in sorted(drops))})"
            f" cost={1000 * cost:.1f}ms median={1000 * median:.0f}ms most={1000 * max(taken):.0f}ms")


def rate(place, taken, metrics=None):
    """Events a second in one window, with a scrape a second where there is somebody to scrape."""
    begin, before = time.monotonic(), sum(place.progress.committed())
    for second in range(WINDOW_SECONDS):
        if metrics:
            taken.append(metrics.scrape_seconds())
        time.sleep(max(0, begin + second + 1 - time.monotonic()))
    return (sum(place.progress.committed()) - before) / (time.monotonic() - begin)
