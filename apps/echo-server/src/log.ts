/** Where the program writes: what it does to standard output, what goes wrong to standard error. */
export interface Log {
  /** A line that is always written. */
  say(line: string): void;
  /** A line about one connection: not written when the program is to be quiet. */
  note(mark: "+" | "-", line: string): void;
  problem(line: string): void;
}

interface LogOptions {
  readonly quiet: boolean;
  /** Whether marks and times get colours. */
  readonly colour: boolean;
  readonly out: { write(text: string): unknown };
  readonly err: { write(text: string): unknown };
}

const RESET = "\u001b[0m";
const DIM = "\u001b[2m";
const RED = "\u001b[31m";
const MARKS = { "+": "\u001b[32m", "-": "\u001b[33m" };

export function createLog({ quiet, colour, out, err }: LogOptions): Log {
  const paint = (code: string, text: string) => (colour ? code + text + RESET : text);
  return {
    say: (line) => out.write(`${line}\n`),
    note(mark, line) {
      if (quiet) return;
      const time = new Date().toTimeString().slice(0, 8);
      out.write(`${paint(DIM, time)} ${paint(MARKS[mark], mark)} ${line}\n`);
    },
    problem: (line) => err.write(`${paint(RED, line)}\n`),
  };
}

const SHOWN = 200;

/**
 * A text of the peer, safe to print: control characters and invisible format characters are escaped, so that it can
 * neither move the cursor nor forge a line; what is long is cut.
 */
export function printable(text: string): string {
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return shown.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}
