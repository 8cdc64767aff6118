/** One fenced block of TypeScript in a document. */
export interface Fence {
  /** The line of its first line of code, counted from 1. */
  readonly line: number;
  readonly code: string;
  /** False for "```ts no-run": it is checked by the compiler only. */
  readonly runs: boolean;
  /** The texts after "// →": what the example says that it prints, in order. */
  readonly prints: readonly string[];
}

/** The fences of a Markdown text that hold TypeScript. */
export function fencesOf(markdown: string): Fence[] {
  const fences: Fence[] = [];
  const lines = markdown.split("\n");
  for (let index = 0; index < lines.length; index++) {
    const [, indent = "", info = ""] = /^( *)```(\S.*)$/.exec(lines[index] ?? "") ?? [];
    if (info === "") continue;
    const start = index + 1;
    do index++;
    while (index < lines.length && lines[index]?.trim() !== "```");
    if (index === lines.length) throw new SyntaxError(`the fence in line ${start} is never closed`);
    // "[name]" is the name of a tab, where a page shows several fences as one.
    const [language, ...flags] = info
      .replace(/\[[^\]]*\]/, "")
      .trim()
      .split(/\s+/);
    if (language !== "ts") continue;
    const unknown = flags.find((flag) => flag !== "no-run");
    if (unknown !== undefined) throw new SyntaxError(`line ${start}: unknown word "${unknown}" after ts`);
    const code = lines.slice(start, index).map((line) => line.slice(indent.length));
    const prints = code.flatMap((line) => /\/\/ → (.*)$/.exec(line)?.[1]?.trimEnd() ?? []);
    fences.push({ line: start + 1, code: code.join("\n"), runs: !flags.includes("no-run"), prints });
  }
  return fences;
}

/** The first text that was not printed as a line of its own after the ones before it; null when all were. */
export function firstMissing(prints: readonly string[], stdout: string): string | null {
  const lines = stdout.split("\n");
  let from = 0;
  for (const text of prints) {
    const at = lines.indexOf(text, from);
    if (at === -1) return text;
    from = at + 1;
  }
  return null;
}
