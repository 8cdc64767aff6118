import { ChatClient } from "../client/client.ts";
import type { RoomView } from "../client/room.ts";
import type { Answer, AnswerOf } from "../src/protocol/answers.ts";
import { toName, toRoom } from "../src/protocol/names.ts";
import { showBanner } from "./banner.ts";
import { address, clear, compose, writeAbout } from "./composer.ts";
import { ask, close, field, isAsking, show, tell, valueOf } from "./dialogs.ts";
import { byId, h } from "./dom.ts";
import { askDirect, askRoom, showPeople } from "./finding.ts";
import { sizeText } from "./format.ts";
import { isAtEnd, reveal, showMessages, toEnd, watchLog } from "./log.ts";
import { type Actions, messageItems } from "./messages.ts";
import { memory, recall, remember, roomOfAddress, takeToken } from "./remembered.ts";
import { found, search } from "./search.ts";
import { showSidebar, titleOf } from "./sidebar.ts";
import { currentLanguage, type Language, reason, speak, t } from "./texts.ts";

const LOBBY = "lobby";
const app = byId("app");
const token = takeToken();
let identity = recall<{ name?: string; key?: string }>("me", {});
let active = roomOfAddress() ?? recall("active", LOBBY);
let wantedName: string | null = null;
let older = false;
let drawing = false;

const client = new ChatClient(
  {
    url: () => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/chat`,
    open: (url, subprotocol) => new WebSocket(url, subprotocol),
    memory,
    hello() {
      if (token !== undefined) return { token };
      const { name, key } = identity;
      return name === undefined ? null : { name, ...(key !== undefined && { key }) };
    },
  },
  {
    state: draw,
    rooms: draw,
    outbox: draw,
    room: (_, answer) => {
      if (answer?.type === "history") older = false;
      draw();
    },
    welcome({ user, key }) {
      identity = { name: user.name, ...(key !== undefined && { key }) };
      remember("me", identity);
      if (wantedName === user.name && isAsking()) close();
      wantedName = null;
    },
    other,
  },
);

const actions: Actions = {
  reply: (message) => writeAbout(message, "reply"),
  edit: (message) => writeAbout(message, "edit"),
  delete({ room, seq, text, file }) {
    ask({
      title: t("deleteTitle"),
      ok: t("delete"),
      body: [h("p", { class: "quote", dir: "auto" }, text || (file?.name ?? ""))],
      done() {
        client.delete(room, seq);
        return null;
      },
    });
  },
  direct: (name) => void client.ask({ type: "direct", id: "direct", name }),
  content: (room, file) => client.downloads.get(room, file),
};

/** Draws everything anew, once for all that happens at the same time. */
function draw(): void {
  if (drawing) return;
  drawing = true;
  setTimeout(() => {
    drawing = false;
    drawNow();
  });
}

function drawNow(): void {
  recallRead();
  const room = client.rooms.get(active);
  showSidebar(client, active, choose);
  showBanner(client);
  remember(
    "rooms",
    [...client.rooms.values()].filter((each) => each.with === null).map(({ name }) => name),
  );
  if (room === undefined) return;
  const title = titleOf(room);
  byId("room-name").textContent = title;
  const here = room.members.size;
  byId("people").textContent = here <= 1 ? t("alone") : t("people", { count: here });
  byId("people").hidden = here === 0;
  address(title);
  const items = messageItems(client, room, actions);
  showMessages(active, items);
  byId("older").hidden = !room.more || items.length === 0;
  const empty = byId("empty");
  empty.hidden = items.length > 0;
  empty.textContent = t(room.cursor === null ? "loading" : "empty");
  byId("leave").hidden = room.name === LOBBY || room.with !== null;
  drawTyping(room);
  markRead(room);
}

function drawTyping(room: RoomView): void {
  const names = room.typists(Date.now()).map(({ name }) => name);
  byId("typing").textContent =
    names.length === 0 ? "" : t(names.length === 1 ? "typingOne" : "typingMore", { names: names.join(", ") });
  if (names.length > 0) setTimeout(draw, 1000);
}

/** What is on the screen was read. */
function markRead(room: RoomView): void {
  const last = room.messages.at(-1);
  const visible =
    document.visibilityState === "visible" && (app.dataset["view"] === "talk" || innerWidth > 700);
  if (last === undefined || !visible || !isAtEnd() || room.read >= last.seq) return;
  client.read(room, last.seq);
  remember(`read.${client.me?.id ?? ""}.${room.name}`, last.seq);
  draw();
}

function choose(name: string): void {
  if (active !== name) clear();
  active = name;
  older = false;
  app.dataset["view"] = "talk";
  remember("active", name);
  if (!client.rooms.get(name)?.with) history.replaceState(null, "", `#${name}`);
  drawNow();
  toEnd();
  if (matchMedia("(pointer: fine)").matches) byId("text").focus();
}

function enter(name: string): void {
  client.join(name);
}

/** How far this person had read when they were here the last time. */
function recallRead(): void {
  const { me } = client;
  if (me === null) return;
  for (const room of client.rooms.values()) room.read ||= recall(`read.${me.id}.${room.name}`, "");
}

function other(answer: Answer): void {
  if (answer.type === "found") {
    found(client, answer, (seq) => {
      close();
      if (!reveal(seq)) client.ask({ type: "history", room: answer.room, before: seq, limit: 50 });
    });
  } else if (answer.type === "direct") {
    // The one who has asked for it goes there; the other one sees it in the list.
    if (answer.id !== undefined) choose(answer.room);
    if (isAsking()) close();
    draw();
  } else if (answer.type === "error") failed(answer);
}

function failed({ code, id, room }: AnswerOf<"error">): void {
  if (["name_taken", "name_invalid", "too_many_names"].includes(code) && token === undefined) {
    askName(reason(code));
    // Who has a name keeps it; who has none needs no connection before there is one.
    const { me } = client;
    identity = { ...identity, ...(me !== null && { name: me.name }) };
    if (me === null) {
      delete identity.name;
      client.rest();
    } else client.hello();
  } else if (code === "unauthorized") show(t("offline"), [h("p", {}, t("error_unauthorized"))]);
  else if (id === "direct" && isAsking()) tell(reason(code));
  else if (id === "join" && room !== undefined && code !== "rate_limited") {
    client.leave(room);
    if (room === active) choose(LOBBY);
    show(`# ${room}`, [h("p", {}, reason(code))]);
  }
}

function askName(problem: string | null = null): void {
  ask({
    title: t("nameTitle"),
    ok: t("enter"),
    body: [field("name", t("name"), t("nameHint"), client.me?.name ?? "")],
    cancel: client.me !== null,
    done() {
      const name = toName(valueOf("name"));
      if (name === null) return t("error_name_invalid");
      if (name === client.me?.name) return null;
      identity = { ...identity, name };
      wantedName = name;
      // A connection has one name from its beginning to its end.
      if (client.me !== null) client.drop();
      client.hurry();
      return "";
    },
  });
  tell(problem);
}

function pick(name: string): void {
  close();
  enter(name);
  choose(name);
}

compose({
  send(text, reply) {
    client.send(active, text, reply === undefined ? {} : { reply });
    toEnd();
  },
  edit: (seq, text) => client.edit(active, seq, text),
  files(files, text) {
    for (const [index, file] of files.entries()) {
      if (file.size > client.limits.file) {
        const size = sizeText(client.limits.file);
        show(t("attach"), [h("p", {}, t("large", { name: file.name, size }))]);
      } else if (file.size > 0) client.uploads.add(active, file, index === 0 ? text : "");
    }
    toEnd();
  },
  typing: () => void client.ask({ type: "typing", room: active }),
  last: () =>
    client.rooms.get(active)?.messages.findLast(({ from, deleted }) => from.id === client.me?.id && !deleted),
});

watchLog((where) => {
  if (where === "end") draw();
  else loadOlder();
});

function loadOlder(): void {
  const room = client.rooms.get(active);
  const first = room?.messages[0];
  if (room === undefined || first === undefined || !room.more || older) return;
  older = client.ask({ type: "history", room: active, before: first.seq, limit: 50 });
}

/** Tries now, if it is known who this is. */
function hurry(): void {
  if (identity.name !== undefined || token !== undefined) client.hurry();
}

function language(chosen: Language): void {
  speak(chosen);
  remember("language", chosen);
  byId("language").textContent = chosen === "en" ? "中文" : "English";
  byId("language").lang = chosen === "en" ? "zh" : "en";
  draw();
}

byId("older").addEventListener("click", loadOlder);
byId("back").addEventListener("click", () => {
  app.dataset["view"] = "rooms";
  draw();
});
byId("add-room").addEventListener("click", () => askRoom(client, pick));
byId("add-direct").addEventListener("click", () => askDirect(client));
byId("rename").addEventListener("click", () => askName());
byId("people").addEventListener("click", () => {
  const room = client.rooms.get(active);
  if (room !== undefined) showPeople(client, room, (name) => actions.direct(name));
});
byId("search").addEventListener("click", () => {
  const room = client.rooms.get(active);
  if (room !== undefined) search(client, room);
});
byId("leave").addEventListener("click", () => {
  client.leave(active);
  choose(LOBBY);
});
byId("try-now").addEventListener("click", () => client.hurry());
byId("language").addEventListener("click", () => language(currentLanguage() === "en" ? "zh" : "en"));
addEventListener("online", hurry);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible") return;
  hurry();
  draw();
});
addEventListener("hashchange", () => {
  const name = roomOfAddress();
  if (name === null || name === active) return;
  enter(name);
  choose(name);
});

language(recall<Language>("language", navigator.language.startsWith("zh") ? "zh" : "en"));
if (!client.rooms.has(active) && toRoom(active) === null) active = LOBBY;
for (const name of new Set([LOBBY, ...recall<string[]>("rooms", []), active])) enter(name);
app.dataset["view"] = "talk";
draw();
if (identity.name === undefined && token === undefined) askName();
else client.connect();
