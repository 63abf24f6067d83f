# The UDP loop of the source notes: the client. Its port is an argument.
import socket
import sys

sk = socket.socket(type=socket.SOCK_DGRAM)
while True:
    msg = input("客户端给服务端发送的消息: ")
    sk.sendto(msg.encode(), ("127.0.0.1", int(sys.argv[1])))
    msg, ser_addr = sk.recvfrom(1024)
    if msg.upper() == b"Q":
        break
    print(msg.decode(), flush=True)
sk.close()
