"""The server of one of the five cases, as a program of its own.

usage: server.py CASE

CASE is sticky, fix-1, fix-2, fix-3 or udp. Prints its port, serves once, and ends.
"""

import socket
import sys

import cases

case = sys.argv[1]
if case == "udp":
    with socket.socket(type=socket.SOCK_DGRAM) as own:
        own.bind(("127.0.0.1", 0))
        print(own.getsockname()[1], flush=True)
        cases.answer(own)
else:
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        own.listen()
        print(own.getsockname()[1], flush=True)
        connection, _ = own.accept()
        with connection:
            cases.say(connection, case)
