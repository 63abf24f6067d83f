# The UDP loop of the source notes: the server. Its port is an argument.
import socket
import sys

sk = socket.socket(type=socket.SOCK_DGRAM)
sk.bind(("127.0.0.1", int(sys.argv[1])))
print("port", sk.getsockname()[1], flush=True)
while True:
    msg, cli_addr = sk.recvfrom(1024)
    print(msg.decode(), flush=True)
    msg = input("服务端给客户端发送的消息: ")
    sk.sendto(msg.encode(), cli_addr)
    if msg.upper() == "Q":
        break
sk.close()
