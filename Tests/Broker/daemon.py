"""Starts and stops the daemon, and waits for its consumer group."""

import os
import re
import signal
import subprocess
import time

from failure import Failure, demand
from wire import Group

# More than the daemon takes to give up on a cluster that does not answer.
STOP_SECONDS = 15
POLL_SECONDS = 0.05
# Longer than a group of healthy members takes to form.
JOIN_SECONDS = 10

DEFINITION = """\
pipeline: {name}
kafka:
  bootstrap.servers: {brokers}
  group.id: {group}
  client.id: {client}-${{INCARNATION:-0}}
  session.timeout.ms: 6000
  heartbeat.interval.ms: 500
  receive.message.max.bytes: 2000000000
  # What a killed member leaves open blocks readers for this long.
  transaction.timeout.ms: 6000
  message.timeout.ms: 5000{kafka}
input:
  topics: [{name}.in]
  format: json
  stream: [/site, /sensor]
  time: {{path: /ts, unit: ms}}
  values: {{temperature: /t}}
output:
  predictions: {{topic: {group}.predictions}}
  anomalies: {{topic: {group}.anomalies}}
  drift: {{topic: {group}.drift}}
  health: {{topic: {group}.health}}
  dead-letters: {{topic: {group}.dead}}
processing: {{guarantee: exactly_once, commit-interval: {commit}, workers: {workers}}}
alerts: {{budget: 1 per stream per hour, warm-up: 50}}
state: {{directory: {state}, max-replay: {replay}, memory: {memory}{changelog}}}
topics: {{partitions: {partitions}, replication: 1}}
http: {{listen: "127.0.0.1:0"}}
"""


class Daemon:
    """One instance: a definition, a state directory, and the process while it runs."""

    # How it may end when it is asked to.
    ends = (0,)
    # What starts it.
    wrapper = ()

    def __init__(self, name, folder, instance, options, group=None, workers=None, commit="100ms",
                 changelog=False, replay="1s", memory="2GiB", kafka=""):
        self.spnd, self.process, self.starts, self.is_frozen = options.spnd, None, 0, False
        self.instance = instance
        self.definition = os.path.join(folder, f"{instance}.yaml")
        self.messages = os.path.join(folder, f"{instance}.log")
        self.state = state = os.path.join(folder, f"{instance}.state")
        os.makedirs(state)
        with open(self.definition, "w", encoding="utf-8") as file:
            file.write(DEFINITION.format(
                name=name, brokers=options.brokers, group=group or name, client=instance,
                workers=workers or options.workers, commit=commit, state=state,
                replay=replay, memory=memory, partitions=options.partitions,
                kafka=f"\n  {kafka}" if kafka else "",
                changelog=f", changelog: {name}.models" if changelog else ""))

    @property
    def client(self):
        """What the broker knows the running process by; another one after each start."""
        return f"{self.instance}-{self.starts}"

    def create_topics(self):
        command = [self.spnd, "topics", "create", self.definition]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        demand(done.returncode == 0,
               f"spnd topics create exited {done.returncode}: {done.stderr.strip()[-500:]}")

    def start(self):
        self.starts += 1
        with open(self.messages, "ab") as messages:
            self.process = subprocess.Popen(
                [*self.wrapper, self.spnd, "run", self.definition], stdout=messages, stderr=messages,
                env={**os.environ, "INCARNATION": str(self.starts)})

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    @property
    def is_awake(self):
        return self.is_running and not self.is_frozen

    def freeze(self):
        """Stops the process in its tracks; it keeps all that it has and knows of nothing."""
        self.is_frozen = True
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.is_frozen = False
        self.process.send_signal(signal.SIGCONT)

    def resident_bytes(self, kind="VmRSS"):
        """Memory in use; of kind `RssAnon` without the pages of files, which the system can drop."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return int(re.search(rf"^{kind}:\s+(\d+) kB$", file.read(), re.M)[1]) << 10

    def processor_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def terminate(self):
        """Asks for a clean end and demands one in time."""
        self.demand_running()
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure(f"SIGTERM: still running after {STOP_SECONDS} s\n{self.tail()}") from None
        demand(code in self.ends, f"SIGTERM: exited {code}\n{self.tail()}")

    def kill(self):
        if self.is_running:
            self.process.kill()
            self.process.wait()

    def demand_running(self):
        code = self.process.poll()
        demand(code is None, f"the daemon ended by itself, code {code}\n{self.tail()}")

    def models_read(self):
        """The models that it has read from changelogs so far."""
        with open(self.messages, encoding="utf-8", errors="replace") as messages:
            counts = re.findall(r"(\d+) models read from the changelog", messages.read())
        return sum(map(int, counts))

    def tail(self, size=2_000):
        with open(self.messages, "rb") as messages:
            messages.seek(max(0, os.path.getsize(self.messages) - size))
            return messages.read().decode(errors="replace")


class Progress:
    """How far a group has committed, and the patience with one that stands still."""

    def __init__(self, brokers, topic, group, partitions, stall):
        self.group = Group(brokers, group)
        self.topic, self.partitions, self.stall = topic, partitions, stall

    def ends(self):
        """The end of each partition's log."""
        return self.group.ends(self.topic, self.partitions)

    def committed(self):
        return self.group.committed(self.topic, self.partitions)

    def wait_for(self, total, daemons):
        """Waits until the sum of the committed offsets is at least `total`."""
        return self._wait(self.committed, lambda now: sum(now) >= total, daemons, f"of {total}")

    def wait_for_end(self, ends, daemons, meanwhile=lambda idle: None):
        """Waits until the lag of every partition is zero."""
        return self._wait(
            self.committed, lambda now: now == ends, daemons, f"of {ends}", meanwhile)

    def wait_for_shares(self, members, daemons, meanwhile=lambda idle: None):
        """Waits until this many members of the group own the partitions evenly."""
        each, rest = divmod(self.partitions, members)
        owned = [each] * (members - rest) + [each + 1] * rest
        return self._wait(self.group.assignments, lambda now: now == owned, daemons,
                          f"for members {owned}", meanwhile)

    def _wait(self, measure, done, daemons, goal, meanwhile=lambda idle: None):
        last, since = None, time.monotonic()
        while not done(now := measure()):
            for daemon in daemons:
                daemon.demand_running()
            if now != last:
                last, since = now, time.monotonic()
            idle = time.monotonic() - since
            meanwhile(idle)
            demand(idle < self.stall,
                   f"no progress for {self.stall} s at {now} {goal}; group {self.group.summary()}\n"
                   + "\n".join(daemon.tail() for daemon in daemons))
            time.sleep(POLL_SECONDS)
        return now
