import { posix } from "node:path";
import { type Rule, TESTKIT } from "./arrows.ts";
import { type Import, importsOf } from "./imports.ts";

/** A package as the check sees it: paths are relative to its folder, with forward slashes. */
export interface Package {
  readonly manifest: {
    readonly name: string;
    readonly private?: boolean;
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly devDependencies?: Readonly<Record<string, string>>;
    readonly peerDependencies?: Readonly<Record<string, string>>;
    readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
    readonly optionalDependencies?: Readonly<Record<string, string>>;
  };
  readonly files: ReadonlyMap<string, string>;
}

const isOurs = (name: string): boolean => name.startsWith("@plyws/");
const isRelative = (specifier: string): boolean => specifier.startsWith(".");

/** `@scope/name/path` and `name/path` without the path. */
function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** What a source file may not import, and why; null when it may. */
function sourceFault(
  { name }: Package["manifest"],
  rule: Rule,
  file: string,
  specifier: string,
): string | null {
  const inNodeFolder = rule.nodeFolder !== undefined && file.startsWith(rule.nodeFolder);
  if (isRelative(specifier)) {
    const target = posix.join(posix.dirname(file), specifier);
    if (!target.startsWith("src/")) return "leaves the sources of its package";
    const enters = rule.nodeFolder !== undefined && target.startsWith(rule.nodeFolder) && !inNodeFolder;
    return enters ? "leads from pure files to those that need Node" : null;
  }
  const from = packageOf(specifier);
  if (from === name) return "names its own package: use a relative path";
  if (from === TESTKIT) return "is for tests only";
  if (isOurs(from)) return rule.arrows.includes(from) ? null : "is not an allowed arrow";
  if (specifier.startsWith("node:")) {
    return rule.pure && !inNodeFolder ? "is a Node module in a pure package" : null;
  }
  if (rule.peers?.includes(from) === true && (!rule.pure || inNodeFolder)) return null;
  return rule.others.includes(from) ? null : "is a module of others that is not allowed here";
}

function testFault(
  { name }: Package["manifest"],
  rule: Rule,
  file: string,
  specifier: string,
): string | null {
  if (isRelative(specifier)) {
    const target = posix.join(posix.dirname(file), specifier);
    return target.startsWith("../") ? "leaves its package" : null;
  }
  const from = packageOf(specifier);
  const ours = [name, TESTKIT, ...rule.arrows, ...(rule.testArrows ?? [])];
  const allowed = !isOurs(from) || ours.includes(from);
  return allowed ? null : "is not an allowed arrow, not even for a test";
}

function manifestFaults({ manifest }: Package, rule: Rule, used: ReadonlySet<string>): string[] {
  const faults: string[] = [];
  const declared = Object.keys(manifest.dependencies ?? {});
  for (const name of rule.arrows) {
    if (!declared.includes(name)) faults.push(`package.json: dependencies lack ${name}`);
    if (!used.has(name)) faults.push(`the arrow to ${name} is allowed, but no source uses it`);
  }
  for (const name of declared) {
    const allowed = rule.arrows.includes(name) || (manifest.private === true && rule.others.includes(name));
    if (!allowed) faults.push(`package.json: dependencies may not have ${name}`);
  }
  for (const name of Object.keys({ ...manifest.peerDependencies, ...manifest.optionalDependencies })) {
    const optional = manifest.peerDependenciesMeta?.[name]?.optional === true;
    if (rule.peers?.includes(name) === true && optional) continue;
    faults.push(`package.json: ${name} is neither a dependency nor a devDependency`);
  }
  for (const name of rule.peers ?? []) {
    if (!used.has(name)) faults.push(`${name} is allowed as a peer, but no source uses it`);
  }
  for (const name of Object.keys(manifest.devDependencies ?? {})) {
    const forTests = name === TESTKIT || rule.testArrows?.includes(name);
    if (isOurs(name) && !forTests) faults.push(`package.json: devDependencies may not have ${name}`);
  }
  return faults;
}

/** The files of one cycle of imports that remain when the code runs, or null. */
export function findCycle(edges: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const next of edges.get(file) ?? []) {
      const cycle = visit(next, [...path, file]);
      if (cycle !== null) return cycle;
    }
    done.add(file);
    return null;
  };
  for (const file of edges.keys()) {
    const cycle = visit(file, []);
    if (cycle !== null) return cycle;
  }
  return null;
}

/** Everything in one package that breaks its rule, as lines to print. */
export function faultsOf(pkg: Package, rule: Rule): string[] {
  const faults: string[] = [];
  const used = new Set<string>();
  const edges = new Map<string, string[]>();
  for (const [file, text] of pkg.files) {
    const isSource = file.startsWith("src/");
    const imports: Import[] = importsOf(file, text);
    for (const { specifier, line } of imports) {
      if (specifier === null) {
        if (isSource) faults.push(`${file}:${line}: a computed import cannot be checked`);
        continue;
      }
      const fault = (isSource ? sourceFault : testFault)(pkg.manifest, rule, file, specifier);
      if (fault !== null) faults.push(`${file}:${line}: ${specifier} ${fault}`);
      if (isSource) used.add(packageOf(specifier));
    }
    const kept = imports.filter(({ typeOnly }) => !typeOnly).map(({ specifier }) => specifier ?? "");
    edges.set(
      file,
      kept.filter(isRelative).map((specifier) => posix.join(posix.dirname(file), specifier)),
    );
  }
  const cycle = findCycle(edges);
  if (cycle !== null) faults.push(`files import one another in a circle: ${cycle.join(" -> ")}`);
  return [...faults, ...manifestFaults(pkg, rule, used)];
}
