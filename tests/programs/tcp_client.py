# The TCP loop of the source notes: the client. Its port is an argument.
import socket
import sys

sk = socket.socket()
sk.connect(("127.0.0.1", int(sys.argv[1])))
while True:
    strvar = input("客户端想给服务端发送的消息为: ")
    sk.send(strvar.encode("utf-8"))
    res = sk.recv(1024)
    if res.upper() == b"Q":
        break
    print(res.decode("utf-8"), flush=True)
sk.close()
