"""Kills daemons again and again while events come, and compares with a daemon left in peace."""

import random
import signal
import threading
import time

import events
from compare import KINDS, Comparison
from daemon import JOIN_SECONDS, Daemon, Progress
from failure import demand

# What systemd starts again: another member took this one's place, or the cluster was away.
RETRIED = (69, 75)
KILL, START, STOP, FREEZE, THAW = "kill", "start", "stop", "freeze", "thaw"
# The records after which results are compared, not only at the end.
COMPARED_AT_ONCE = 250_000
TOLD_MAX = 5


class Plan:
    """What happens in a round: steps of (pause before it, what, to which daemon)."""

    def __init__(self, seed, daemons, freezes):
        lot = random.Random(seed)
        self.seconds = lot.choice([0, 0.5, 1, 2])
        kinds = ["work", "start"] + (["both", "leave", "stop", "join"] if daemons > 1 else [])
        kinds += ["freeze"] if freezes else []
        self.kind = lot.choice(kinds)
        one, *others = lot.sample(range(daemons), daemons)
        other = others[0] if others else None
        first = {"stop": STOP, "freeze": FREEZE}.get(self.kind, KILL)
        self.steps = [(lot.uniform(0, self.seconds + 0.5), first, one)]
        self.steps += {
            "work": lambda: [(lot.uniform(0, 0.5), START, one)],
            # Again while it joins and restores.
            "start": lambda: [(0, START, one), (lot.uniform(0, 1.5), KILL, one), (0, START, one)],
            "both": lambda: [
                (lot.uniform(0, 0.2), KILL, other), (0, START, one), (0, START, other)],
            # Comes to life when the group has given it up.
            "freeze": lambda: [
                (lot.uniform(0.5, 2), THAW, one), (lot.uniform(0, 1), KILL, one), (0, START, one)],
            # The other works alone until the next round.
            "leave": lambda: [],
            # The other while it takes over.
            "stop": lambda: [
                (lot.uniform(0, 0.5), KILL, other), (0, START, other), (0, START, one)],
            # The other while it gives away.
            "join": lambda: [
                (lot.uniform(0, 2), START, one), (lot.uniform(0, 1), KILL, other),
                (0, START, other)],
        }[self.kind]()


class Survivor(Daemon):
    """A daemon that is started again where systemd would."""

    # It may be asked before it listens, or while the cluster is busy.
    ends = (0, -signal.SIGTERM, *RETRIED)

    def demand_running(self):
        if self.process.poll() in RETRIED:
            self.start()
        super().demand_running()


def torture(place):
    """Kills daemons in rounds; everything committed is what an undisturbed daemon says."""
    run = Torture(place)
    try:
        run.all_rounds()
    finally:
        place.summary = (f"rounds {len(run.ends)}, records {sum(run.ends[-1]) if run.ends else 0}, "
                         f"mismatches {run.comparison.mismatches}")
    counts = " ".join(f"{kind}={run.comparison.results[kind]}" for kind in KINDS)
    moved = sum(daemon.models_read() for daemon in run.daemons)
    demand(moved or len(run.daemons) == 1, "no model moved: nothing was proved of the changelog")
    return (f"daemons={len(run.daemons)} kills={run.kills} moved={moved} seed={run.options.seed} "
            f"{counts}")


class Torture:
    """The rounds, and what is known of them."""

    def __init__(self, place):
        options = place.options
        self.place, self.options = place, options
        self.daemons = [
            place.daemon(Survivor, commit="20ms", changelog=options.daemons > 1)
            for _ in range(options.daemons)]
        calm = f"{place.name}-calm"
        self.undisturbed = place.daemon(group=calm, workers=1)
        self.progress = place.progress
        self.calm = Progress(
            options.brokers, place.topic, calm, options.partitions, options.stall)
        self.comparison = Comparison(place.log, place.name, calm, options.partitions)
        self.source = events.Eventful(options.keys, options.seed)
        self.kills, self.renewed = 0, 0
        # The ends of the log after each round.
        self.ends = []

    def all_rounds(self):
        for daemon in (self.daemons[0], self.undisturbed):
            daemon.create_topics()
        self.undisturbed.start()
        compared = 0
        for index in range(self.options.rounds):
            self._round(index)
            is_last = index == self.options.rounds - 1
            if is_last or self.source.count - compared >= COMPARED_AT_ONCE:
                compared = self.source.count
                self._compare()
        for daemon in [*self.daemons, self.undisturbed]:
            daemon.terminate()
        for kind in KINDS:
            demand(self.comparison.results[kind], f"the events made no {kind}: nothing was proved")

    def _round(self, index):
        plan = Plan(
            f"{self.options.seed}/{index}", len(self.daemons), self.options.freeze)
        self._start_all()
        feed = threading.Thread(target=self._feed, args=(index, plan.seconds))
        feed.start()
        began, taken = time.monotonic(), []
        for pause, step, number in plan.steps:
            time.sleep(pause)
            self._take(step, self.daemons[number])
            taken.append(f"{step} {number} at {time.monotonic() - began:.2f} s")
        feed.join()
        self.ends.append(self.progress.ends())
        written = sum(self.ends[-1])
        demand(written == self.source.count, f"{written} of {self.source.count} were written")
        self._settle()
        print(f"round {index + 1}/{self.options.rounds} {plan.kind}: {', '.join(taken)}; "
              f"{written} records, {time.monotonic() - began:.1f} s", flush=True)

    def _feed(self, index, seconds):
        """Writes this round's share of the events, spread over `seconds`."""
        rounds, total = self.options.rounds, self.place.events
        count = total * (index + 1) // rounds - total * index // rounds

        def paced():
            begin = time.monotonic()
            for number, record in enumerate(self.source.records(count)):
                ahead = seconds * number / count - (time.monotonic() - begin)
                if ahead > 0.01:
                    time.sleep(ahead)
                yield record

        # Empty keys and values become null, and all null keys share a partition.
        self.place.log.produce_bytes(
            self.place.topic, paced(), "-Z", "-X", "partitioner=consistent")

    def _take(self, step, daemon):
        if step == START:
            daemon.start()
        elif step == STOP:
            daemon.demand_running()
            daemon.terminate()
        elif step == THAW:
            daemon.thaw()
        elif step == FREEZE:
            daemon.freeze()
            self._evict()
        else:
            self.kills += 1
            daemon.kill()
            self._evict()

    def _start_all(self):
        for daemon in self.daemons:
            if not daemon.is_running:
                daemon.start()

    def _evict(self, idle=0):
        """Ends the sessions of the dead: waiting for it would prove the broker's part only.

        Where nothing moves all die: a member that died while it joined may be invisible, and is
        waited for by brokers that do not time such members out.
        """
        if idle > JOIN_SECONDS and time.monotonic() - self.renewed > 2 * JOIN_SECONDS:
            self.renewed = time.monotonic()
            running = [daemon for daemon in self.daemons if daemon.is_running]
            for daemon in running:
                daemon.kill()
            self.progress.group.evict()
            for daemon in running:
                daemon.start()
        living = [daemon.client for daemon in self.daemons if daemon.is_awake]
        self.progress.group.evict(living)

    def _settle(self):
        """Waits until both groups have committed all that there is."""
        living = [daemon for daemon in self.daemons if daemon.is_running]
        self.progress.wait_for_end(self.ends[-1], living, self._evict)
        self.calm.wait_for_end(self.ends[-1], [self.undisturbed])

    def _compare(self):
        # Transactions of the dead hide what came after them until their successors end them.
        self._start_all()
        members = self.options.workers * len(self.daemons)
        self.progress.wait_for_shares(members, self.daemons, self._evict)
        found = list(self.comparison.advance())
        told = [f"round {self._round_of(*place)}, {text}" for place, text in found[:TOLD_MAX]]
        demand(not found, f"{len(found)} mismatches\n" + "\n".join(told))

    def _round_of(self, partition, offset):
        """The round, from 1, that wrote this record."""
        return next(
            index + 1 for index, ends in enumerate(self.ends) if ends[partition] > offset)
