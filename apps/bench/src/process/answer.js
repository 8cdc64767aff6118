// Plain JavaScript: servers use it on every runtime that is compared.
import process from "node:process";

/**
 * @template Request
 * @typedef {(request: Request) => object | Promise<object>} Answer
 */

/**
 * Says something to the process that started this one, then answers each of its requests in turn; ends when it does.
 * Both sides write one line of JSON at a time.
 *
 * @template Request
 * @param {object} ready
 * @param {Answer<Request>} answer
 */
export function answerRequests(ready, answer) {
  const reply = async (/** @type {string} */ line) => {
    try {
      say(await answer(JSON.parse(line)));
    } catch (error) {
      say({ error: error instanceof Error ? error.message : String(error) });
    }
  };
  let rest = "";
  process.stdin.setEncoding("utf8");
  process.stdin.on("data", (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) void reply(line);
  });
  process.stdin.on("end", () => process.exit());
  say(ready);
}

/** @param {object} what */
function say(what) {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
