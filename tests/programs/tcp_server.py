# The TCP loop of the source notes: the server. Its port is an argument.
import socket
import sys

sk = socket.socket()
sk.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
sk.bind(("127.0.0.1", int(sys.argv[1])))
sk.listen()
print("port", sk.getsockname()[1], flush=True)
while True:
    conn, addr = sk.accept()
    while True:
        res = conn.recv(1024)
        print(res.decode("utf-8"), flush=True)
        str1 = input("服务端想给客户端发送: ")
        conn.send(str1.encode("utf-8"))
        if str1.upper() == "Q":
            break
    conn.close()
    break
sk.close()
