/** Exit codes. */
export const EXIT = { mistake: 2, noStart: 1, interrupted: 130 };

// One press of Ctrl-C may arrive several times: from the terminal, from npm and from its script.
const SAME_PRESS_MS = 500;

/** The first signal ends the process in good order, when `close` has resolved; a later one at once. */
export function endOnSignal(close: () => Promise<void>): void {
  let first: number | null = null;
  const onSignal = () => {
    if (first !== null && performance.now() - first < SAME_PRESS_MS) return;
    if (first !== null) process.exit(EXIT.interrupted);
    first = performance.now();
    void close().finally(() => process.exit());
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
}
