import { bar, drawing, text } from "./svg.ts";
import { formatNumber } from "./table.ts";

/** Some bars with a scale of their own. */
export interface Panel {
  readonly name: string;
  /** Values that are no finite numbers are left out. */
  readonly bars: readonly { readonly name: string; readonly value: number }[];
}

const COLUMNS = 2;
const PANEL_WIDTH = 400;
const LABEL_WIDTH = 130;
const VALUE_WIDTH = 60;
const ROW = 18;
const HEAD = 30;
const TOP = 52;
const MARGIN = 16;

/** A chart of panels side by side. Bars whose name begins with "plyws" stand out. */
export function drawBars(title: string, subtitle: string, panels: readonly Panel[]): string {
  const shown = panels.map(({ name, bars }) => ({
    name,
    bars: bars.filter(({ value }) => Number.isFinite(value)),
  }));
  const rows = Math.ceil(shown.length / COLUMNS);
  const heights = Array.from({ length: rows }, (_, row) => {
    const most = Math.max(...shown.slice(row * COLUMNS, (row + 1) * COLUMNS).map(({ bars }) => bars.length));
    return HEAD + most * ROW + MARGIN;
  });
  const body = [text(MARGIN, 24, title, "title"), text(MARGIN, 42, subtitle, "soft")];
  for (const [index, panel] of shown.entries()) {
    const row = Math.floor(index / COLUMNS);
    const y = TOP + heights.slice(0, row).reduce((sum, height) => sum + height, 0);
    body.push(...drawPanel(panel, MARGIN + (index % COLUMNS) * (PANEL_WIDTH + MARGIN), y));
  }
  const width = Math.min(shown.length, COLUMNS) * (PANEL_WIDTH + MARGIN) + MARGIN;
  return drawing(width, TOP + heights.reduce((sum, height) => sum + height, 0), title, body);
}

function drawPanel({ name, bars }: Panel, x: number, y: number): string[] {
  const largest = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  const room = PANEL_WIDTH - LABEL_WIDTH - VALUE_WIDTH;
  const drawn = bars.flatMap((one, index) => {
    const top = y + HEAD + index * ROW;
    const width = (one.value / largest) * room;
    const style = one.name.startsWith("plyws") ? "own" : "other";
    return [
      text(x + LABEL_WIDTH - 8, top + 11, one.name, style === "own" ? "end name" : "end"),
      bar(x + LABEL_WIDTH, top, Math.max(width, 1), ROW - 4, style),
      text(x + LABEL_WIDTH + width + 6, top + 11, formatNumber(one.value), "soft"),
    ];
  });
  return [text(x, y + 18, name, "name"), ...drawn];
}
