"""Echoes messages: whole, or in seven fragments on the path /fragments. Closes with 4002 on the path /close.

Prints its port, and what it hears when a connection ends.
"""

import asyncio
import sys

import websockets


def fragments(message):
    size = -(-len(message) // 7) or 1
    return [message[i : i + size] for i in range(0, len(message) or 1, size)]


async def serve(socket):
    # Later versions have it in the request.
    path = socket.path if hasattr(socket, "path") else socket.request.path
    if path == "/close":
        await socket.close(4002, "go away")
    try:
        async for message in socket:
            await socket.send(fragments(message) if path == "/fragments" else message)
    except websockets.ConnectionClosedError:
        # What it calls an error is any code but 1000 and 1001.
        pass
    finally:
        print(f"closed {socket.close_code} {socket.close_reason}", flush=True)


async def main():
    options = {"max_size": None, "subprotocols": ["b", "a"], "close_timeout": 2}
    async with websockets.serve(serve, "127.0.0.1", 0, **options) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        # Until whoever started this is gone.
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
