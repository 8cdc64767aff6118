/** The oldest Node that runs the build tools (they execute TypeScript) where no pinned one can be installed. */
const OLDEST_FOR_TOOLS = [22, 18];

/**
 * Says why the tools cannot run here, or null when they can.
 *
 * @param {{ pinned: boolean, version: string, platform: string, arch: string }} machine `pinned`: the Node of
 *   the lockfile is installed and runs; `version`: of the Node that the machine has.
 * @returns {string | null}
 */
export function whyTooOld({ pinned, version, platform, arch }) {
  if (pinned) return null;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_FOR_TOOLS;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return null;
  return (
    `Node ${version} is too old for the build tools, and the pinned Node cannot run on ${platform} ${arch}.\n` +
    `Install Node ${OLDEST_FOR_TOOLS.join(".")} or later and run this again.`
  );
}
