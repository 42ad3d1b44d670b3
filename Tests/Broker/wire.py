"""The Kafka requests that kcat cannot make: committed offsets, and the members of a group."""

import socket
import struct

from failure import Failure, demand

LIST_OFFSETS, OFFSET_FETCH, FIND_COORDINATOR, LEAVE_GROUP, DESCRIBE_GROUPS = 2, 9, 10, 13, 15
LATEST = -1
TIMEOUT_SECONDS = 10


class Reader:
    """Reads the primitive types of the protocol off a response."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, form):
        value, = struct.unpack_from(">" + form, self.data, self.at)
        self.at += struct.calcsize(">" + form)
        return value

    def blob(self, size):
        self.at += max(size, 0)
        return self.data[self.at - max(size, 0):self.at]

    def string(self):
        return self.blob(self.take("h")).decode()

    def array(self, item):
        return [item() for _ in range(self.take("i"))]


def string(text):
    data = text.encode()
    return struct.pack(">h", len(data)) + data


def request(address, api, version, body):
    """Sends one request on a connection of its own and returns a reader behind the header."""
    message = struct.pack(">hhi", api, version, 1) + string("spnd-tests") + body
    try:
        with socket.create_connection(address, TIMEOUT_SECONDS) as connection:
            connection.sendall(struct.pack(">i", len(message)) + message)
            with connection.makefile("rb") as stream:
                size, = struct.unpack(">i", stream.read(4))
                return Reader(stream.read(size)[4:])
    except (OSError, struct.error) as error:
        raise Failure(f"broker {address[0]}:{address[1]}: {error}") from error


class Group:
    """A consumer group, as its coordinator sees it."""

    def __init__(self, brokers, name):
        host, port = brokers.split(",")[0].rsplit(":", 1)
        self.bootstrap, self.name = (host, int(port)), name

    def coordinator(self):
        reply = request(self.bootstrap, FIND_COORDINATOR, 0, string(self.name))
        if reply.take("h"):
            return self.bootstrap
        reply.take("i")
        return reply.string(), reply.take("i")

    def committed(self, topic, partitions):
        """The committed offset of each partition, 0 where there is none."""
        body = string(self.name) + struct.pack(">i", 1) + string(topic)
        body += struct.pack(f">i{partitions}i", partitions, *range(partitions))
        reply = request(self.coordinator(), OFFSET_FETCH, 1, body)
        offsets = [0] * partitions

        def partition():
            index, offset = reply.take("i"), reply.take("q")
            reply.string()
            reply.take("h")
            offsets[index] = max(offset, 0)

        reply.array(lambda: (reply.string(), reply.array(partition)))
        return offsets

    def ends(self, topic, partitions):
        """The offset after the last record of each partition; one broker must lead them all."""
        body = struct.pack(">ii", -1, 1) + string(topic) + struct.pack(">i", partitions)
        body += b"".join(struct.pack(">iq", index, LATEST) for index in range(partitions))
        reply = request(self.bootstrap, LIST_OFFSETS, 1, body)
        ends = [0] * partitions

        def partition():
            index, error = reply.take("i"), reply.take("h")
            demand(not error, f"{topic}[{index}]: the broker answers with error {error}")
            reply.take("q")
            ends[index] = reply.take("q")

        reply.array(lambda: (reply.string(), reply.array(partition)))
        return ends

    def assignments(self):
        """How many partitions each member of a stable group owns; empty while it is not stable."""
        state, members = self._describe()
        return sorted(owned for _, _, owned in members) if state == "Stable" else []

    def summary(self):
        """The group's state and its members with the partitions that each owns, in words."""
        state, members = self._describe()
        return f"{state}: " + ", ".join(f"{client} owns {owned}" for _, client, owned in members)

    def evict(self, living=()):
        """Takes members out of the group, as the end of their sessions would, except the living."""
        for member, client, _ in self._describe()[1]:
            if client not in living:
                request(self.coordinator(), LEAVE_GROUP, 0, string(self.name) + string(member))

    def _describe(self):
        body = struct.pack(">i", 1) + string(self.name)
        reply = request(self.coordinator(), DESCRIBE_GROUPS, 0, body)
        # One group was asked for: its error, name, state, protocol type, protocol, members.
        reply.take("i"), reply.take("h"), reply.string()
        state = reply.string()
        reply.string(), reply.string()
        return state, reply.array(lambda: self._member(reply))

    @staticmethod
    def _member(reply):
        name, client = reply.string(), reply.string()
        reply.string()
        reply.blob(reply.take("i"))
        return name, client, owned(reply.blob(reply.take("i")))


def owned(assignment):
    """The number of partitions in a member's assignment."""
    if not assignment:
        return 0
    reply = Reader(assignment)
    reply.take("h")
    return sum(len(reply.array(lambda: reply.take("i"))) for _ in range(reply.take("i"))
               if reply.string() is not None)
