"""Has messages of the sizes given echoed by a server, whole and in fragments, and prints what it saw as JSON."""

import asyncio
import json
import sys

import websockets

PATTERN = "aé€😀"


def text_of(size):
    octets = len(PATTERN.encode())
    return PATTERN * (size // octets) + "x" * (size % octets)


def binary_of(size):
    return (bytes(range(251)) * (size // 251 + 1))[:size]


async def echoes(socket, message, fragments):
    size = -(-len(message) // fragments) or 1
    pieces = [message[i : i + size] for i in range(0, len(message) or 1, size)]
    await socket.send(message if fragments == 1 else pieces)
    return await socket.recv() == message


async def main(url, sizes):
    seen = {"version": websockets.__version__, "wrong": []}
    async with websockets.connect(url, max_size=None, subprotocols=["a", "b"]) as socket:
        seen["subprotocol"] = socket.subprotocol
        # The extension is offered by default.
        seen["extensions"] = [extension.name for extension in socket.extensions]
        for size in sizes:
            for message in [text_of(size), binary_of(size)]:
                for fragments in [1, 13]:
                    if not await echoes(socket, message, fragments):
                        seen["wrong"].append([type(message).__name__, size, fragments])
        many = [str(i) for i in range(1000)]
        for message in many:
            await socket.send(message)
        seen["ordered"] = [await socket.recv() for _ in many] == many
        await asyncio.wait_for(await socket.ping(b"are you there"), 5)
        await socket.close(4001, "bye")
        seen["closed"] = [socket.close_code, socket.close_reason]
    async with websockets.connect(url + "close") as socket:
        await socket.wait_closed()
        seen["told"] = [socket.close_code, socket.close_reason]
    print(json.dumps(seen))


asyncio.run(main(sys.argv[1], [int(size) for size in sys.argv[2:]]))
