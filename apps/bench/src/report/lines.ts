import { curve, drawing, gridLine, text } from "./svg.ts";
import { formatNumber } from "./table.ts";

/** How something grows: points in ascending order of x. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** What a chart of lines says besides its lines. */
export interface LineTexts {
  readonly title: string;
  readonly x: string;
  readonly y: string;
}

const WIDTH = 720;
const HEIGHT = 380;
const LEFT = 64;
const RIGHT = 130;
const TOP = 56;
const BOTTOM = 56;
/** Enough for each series to be told from the others on light and on dark paper. */
const STROKES = ["var(--own)", "#bf8700", "#8250df", "#1a7f37", "#cf222e", "var(--soft)"];

/** A chart of lines with logarithmic axes: whatever grows in proportion is a straight line there. */
export function drawLines({ title, x, y }: LineTexts, series: readonly Series[]): string {
  const points = series.flatMap((one) => one.points);
  if (points.length === 0) return drawing(WIDTH, HEIGHT, title, [text(16, 24, title, "title")]);
  const toX = logScale(
    points.map(([at]) => at),
    LEFT,
    WIDTH - RIGHT,
  );
  // Whole powers of 10, so that what hardly changes looks like it.
  const powers = powersOf10(points.map(([, value]) => value));
  const toY = logScale(powers, HEIGHT - BOTTOM, TOP);
  const body = [text(16, 24, title, "title"), text(16, 44, y, "soft")];
  for (const value of powers) {
    body.push(gridLine(LEFT, toY(value), WIDTH - RIGHT, toY(value)));
    body.push(text(LEFT - 8, toY(value) + 4, label(value), "end soft"));
  }
  for (const at of new Set(points.map(([value]) => value))) {
    body.push(text(toX(at), HEIGHT - BOTTOM + 20, label(at), "middle soft"));
  }
  body.push(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, x, "middle soft"));
  let free = -Infinity;
  const named = series
    .map((one, index) => ({ ...one, stroke: STROKES[index % STROKES.length]!, last: one.points.at(-1) }))
    .toSorted((a, b) => toY(a.last?.[1] ?? 1) - toY(b.last?.[1] ?? 1));
  for (const { name, points: own, stroke, last } of named) {
    body.push(
      curve(
        own.map(([at, value]) => [toX(at), toY(value)] as const),
        stroke,
      ),
    );
    // Names of lines that end near one another are moved apart.
    free = Math.max(free + 15, last === undefined ? TOP : toY(last[1]) + 4);
    body.push(
      curve(
        [
          [WIDTH - RIGHT + 6, free - 4],
          [WIDTH - RIGHT + 22, free - 4],
        ],
        stroke,
      ),
    );
    body.push(text(WIDTH - RIGHT + 28, free, name, name.startsWith("plyws") ? "name" : ""));
  }
  return drawing(WIDTH, HEIGHT, title, body);
}

function logScale(values: readonly number[], from: number, to: number): (value: number) => number {
  const logs = values.map(Math.log10);
  const low = Math.min(...logs);
  const span = Math.max(Math.max(...logs) - low, 0.5);
  return (value) => from + ((Math.log10(value) - low) / span) * (to - from);
}

/** The powers of 10 from the last at or below all values to the first at or above them. */
function powersOf10(values: readonly number[]): number[] {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
}

function label(value: number): string {
  if (value >= 1_048_576 && value % 1_048_576 === 0) return `${value / 1_048_576}Mi`;
  if (value >= 1024 && value % 1024 === 0) return `${value / 1024}Ki`;
  if (value >= 1000 && value % 1000 === 0) return `${value / 1000}k`;
  return Number.isInteger(value) ? String(value) : formatNumber(value).replace(/\.?0+$/, "");
}
