"""A line that breaks: hands bytes on between a port of its own and a server's, and cuts each
connection after a number of bytes drawn from the seed. Prints its port, then runs until killed.

    cutting_proxy.py SERVER-PORT SEED SMALLEST LARGEST [PORT]
"""
import random
import selectors
import socket
import sys

server_port, seed = int(sys.argv[1]), int(sys.argv[2])
smallest, largest = int(sys.argv[3]), int(sys.argv[4])
draw = random.Random(seed)
ready = selectors.DefaultSelector()
peer, left = {}, {}


def close(one):
    for end in (one, peer.pop(one, None)):
        if end in left:
            del left[end]
            peer.pop(end, None)
            ready.unregister(end)
            end.close()


def accept(listener):
    near, _ = listener.accept()
    far = socket.socket()
    try:
        far.connect(("127.0.0.1", server_port))
    except OSError:
        near.close()
        far.close()
        return
    peer[near], peer[far] = far, near
    room = [draw.randint(smallest, largest)]
    for end in (near, far):
        left[end] = room
        ready.register(end, selectors.EVENT_READ)


def hand_on(one):
    try:
        data = one.recv(65536)
        room = left[one]
        kept = data[: room[0]]
        room[0] -= len(data)
        peer[one].sendall(kept)
        if data and room[0] > 0:
            return
    except OSError:
        pass
    close(one)


listener = socket.create_server(("127.0.0.1", int(sys.argv[5]) if len(sys.argv) > 5 else 0))
print(listener.getsockname()[1], flush=True)
ready.register(listener, selectors.EVENT_READ)
while True:
    for key, _ in ready.select():
        if key.fileobj is listener:
            accept(listener)
        elif key.fileobj in left:
            hand_on(key.fileobj)
