"""What the two sides of the five cases say and do, once they have their sockets.

A fix puts the length of the first message in front of it: in two digits, in eight, or
as a C int. The second message has none, and is what comes behind.
"""

import struct

FIRST, SECOND = "下了一天的雨".encode(), "适合发呆".encode()
QUESTION = "今天天气咋样啊?".encode()
ROOM = 1024
CASES = ["sticky", "fix-1", "fix-2", "fix-3", "udp"]

# The header that announces a length, how long it is, and how it is read.
HEADERS = {
    "fix-1": (lambda length: b"%02d" % length, 2, int),
    "fix-2": (lambda length: b"%08d" % length, 8, int),
    "fix-3": (lambda length: struct.pack("i", length), 4, lambda header: struct.unpack("i", header)[0]),
}


def say(connection, case):
    """Sends the two messages."""
    if case in HEADERS:
        announce, _, _ = HEADERS[case]
        connection.send(announce(len(FIRST)))
    connection.send(FIRST)
    connection.send(SECOND)


def listen(connection, case):
    """Receives the two messages; returns what came."""
    first = ROOM
    if case in HEADERS:
        _, size, read = HEADERS[case]
        first = read(connection.recv(size))
    return [connection.recv(size).decode() for size in (first, ROOM)]


def answer(own):
    """Waits for a datagram, and answers whoever sent it."""
    _, sender = own.recvfrom(ROOM)
    own.sendto(FIRST, sender)


def ask(own, address):
    """Sends a question; returns the answer."""
    own.sendto(QUESTION, address)
    message, _ = own.recvfrom(ROOM)
    return [message.decode()]
