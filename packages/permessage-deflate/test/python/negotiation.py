"""The negotiation of the websockets package: a list of tasks as JSON in, a list of what came of each out."""

import json
import sys

from websockets.extensions.permessage_deflate import (
    ClientPerMessageDeflateFactory,
    ServerPerMessageDeflateFactory,
)


def agreed(extension, local, remote):
    """Every value of the agreement, by our names."""
    return {
        f"{local}NoContextTakeover": extension.local_no_context_takeover,
        f"{remote}NoContextTakeover": extension.remote_no_context_takeover,
        f"{local}MaxWindowBits": extension.local_max_window_bits,
        f"{remote}MaxWindowBits": extension.remote_max_window_bits,
    }


def received(params):
    return [(name, None if value is True else value) for name, value in params]


def sent(params):
    return [(name, True if value is None else value) for name, value in params]


def run(task):
    if task["do"] == "offer":
        return sent(ClientPerMessageDeflateFactory(**task["settings"]).get_request_params())
    if task["do"] == "check":
        factory = ClientPerMessageDeflateFactory(**task["settings"])
        return agreed(factory.process_response_params(received(task["params"]), []), "client", "server")
    factory = ServerPerMessageDeflateFactory(**task["settings"])
    params, extension = factory.process_request_params(received(task["params"]), [])
    return {"params": sent(params), "parameters": agreed(extension, "server", "client")}


print(json.dumps([run(task) for task in json.load(sys.stdin)]))
