"""A Redis client that notices when its only connection falls silent, and when it continues.

For plain Python in a helper: it is answered, then for a while not, then again, and prints each. The key ``talker``
shows that it has connected.
"""

TALKER = """\
import socket, sys, time
line = socket.create_connection((sys.argv[1], 6379), timeout=10)
line.sendall(b"SET talker open\\r\\n")
assert line.recv(99) == b"+OK\\r\\n"
print("answered")
line.settimeout(0.8)
unanswered = 0
while unanswered == 0:
    line.sendall(b"PING\\r\\n")
    unanswered += 1
    try:
        line.recv(99)
        unanswered -= 1
    except TimeoutError:
        print("cut")
    time.sleep(0.05)
line.settimeout(60)
assert line.recv(99) == b"+PONG\\r\\n"
print("answered again")
"""
