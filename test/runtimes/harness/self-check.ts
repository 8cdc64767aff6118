import type { Suite } from "./suite.ts";

/** How often each fails or not is known: a runtime that tells another result cannot be believed about the packages. */
const selfCheck: Suite = {
  name: "self-check",
  groups: {
    "what is right": (check) => {
      check.equal("octets", Uint8Array.of(1, 2), Uint8Array.of(1, 2));
      check.throws("an error", () => decodeURIComponent("%"), { name: "URIError" });
    },
    "what is wrong": (check) => check.equal("octets", Uint8Array.of(1, 2), Uint8Array.of(1, 3)),
    "what throws": () => {
      throw new Error("on purpose");
    },
    "what rejects": async () => {
      await Promise.resolve();
      throw new Error("on purpose");
    },
    "what asserts nothing": () => {},
  },
};
export default selfCheck;

export const SELF_CHECK = { passed: 2, failed: 4 } as const;
