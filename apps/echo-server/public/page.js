// The page: a form to connect, a field and a file to send, and the log. It uses the browser's own WebSocket.

import { takeFile } from "./chosenfile.js";
import { closeProblem, meaningOf } from "./closecodes.js";
import { element, onClick, onSubmit } from "./dom.js";
import { Outstanding, sameOctets } from "./echoes.js";
import { chooseLanguage, currentLanguage, duration, say, setLanguage, size, text } from "./language.js";
import { Log } from "./log.js";

const address = element("address", HTMLInputElement);
const subprotocol = element("subprotocol", HTMLInputElement);
const connectButton = element("connect", HTMLButtonElement);
const closeCode = element("close-code", HTMLInputElement);
const closeReason = element("close-reason", HTMLInputElement);
const closeButton = element("close", HTMLButtonElement);
const message = element("text", HTMLTextAreaElement);

const log = new Log(element("entries", HTMLOListElement), element("log", HTMLElement), (empty) => {
  element("log-empty", HTMLElement).hidden = !empty;
  element("clear", HTMLButtonElement).disabled = empty;
});
const outstanding = new Outstanding();

/** The connection from the moment it is asked for until it is closed. @type {WebSocket | null} */
let socket = null;
/** Whether the person closed before the connection was open. */
let givenUp = false;

/** By WebSocket.readyState. @type {readonly import("./texts.js").TextName[]} */
const STATES = ["stateConnecting", "stateOpen", "stateClosing", "stateIdle"];

function refresh() {
  const ready = socket?.readyState ?? WebSocket.CLOSED;
  const open = ready === WebSocket.OPEN;
  const idle = ready === WebSocket.CLOSED;
  const state = STATES[ready] ?? "stateIdle";
  element("state", HTMLElement).dataset.state = state;
  say(element("state", HTMLElement), state);
  for (const control of [address, subprotocol, connectButton]) control.disabled = !idle;
  closeButton.disabled = !open && ready !== WebSocket.CONNECTING;
  element("send-text", HTMLButtonElement).disabled = !open;
  element("send-file", HTMLButtonElement).disabled = !open;
}

function connect() {
  const url = address.value.trim();
  const names = subprotocol.value.split(",").map((name) => name.trim());
  try {
    socket = new WebSocket(url, names.filter(Boolean));
  } catch (error) {
    log
      .add("problem")
      .sentence("refused", { message: error instanceof Error ? error.message : String(error) });
    return;
  }
  givenUp = false;
  log.add("event").sentence("connecting", { url });
  listen(socket, url);
  refresh();
}

/**
 * @param {WebSocket} current
 * @param {string} url
 */
function listen(current, url) {
  const asked = performance.now();
  /** @type {number | null} */
  let opened = null;

  current.addEventListener("open", () => {
    opened = performance.now();
    const entry = log
      .add("event")
      .sentence("opened", { url })
      .note("openedIn", { time: duration(opened - asked) });
    if (current.protocol !== "") entry.note("openedSubprotocol", { name: current.protocol });
    if (current.extensions !== "") entry.note("openedExtensions", { names: current.extensions });
    refresh();
    message.focus();
  });

  current.addEventListener("message", ({ data }) => receive(data));

  current.addEventListener("close", ({ code, reason, wasClean }) => {
    if (opened === null && !givenUp) log.add("problem").sentence("unreachable", { url });
    const entry = log.add(wasClean ? "event" : "problem");
    entry.sentence("closed", { code, meaning: text(meaningOf(code)) });
    if (reason !== "") entry.quote(reason);
    entry.note(wasClean ? "clean" : "notClean");
    if (opened !== null) entry.note("openFor", { time: duration(performance.now() - opened) });
    outstanding.clear();
    socket = null;
    // Buttons are about to be disabled: whoever works with the keyboard must not be left without a focus.
    const lost = document.activeElement === closeButton || document.activeElement === document.body;
    refresh();
    if (lost) connectButton.focus({ preventScroll: true });
    log.reveal();
  });
}

/** @param {string | Blob} data */
function receive(data) {
  const now = performance.now();
  const sent = outstanding.take(data);
  const file = sent !== null && typeof sent.data !== "string" ? sent.data : null;
  const entry = log.add("received");
  const noteTime = () => {
    if (sent === null) entry.note("unasked");
    else entry.note("roundTrip", { time: duration(now - sent.at) });
  };
  if (typeof data === "string") {
    entry.quote(data);
    if (sent !== null) entry.note("identical", {}, "good");
    noteTime();
    return;
  }
  if (file === null) entry.sentence("unnamed");
  else entry.quote(file.name);
  entry.note("size", { size: size(data.size) });
  noteTime();
  // A message has no media type; that of the file it is the echo of fits when nothing was changed.
  log.addFile(entry, data.slice(0, data.size, file?.type ?? ""), file?.name ?? "message.bin");
  if (file === null) return;
  sameOctets(file, data).then(
    (same) => entry.note(same ? "identical" : "different", {}, same ? "good" : "bad"),
    () => entry.note("notCompared"),
  );
}

function close() {
  const code = closeCode.value.trim() === "" ? null : Number(closeCode.value);
  const reason = closeReason.value;
  const wrong = closeProblem(code, reason);
  const problem = element("close-problem", HTMLElement);
  problem.hidden = wrong === null;
  if (wrong !== null) {
    say(problem, wrong.name, wrong.values);
    element("close-details", HTMLDetailsElement).open = true;
    (wrong.name === "closeReasonProblem" ? closeReason : closeCode).focus();
    return;
  }
  givenUp = socket?.readyState === WebSocket.CONNECTING;
  const entry = log.add("event");
  if (code === null) entry.sentence("closingBare");
  else entry.sentence("closing", { code });
  if (reason !== "") entry.quote(reason);
  if (code === null) socket?.close();
  else socket?.close(code, reason);
  refresh();
}

function sendText() {
  if (socket?.readyState !== WebSocket.OPEN) return;
  log.add("sent").quote(message.value);
  outstanding.add(message.value);
  socket.send(message.value);
  message.value = "";
  message.focus();
}

function sendFile() {
  if (socket?.readyState !== WebSocket.OPEN) return;
  const file = takeFile();
  if (file === null) return;
  log
    .add("sent")
    .quote(file.name)
    .note("size", { size: size(file.size) });
  outstanding.add(file);
  socket.send(file);
  message.focus();
}

onSubmit("connect-form", connect);
onSubmit("close-form", close);
onSubmit("text-form", sendText);
onClick("send-file", sendFile);
onClick("clear", () => {
  log.clear();
  message.focus();
});
onClick("language", () => speak(currentLanguage() === "en" ? "zh" : "en"));
message.addEventListener("keydown", (event) => {
  // While an input method composes a word, Enter accepts the word; Safari says so only by the key code 229.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  sendText();
});

/** @param {import("./texts.js").Language} tongue */
function speak(tongue) {
  setLanguage(tongue);
  const other = element("language", HTMLButtonElement);
  other.lang = tongue === "en" ? "zh" : "en";
  other.textContent = tongue === "en" ? "中文" : "English";
}

const secure = location.protocol === "https:";
address.value = `${secure ? "wss" : "ws"}://${location.host}/`;
speak(chooseLanguage(navigator.languages));
refresh();
