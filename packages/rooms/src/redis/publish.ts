import { createHash } from "node:crypto";
import { PREVIOUS } from "./codec.ts";

/**
 * Keeps a message and tells of it in one step, so that all processes see one order, and each message names the one
 * before it.
 *
 * Keys: the stream, and that of `once` if there is one. Arguments: how many messages are kept; how long the stream is
 * kept, in milliseconds; how long `once` is; the channel; the kind of the data; the data.
 */
export const PUBLISH = `
if KEYS[2] then
  local known = redis.call('GET', KEYS[2])
  if known then return known end
end
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local previous = last[1] and last[1][1] or '0-0'
local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', '${PREVIOUS}', previous, ARGV[5], ARGV[6])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
if KEYS[2] then redis.call('SET', KEYS[2], id, 'PX', ARGV[3]) end
redis.call('PUBLISH', ARGV[4], 'm' .. previous .. ' ' .. id .. ' ' .. ARGV[5] .. ARGV[6])
return id
`;

export const PUBLISH_SHA1 = createHash("sha1").update(PUBLISH).digest("hex");
