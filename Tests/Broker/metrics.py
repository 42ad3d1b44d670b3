"""Reads what a daemon shows of itself."""

import re
import time
import urllib.request

from failure import demand

PATIENCE_SECONDS = 30


class Metrics:
    """The metrics of a running daemon, which picks its port itself."""

    def __init__(self, daemon):
        with open(daemon.messages, encoding="utf-8") as messages:
            self.address = re.findall(r"serves (http://\S+)", messages.read())[-1]

    def value(self, name, **labels):
        """The value of a sample; None where there is none with these labels."""
        wanted = "".join(f'(?=.*{label}="{value}")' for label, value in labels.items())
        found = re.search(rf"^{name}{{{wanted}.*}} (\S+)$", self._read(), re.M)
        return found and float(found[1])

    def scrape_seconds(self):
        start = time.monotonic()
        self._read()
        return time.monotonic() - start

    def wait_for(self, name, value, **labels):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.value(name, **labels) != value:
            demand(time.monotonic() < deadline, f"{name}{labels} is not {value} in time")
            time.sleep(0.01)

    def _read(self):
        with urllib.request.urlopen(self.address + "metrics", timeout=PATIENCE_SECONDS) as reply:
            return reply.read().decode()
