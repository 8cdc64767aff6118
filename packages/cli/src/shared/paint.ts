import { styleText } from "node:util";

type Style = "bold" | "dim" | "red" | "green" | "cyan" | "yellow";

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** Colours for a terminal, unless NO_COLOR is set; none elsewhere. */
export function paintFor(isTerminal: boolean, env: NodeJS.ProcessEnv): Paint {
  const colours = isTerminal && !env["NO_COLOR"];
  return (style, text) => (colours && text !== "" ? styleText(style, text, { validateStream: false }) : text);
}
