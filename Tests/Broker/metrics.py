"""Reads what a daemon shows of itself."""

import re
import time
import urllib.error
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
        self.wait_until(name, lambda now: now == value, **labels)

    def wait_until(self, name, is_right, **labels):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_right(now := self.value(name, **labels)):
            demand(time.monotonic() < deadline, f"{name}{labels} is {now}, for too long")
            time.sleep(0.01)

    def ask(self, path, method="GET", body=None):
        """The status and the body of any request."""
        request = urllib.request.Request(self.address + path, data=body, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def _read(self):
        return self.ask("metrics")[1]
