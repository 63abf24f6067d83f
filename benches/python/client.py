"""The client of one of the five cases, as a program of its own.

usage: client.py CASE PORT

CASE is sticky, fix-1, fix-2, fix-3 or udp. Over TCP it waits for a tenth of a second
before it receives, which is how the notes make the messages meet. Prints what each
receive returned.
"""

import socket
import sys
import time

import cases

case, address = sys.argv[1], ("127.0.0.1", int(sys.argv[2]))
if case == "udp":
    with socket.socket(type=socket.SOCK_DGRAM) as own:
        print(*cases.ask(own, address), sep="\n")
else:
    with socket.socket() as own:
        own.connect(address)
        time.sleep(0.1)
        print(*cases.listen(own, case), sep="\n")
