# workerd serve worker-client.capnp: the Worker on a port of HTTP, with the address of the WebSocket server.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "client", worker = .client),
    # Without this a Worker reaches public addresses only.
    (name = "network", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "client")],
);

const client :Workerd.Worker = (
  # All in one file: a Worker has no packages.
  modules = [(name = "worker-client.js", esModule = embed "worker-client.js")],
  compatibilityDate = "2026-11-01",
  bindings = [(name = "server", fromEnvironment = "SERVER")],
  globalOutbound = "network",
);
