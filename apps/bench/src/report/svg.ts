// The little of SVG that the charts need. Colours follow the page around them, light or dark.

const STYLE = `
  svg { font: 12px system-ui, sans-serif; --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --paper: #ffffff; --own: #0969da; --other: #afb8c1; }
  @media (prefers-color-scheme: dark) {
    svg { --ink: #f0f6fc; --soft: #9198a1; --line: #3d444d; --paper: #0d1117; --own: #4493f8; --other: #656c76; }
  }
  .paper { fill: var(--paper) }
  text { fill: var(--ink) }
  .soft { fill: var(--soft) }
  .title { font-weight: 600; font-size: 15px }
  .name { font-weight: 600 }
  .end { text-anchor: end }
  .middle { text-anchor: middle }
  .own { fill: var(--own) }
  .other { fill: var(--other) }
  .grid { stroke: var(--line); fill: none }
  .curve { fill: none; stroke-width: 2 }
`;

export function drawing(width: number, height: number, title: string, body: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...body,
    "</svg>",
    "",
  ].join("\n");
}

export function text(x: number, y: number, content: string, style = ""): string {
  return `<text x="${round(x)}" y="${round(y)}"${style === "" ? "" : ` class="${style}"`}>${escape(content)}</text>`;
}

export function bar(x: number, y: number, width: number, height: number, style: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="2" class="${style}"/>`;
}

/** A line through points; the stroke is a colour or a variable of the style. */
export function curve(
  points: readonly (readonly [x: number, y: number])[],
  stroke: string,
  dashes = "",
): string {
  const path = points.map(([x, y]) => `${round(x)},${round(y)}`).join(" ");
  const dashed = dashes === "" ? "" : ` stroke-dasharray="${dashes}"`;
  return `<polyline class="curve" points="${path}" style="stroke: ${stroke}"${dashed}/>`;
}

export function gridLine(x1: number, y1: number, x2: number, y2: number): string {
  return `<line class="grid" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"/>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
