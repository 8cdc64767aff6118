/** More failures than these are counted, but not told. */
const TOLD = 20;

/** Assertions that run wherever ECMAScript does. One that fails is counted, and the next one is made all the same. */
export class Check {
  passed = 0;
  failed = 0;
  /** What was wrong, for the first failures. */
  readonly failures: string[] = [];

  /** Both are the same value, or lists, octets or plain objects of the same values. */
  equal(what: string, actual: unknown, expected: unknown): void {
    if (isSame(actual, expected)) this.passed++;
    else this.fail(`${what}: ${show(actual)} instead of ${show(expected)}`);
  }

  /** The call throws an error with these properties, among others. */
  throws(what: string, action: () => unknown, expected: Readonly<Record<string, unknown>>): void {
    try {
      const value = action();
      this.fail(`${what}: ${show(value)} instead of an error ${show(expected)}`);
    } catch (error) {
      const seen = Object.entries(expected).map(([key]) => [key, Object(error)[key]]);
      this.equal(what, Object.fromEntries(seen), expected);
    }
  }

  fail(message: string): void {
    this.failed++;
    if (this.failures.length < TOLD) this.failures.push(message);
  }
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (a instanceof Uint8Array && b instanceof Uint8Array) return areSame(a, b);
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, at) => isSame(item, b[at]));
  }
  if (!isPlain(a) || !isPlain(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]))
  );
}

function areSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** Instances of classes are not: what they hold in private fields cannot be compared. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function show(value: unknown): string {
  if (value instanceof Uint8Array) {
    const hex = Array.from(value.subarray(0, 32), (octet) => octet.toString(16).padStart(2, "0")).join(" ");
    return `${value.length} octets <${hex}${value.length > 32 ? " …" : ""}>`;
  }
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  if (!isPlain(value)) return typeof value === "string" ? JSON.stringify(value) : String(value);
  return `{ ${Object.entries(value)
    .map(([key, item]) => `${key}: ${show(item)}`)
    .join(", ")} }`;
}
