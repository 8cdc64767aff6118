/** What the page does: it draws the rows that a filter leaves, and the details of those that are opened. */
export const script = String.raw`
"use strict";
const { agents, families } = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const OPCODES = { 0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong" };
const VERDICTS = [
  ["failed", "FAILED", "failed"],
  ["nonStrict", "NON-STRICT", "strict"],
  ["unimplemented", "UNIMPLEMENTED", "none"],
  ["informational", "INFORMATIONAL", "info"],
  ["ok", "OK", "ok"],
];
const open = new Set();
let filter = "all";
let words = "";

function element(tag, properties, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (name.includes("-") || name === "role") made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children);
  return made;
}

const nameOf = (result) => (result.failed ? "FAILED" : result.behavior);
const styleOf = (result) => VERDICTS.find(([, name]) => name === nameOf(result))?.[2] ?? "none";

function textOf(result) {
  const { behavior, behaviorClose } = result;
  if (behaviorClose === "OK" || behaviorClose === behavior) return behavior;
  return behavior + " / close " + behaviorClose;
}

function drawAgents() {
  byId("agents").append(
    ...agents.map(({ agent, role, started, duration, counts }) => {
      const bar = element("div", { className: "bar", role: "img", "aria-label": counts.ok + " of " + counts.total + " OK" });
      for (const [key, , style] of [...VERDICTS].reverse()) {
        if (counts[key] > 0) {
          const part = element("i", { className: style });
          part.style.flexGrow = counts[key];
          bar.append(part);
        }
      }
      const parts = [...VERDICTS].reverse().filter(([key]) => counts[key] > 0);
      return element("section", { className: "agent" },
        element("h2", {}, agent),
        element("p", {}, role + " · " + new Date(started).toLocaleString() + " · " + (duration / 1000).toFixed(1) + " s"),
        bar,
        element("p", {}, parts.map(([key, name]) => counts[key] + " " + name).join(" · ")),
      );
    }),
  );
}

function drawFilters() {
  const sum = (key) => agents.reduce((total, { counts }) => total + counts[key], 0);
  const choices = [["all", "All"], ["notable", "Not OK"]];
  for (const [key, name] of VERDICTS) if (sum(key) > 0) choices.push([name, name]);
  byId("filters").replaceChildren(
    ...choices.map(([value, text]) =>
      element("button", {
        type: "button",
        textContent: text,
        "aria-pressed": String(filter === value),
        onclick: () => {
          filter = value;
          drawFilters();
          drawCases();
        },
      }),
    ),
  );
}

function isShown(row) {
  const ran = row.results.filter((result) => result !== null);
  const fits =
    filter === "all" ||
    ran.some((result) => {
      const name = nameOf(result);
      return filter === "notable" ? name !== "OK" && name !== "INFORMATIONAL" : name === filter;
    });
  const text = (row.id + " " + row.title).toLowerCase();
  return fits && words.split(" ").every((word) => text.includes(word));
}

function drawCases() {
  const drawn = families.flatMap((family) => {
    const rows = family.cases.filter(isShown);
    if (rows.length === 0) return [];
    const names = element("div", { className: "names" }, element("span"), element("span"),
      ...agents.map(({ agent }) => element("span", { title: agent }, agent)));
    return [
      element("section", { className: "family" },
        element("h2", {}, family.id + " " + family.title, element("span", {}, rows.length + " of " + family.cases.length)),
        ...(agents.length > 1 ? [names] : []),
        ...rows.map(drawRow),
      ),
    ];
  });
  byId("cases").replaceChildren(
    ...(drawn.length > 0 ? drawn : [element("p", { className: "empty" }, "No case fits.")]),
  );
}

function drawRow(row) {
  const made = element("div", { className: "row" });
  const cells = element("div", { className: "cells" },
    element("span", { className: "id" }, row.id), element("span", { className: "title" }, row.title));
  row.results.forEach((result, index) => {
    if (result === null) return cells.append(element("span", { className: "none-run" }, "not run"));
    const key = index + "/" + row.id;
    const text = textOf(result);
    cells.append(
      element("button", {
        type: "button",
        className: "verdict " + styleOf(result),
        title: agents[index].agent + ": " + text,
        "aria-expanded": String(open.has(key)),
        onclick: () => {
          if (!open.delete(key)) open.add(key);
          const next = drawRow(row);
          made.replaceWith(next);
          next.querySelectorAll(".verdict")[[...cells.querySelectorAll(".verdict")].indexOf(document.activeElement)]?.focus();
          history.replaceState(null, "", open.has(key) ? "#" + encodeURIComponent(key) : "#");
        },
      }, ...(agents.length > 1 ? [element("small", {}, agents[index].agent)] : []), text),
    );
  });
  made.append(cells);
  row.results.forEach((result, index) => {
    if (result !== null && open.has(index + "/" + row.id)) made.append(drawDetails(row, result, agents[index].agent));
  });
  return made;
}

function drawDetails(row, result, agent) {
  const part = (title, content) => [element("h3", {}, title), content];
  const code = result.remoteCloseCode === null ? "no close code" : "close code " + result.remoteCloseCode;
  return element("div", { className: "details " + styleOf(result) },
    element("p", {}, element("strong", {}, textOf(result)), " · " + agent + " · " + result.duration + " ms · " + code),
    element("p", {}, result.result),
    ...(result.resultClose ? [element("p", {}, result.resultClose)] : []),
    element("p", { className: "why" }, row.rule + ": " + row.why + "."),
    ...(result.request ? part("Request", element("pre", { tabIndex: 0 }, result.request.trimEnd())) : []),
    ...(result.response ? part("Response", element("pre", { tabIndex: 0 }, result.response.trimEnd())) : []),
    ...(result.log.length > 0 ? part("On the wire", drawLog(result.log)) : []),
  );
}

function drawLog(log) {
  return element("ol", { className: "wire", tabIndex: 0 },
    ...log.map((entry) =>
      element("li", { className: entry.from },
        element("span", { className: "at" }, entry.at.toFixed(1) + " ms"),
        element("span", {}, entry.kind === "note" ? "" : entry.from === "kit" ? "kit →" : "← peer"),
        element("span", { className: "what" }, ...describe(entry)),
      ),
    ),
  );
}

function describe({ kind, frame, text, octets }) {
  const shown = octets ? [element("span", { className: "octets" }, octets + readable(octets))] : [];
  if (!frame) return [text ?? "", ...shown];
  const bits = [
    kind === "part" ? "a part of" : "",
    OPCODES[frame.opcode] ?? "opcode " + frame.opcode,
    frame.fin ? "" : "not final",
    frame.rsv ? "RSV " + frame.rsv.toString(2).padStart(3, "0") : "",
    frame.opcode === 8 && frame.length > 1 ? "code " + parseInt(octets.slice(0, 5).replace(" ", ""), 16) : "",
    frame.length + (frame.length === 1 ? " octet" : " octets"),
    frame.key === null ? "" : "key " + frame.key,
  ];
  return [bits.filter((bit) => bit !== "").join(" · "), ...shown];
}

/** The octets as text, where all of them are printable. */
function readable(octets) {
  const values = octets.replace(" …", "").split(" ").map((digits) => parseInt(digits, 16));
  return values.every((value) => value >= 32 && value < 127) ? "  " + JSON.stringify(String.fromCharCode(...values)) : "";
}

document.documentElement.style.setProperty("--agents", agents.length);
const linked = decodeURIComponent(location.hash.slice(1));
if (linked) open.add(linked);
byId("search").oninput = ({ target }) => {
  words = target.value.trim().toLowerCase();
  drawCases();
};
drawAgents();
drawFilters();
drawCases();
if (linked) document.querySelector(".details")?.scrollIntoView({ block: "center" });
`;
