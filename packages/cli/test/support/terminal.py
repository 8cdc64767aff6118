"""Runs a program on a pseudo terminal of 80 columns: what is read here is typed there, what it shows is written here."""
import fcntl, os, pty, select, struct, sys, termios

pid, terminal = pty.fork()
if pid == 0:
    # Until it has its size, the program does not start.
    os.read(0, 1)
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
os.write(terminal, b"\n")

inputs = [0, terminal]
while terminal in inputs:
    for ready in select.select(inputs, [], [])[0]:
        try:
            octets = os.read(ready, 65536)
        except OSError:
            octets = b""
        if not octets:
            inputs.remove(ready)
        else:
            while octets:
                octets = octets[os.write(terminal if ready == 0 else 1, octets):]

_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status))
