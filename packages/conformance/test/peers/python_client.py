"""A client of websockets that runs every case of the kit at the address in PLYWS_CONFORMANCE_URL."""

import asyncio
import os
import sys

import websockets

BASE = os.environ["PLYWS_CONFORMANCE_URL"]
AGENT = sys.argv[1]


async def run(number):
    try:
        path = f"/runCase?case={number}&agent={AGENT}"
        async with websockets.connect(BASE + path, max_size=None, open_timeout=5) as socket:
            async for message in socket:
                await socket.send(message)
    except (websockets.WebSocketException, OSError, asyncio.TimeoutError):
        pass


async def main():
    async with websockets.connect(BASE + "/getCaseCount") as socket:
        count = int(await socket.recv())
    for number in range(1, count + 1):
        await run(number)
    async with websockets.connect(BASE + f"/updateReports?agent={AGENT}"):
        pass


asyncio.run(main())
