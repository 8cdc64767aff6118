import { readFileSync } from "node:fs";

const read = (name: string): Buffer => readFileSync(new URL(`../certificate/${name}.pem`, import.meta.url));

/** A self-signed certificate for localhost, 127.0.0.1 and ::1, and its key: for these tests only. */
export const certificate = { cert: read("cert"), key: read("key") };
