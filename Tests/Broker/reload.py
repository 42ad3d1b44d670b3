"""A hundred reloads under load, half of them broken: nothing of it is seen in what is committed."""

import os
import signal
import threading

from compare import Comparison
from daemon import Progress
from failure import Failure, demand
from metrics import Metrics

ROUNDS = 100


def reload(place):
    options, still = place.options, f"{place.name}-still"
    disturbed = place.daemon()
    undisturbed = place.daemon(group=still, workers=1)
    for daemon in (disturbed, undisturbed):
        daemon.create_topics()
    place.run(disturbed)
    undisturbed.start()
    place.progress.wait_for_shares(options.workers, [disturbed])
    producing = threading.Thread(target=place.produce)
    producing.start()
    disturb(disturbed)
    during = sum(place.progress.committed())
    demand(during < place.events, "the events ended before the reloads; more --events")
    producing.join()
    source = place.source()
    left = Progress(options.brokers, place.topic, still, options.partitions, options.stall)
    left.wait_for_end(source.ends, [undisturbed])
    result = place.finish(disturbed, source)
    undisturbed.terminate()
    comparison = Comparison(place.log, place.name, still, options.partitions)
    for _, difference in comparison.advance():
        raise Failure(difference)
    demand(comparison.results["predictions"] > 0, "nothing was compared")
    compared = sum(comparison.results.values())
    return f"{result} reloads={ROUNDS} events_during={during} compared={compared} mismatches=0"


def disturb(daemon):
    """Reloads by turns a definition that changes the pace of commits and one that is broken."""
    with open(daemon.definition, encoding="utf-8") as file:
        original = file.read()
    metrics = Metrics(daemon)
    for index in range(ROUNDS):
        is_broken = index % 2 == 1
        pace = original.replace("commit-interval: 100ms", f"commit-interval: {20 + index}ms")
        replace(daemon.definition, pace + "nonsense: 1\n" if is_broken else pace)
        daemon.process.send_signal(signal.SIGHUP)
        status = "failure" if is_broken else "success"
        metrics.wait_for("spnd_config_reloads_total", index // 2 + 1, status=status)
        daemon.demand_running()


def replace(path, text):
    """As editors do: by another file of the same name."""
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(path + ".new", path)
