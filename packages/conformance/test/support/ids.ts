/** Ids in their order, with "6.5.1-5" for 6.5.1 up to 6.5.5. */
export function shortened(ids: readonly string[]): string {
  const parts: { family: string; from: number; to: number }[] = [];
  for (const id of ids) {
    const [, family = "", number = ""] = /^(.*\.)(\d+)$/.exec(id) ?? [];
    const n = Number(number);
    const last = parts.at(-1);
    if (last?.family === family && last.to + 1 === n) last.to = n;
    else parts.push({ family, from: n, to: n });
  }
  return parts.map(({ family, from, to }) => `${family}${from}${to > from ? `-${to}` : ""}`).join(" ");
}
