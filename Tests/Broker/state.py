"""The state directory: a disk that fills, members that keep their partitions, models by hand."""

import itertools
import json
import os
import shutil
import subprocess
import time

import verify
from daemon import Daemon
from failure import demand
from metrics import Metrics

DISK_BYTES = 64 << 20
# What is left of it for models.
LEFT_BYTES = 1 << 20
BLOCKED_SECONDS = 3
LOCKED = 75


class Confined(Daemon):
    """A daemon whose state directory is a small disk of its own, gone with it."""

    @property
    def wrapper(self):
        mount = f"mount -t tmpfs -o size={DISK_BYTES} disk '{self.state}' && exec \"$@\""
        return ("unshare", "--map-root-user", "--mount", "sh", "-c", mount, "sh")

    @property
    def filler(self):
        return f"/proc/{self.process.pid}/root{self.state}/filler"

    def fill(self):
        disk = os.statvfs(os.path.dirname(self.filler))
        with open(self.filler, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, disk.f_bavail * disk.f_frsize - LEFT_BYTES)


def full(place):
    """The disk fills under a daemon: it waits, says so, commits nothing, and goes on with room."""
    demand(shutil.which("unshare"), "unshare not found: apt-get install util-linux")
    daemon = place.daemon(Confined)
    daemon.create_topics()
    place.run(daemon)
    place.progress.wait_for_shares(place.options.workers, [daemon])
    metrics = Metrics(daemon)
    daemon.fill()
    place.produce()
    source = place.source()
    # Every worker meets the disk when its next slice is due.
    metrics.wait_until("spnd_state_unsavable_partitions", lambda count: count > 0)
    time.sleep(BLOCKED_SECONDS)
    status, why = metrics.ask("readyz")
    demand(status == 503 and "cannot be saved" in why, f"/readyz says {status}: {why}")
    failures = metrics.value("spnd_errors_total", error_type="storage")
    demand(failures > 0, "no failure was counted")
    os.remove(daemon.filler)
    metrics.wait_until("spnd_state_unsavable_partitions", lambda count: count == 0)
    return place.finish(daemon, source) + f" failures={failures:.0f}"


def static(place):
    """A member that comes back in time has its partitions again, and the other never hears of it."""
    first, second = (place.daemon(kafka=f"group.instance.id: {name}") for name in "ab")
    first.create_topics()
    good, part = place.good(), place.events // 2
    place.run(first)
    place.run(second)
    place.progress.wait_for_shares(2 * place.options.workers, [first, second])
    place.log.produce(place.topic, itertools.islice(good, part))
    place.progress.wait_for(part, [first, second])
    before = taken(second)
    first.terminate()
    first.start()
    place.log.produce(place.topic, good)
    source = place.source()
    place.progress.wait_for_end(source.ends, [first, second])
    seconds = time.monotonic() - place.started
    demand(taken(second) == before, "partitions were taken from the member that stayed")
    replayed = Metrics(first).value("spnd_records_replayed_total")
    for daemon in (first, second):
        daemon.terminate()
    predictions = verify.exactly_once(place.log, source, place.predictions)
    return place.figures(predictions, seconds, f" replayed={replayed:.0f}")


def taken(daemon):
    return Metrics(daemon).value("spnd_kafka_rebalances_total", type="revoked")


def streams(place):
    """Models are listed, shown, taken out, made new and put in, while a daemon runs and after."""
    daemon = place.daemon()
    daemon.create_topics()
    place.produce()
    source = place.source()
    place.run(daemon)
    place.progress.wait_for_end(source.ends, [daemon])
    name = "plant-a/s-0001"
    taken = while_running(daemon, name)
    daemon.terminate()
    when_stopped(place, daemon, name, taken)
    place.run(daemon)
    return place.finish(daemon, source)


def while_running(daemon, name):
    metrics = Metrics(daemon)
    path = f"v1/models/{name}"
    exported = demand_reply(metrics.ask(path), 200)
    model = json.loads(exported)
    demand(model["stream"] == name, f"{model['stream']} was exported")
    learned = events(metrics, name)
    demand(learned > 0, "the stream has learned nothing")
    demand_reply(metrics.ask(path, "DELETE"), 200)
    demand(events(metrics, name) == 0, "the stream was not made new")
    demand_reply(metrics.ask("v1/models", "PUT", exported.encode()), 200)
    demand(events(metrics, name) == learned, "the model was not put in")
    resets = metrics.value("spnd_model_resets_total", reason="asked")
    demand(resets == 1, f"{resets} resets were counted")
    demand_reply(metrics.ask("v1/models/nobody"), 404)
    demand_reply(metrics.ask("v1/models", "PUT", b"{}\n"), 400)
    broken = exported.replace(model["model"][40:60], "A" * 20)
    demand_reply(metrics.ask("v1/models", "PUT", broken.encode()), 409)
    spnd(daemon, "list", code=LOCKED)
    return demand_reply(metrics.ask("v1/models"), 200)


def when_stopped(place, daemon, name, taken):
    listed = [json.loads(line) for line in spnd(daemon, "list", "--json").splitlines()]
    demand(len(listed) == place.options.keys, f"{len(listed)} streams are listed")
    demand(shown(daemon, name) > 0, "the stream has learned nothing")
    file = daemon.definition + ".models"
    spnd(daemon, "export", "--output", file)
    with open(file, encoding="utf-8") as exported:
        demand(exported.read() == taken, "the models that came over HTTP are not those on the disk")
    spnd(daemon, "reset", name)
    demand(shown(daemon, name) == 0, "the stream was not made new")
    spnd(daemon, "import", "--input", file)
    demand(shown(daemon, name) > 0, "the models were not put in")


def events(metrics, name):
    return json.loads(demand_reply(metrics.ask(f"v1/streams/{name}"), 200))["events"]


def shown(daemon, name):
    return json.loads(spnd(daemon, "show", name))["events"]


def demand_reply(reply, status):
    demand(reply[0] == status, f"{reply[0]} instead of {status}: {reply[1][:300]}")
    return reply[1]


def spnd(daemon, verb, *words, code=0):
    """Runs `spnd streams` and returns what it prints."""
    command = [daemon.spnd, "streams", verb, daemon.definition, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    demand(done.returncode == code,
           f"spnd streams {verb} exited {done.returncode}: {done.stderr.strip()[-500:]}")
    return done.stdout
