// The servers are plain JavaScript, as each of them runs on every version of Node that is compared, or on another
// runtime.
import process from "node:process";
import { answerRequests } from "../process/answer.js";

/** The largest message of any load. */
export const MAX_MESSAGE_SIZE = 16_777_216;

/** What this server has to do. */
/** @type {import("../plans.ts").ServerPlan} */
export const plan = JSON.parse(process.argv[2] ?? "{}");

/**
 * Tells where the server listens, and what it has used whenever that is asked.
 *
 * @param {number} port
 * @param {readonly number[]} pids all processes that serve
 */
export function listening(port, pids = [process.pid]) {
  answerRequests({ port, pids }, () => {
    const { user, system } = process.cpuUsage();
    return { cpu: user + system, rss: process.memoryUsage().rss };
  });
}

/**
 * @param {string | null | { port?: number }} address of a server on `node:net` or `node:http`
 * @returns {number}
 */
export function portOf(address) {
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}
