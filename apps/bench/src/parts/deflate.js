import { constants, deflateRawSync } from "node:zlib";
import { ServerDeflate } from "@plyws/permessage-deflate";
import { zlibEngine } from "@plyws/permessage-deflate/node";
import { makeJson } from "../json.js";

/** @param {number} size @returns {import("./part.ts").Part[]} */
function both(size) {
  const payload = Buffer.from(makeJson(size, 1));
  const deflated = deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
  const transform = new ServerDeflate({ engine: zlibEngine() }).accept([
    { name: "permessage-deflate", params: [] },
  ])?.transform;
  if (transform === undefined) throw new Error("Such an offer is always accepted");
  return [
    {
      package: "permessage-deflate",
      name: `compress ${size} octets of JSON`,
      times: 1,
      octets: size,
      run: () => transform.encodeMessage(payload),
    },
    {
      package: "permessage-deflate",
      name: `decompress ${size} octets of JSON`,
      times: 1,
      octets: size,
      run() {
        transform.decodePiece(deflated, true);
        let sum = 0;
        while (transform.pending) sum += transform.read().length;
        return sum;
      },
    },
  ];
}

export const parts = [64, 1024, 16_384].flatMap(both);
