import { applyMask, createHeader, decodeHeader, encodeHeader, Opcode } from "@plyws/frame";

const TIMES = 100;
const KEY = 0x3d21fa37;
/** After a short header of a client, so that words are not aligned. */
const OFFSET = 6;

const header = createHeader();
const octets = new Uint8Array(14);

/** @param {number} payloadLength @returns {import("./part.ts").Part[]} */
function headers(payloadLength) {
  const client = { fin: true, rsv: 0, opcode: Opcode.Binary, masked: true, maskingKey: KEY, payloadLength };
  const server = { ...client, masked: false, maskingKey: 0 };
  const encoded = new Uint8Array(14);
  encodeHeader(client, encoded, 0);
  return [
    {
      package: "frame",
      name: `decode a masked header, length ${payloadLength}`,
      times: TIMES,
      run() {
        let sum = 0;
        for (let time = 0; time < TIMES; time++) sum += decodeHeader(encoded, 0, header);
        return sum;
      },
    },
    {
      package: "frame",
      name: `encode a header, length ${payloadLength}`,
      times: TIMES,
      run() {
        let sum = 0;
        for (let time = 0; time < TIMES; time++) sum += encodeHeader(server, octets, 0);
        return sum;
      },
    },
  ];
}

/** @param {number} size @returns {import("./part.ts").Part} */
function masking(size) {
  const bytes = new Uint8Array(size + OFFSET);
  const times = size > 16_384 ? 1 : TIMES;
  return {
    package: "frame",
    name: `mask ${size} octets`,
    times,
    octets: size,
    run() {
      let key = KEY;
      for (let time = 0; time < times; time++) key = applyMask(bytes, OFFSET, bytes.length, key);
      return key;
    },
  };
}

export const parts = [
  ...[20, 1024, 65_536].flatMap(headers),
  ...[16, 20, 125, 1024, 16_384, 1_048_576].map(masking),
];
