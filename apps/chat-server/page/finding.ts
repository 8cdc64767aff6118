import type { ChatClient } from "../client/client.ts";
import type { RoomView } from "../client/room.ts";
import { toRoom } from "../src/protocol/names.ts";
import { ask, close, field, show, valueOf } from "./dialogs.ts";
import { h } from "./dom.ts";
import { avatar } from "./format.ts";
import { t } from "./texts.ts";

/** Asks which room. @param pick called with its name */
export function askRoom(client: ChatClient, pick: (name: string) => void): void {
  const others = [...client.available].filter((name) => !client.rooms.has(name));
  const there = h(
    "ul",
    { class: "there", "aria-label": t("roomsThere") },
    ...others.map((name) =>
      h("li", {}, h("button", { type: "button", click: () => pick(name) }, `# ${name}`)),
    ),
  );
  ask({
    title: t("roomTitle"),
    ok: t("join"),
    body: [field("room", t("room"), t("roomHint")), ...(others.length > 0 ? [there] : [])],
    done() {
      const name = toRoom(valueOf("room"));
      if (name === null) return t("error_room");
      pick(name);
      return null;
    },
  });
}

/** Asks for somebody to write to alone. */
export function askDirect(client: ChatClient): void {
  const names = [...client.rooms.values()].flatMap(({ members }) =>
    [...members.values()].map(({ name }) => name),
  );
  ask({
    title: t("directTitle"),
    ok: t("open"),
    body: [field("direct", t("name"), t("directHint"), "", [...new Set(names)].slice(0, 100))],
    done() {
      client.ask({ type: "direct", id: "direct", name: valueOf("direct") });
      return "";
    },
  });
}

/** Shows who is in a room. @param direct called with the name of whoever is chosen */
export function showPeople(client: ChatClient, room: RoomView, direct: (name: string) => void): void {
  const people = [...room.members.values()].map(({ id, name }) => {
    const own = id === client.me?.id;
    const open = () => {
      close();
      direct(name);
    };
    return h(
      "li",
      {},
      avatar(id, name),
      own
        ? h("span", { dir: "auto" }, `${name} (${t("you")})`)
        : h(
            "button",
            { type: "button", class: "author", dir: "auto", title: t("addDirect"), click: open },
            name,
          ),
    );
  });
  show(t("peopleTitle"), [h("ul", { class: "present" }, ...people)]);
}
