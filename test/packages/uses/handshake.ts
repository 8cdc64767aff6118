import type { UpgradeRequestDraft } from "@plyws/handshake";
import { computeAccept, createUpgradeRequest, HeaderFields, parseExtensions } from "@plyws/handshake";

console.log(computeAccept("dGhlIHNhbXBsZSBub25jZQ==")); // → s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
const request: UpgradeRequestDraft = createUpgradeRequest({ host: "example.com", target: "/chat" });
console.log(HeaderFields.from(request.headers).get("upgrade")); // → websocket
console.log(parseExtensions("permessage-deflate; server_no_context_takeover")?.length); // → 1
