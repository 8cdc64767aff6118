import { readFileSync } from "node:fs";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import { codeOf, StartError } from "@plyws/app-kit";
import type { Options } from "./options.ts";

/**
 * Reads a certificate and its key, and checks that they can be used.
 *
 * @throws StartError that names the file and says what is wrong with it
 */
export function readTls({ cert, key }: NonNullable<Options["tls"]>): SecureContextOptions {
  const pair = { cert: read("certificate", cert), key: read("key", key) };
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new StartError(`The TLS certificate ${cert} and the key ${key} cannot be used: ${reason(error)}`);
  }
  return pair;
}

const WORDS = new Map([
  ["ENOENT", "there is no such file"],
  ["EACCES", "no right to read it"],
  ["EISDIR", "it is a folder"],
]);

function read(what: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new StartError(
      `The TLS ${what} ${file} cannot be read: ${WORDS.get(codeOf(error)) ?? reason(error)}`,
    );
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
