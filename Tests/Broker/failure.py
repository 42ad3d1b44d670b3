"""What a scenario raises when the daemon breaks a promise."""


class Failure(Exception):
    """One broken promise, in words for the person who reads the last line."""


def demand(condition, message):
    if not condition:
        raise Failure(message)
