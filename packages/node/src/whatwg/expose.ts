/**
 * Makes the members of a class what Web IDL (section 3.7) wants: enumerable, with the name of the interface as the
 * class string.
 */
export function expose(name: string, { prototype }: { prototype: object }): void {
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (key !== "constructor") Object.defineProperty(prototype, key, { ...descriptor, enumerable: true });
  }
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
}

/** Constants of an interface are on it and on its prototype (Web IDL section 3.7.5). */
export function exposeConstants(
  constructor: { prototype: object },
  constants: Readonly<Record<string, number>>,
): void {
  for (const [key, value] of Object.entries(constants)) {
    Object.defineProperty(constructor, key, { value, enumerable: true });
    Object.defineProperty(constructor.prototype, key, { value, enumerable: true });
  }
}
