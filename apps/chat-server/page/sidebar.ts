import type { ChatClient } from "../client/client.ts";
import type { RoomView } from "../client/room.ts";
import { byId, fill, h, type Item } from "./dom.ts";
import { avatar, dress } from "./format.ts";
import { t } from "./texts.ts";

/** The rooms of this person, and who they are. */
export function showSidebar(client: ChatClient, active: string, choose: (room: string) => void): void {
  const { me } = client;
  const rooms = [...client.rooms.values()];
  const list = (views: readonly RoomView[]) =>
    views.map((room) => roomItem(room, room.unread(me?.id ?? ""), room.name === active, choose));
  const directs = rooms.filter((room) => room.with !== null);
  fill(byId("rooms"), list(rooms.filter((room) => room.with === null)));
  fill(byId("directs"), list(directs));
  byId("directs-empty").hidden = directs.length > 0;
  byId("me-name").textContent = me?.name ?? "";
  dress(byId("me-avatar"), me?.id ?? "", me?.name ?? "?");

  const state = byId("state");
  state.dataset["state"] = client.link.is;
  state.textContent = t(
    client.link.is === "open" ? "online" : client.link.is === "connecting" ? "connecting" : "offline",
  );
  const unread = rooms.reduce((sum, room) => sum + room.unread(me?.id ?? ""), 0);
  document.title = unread === 0 ? "plyws chat" : `(${unread}) plyws chat`;
}

/** How a room is called. */
export function titleOf(room: RoomView): string {
  return room.with?.name ?? `# ${room.name}`;
}

function roomItem(room: RoomView, unread: number, active: boolean, choose: (room: string) => void): Item {
  const here = room.with !== null && room.members.has(room.with.id);
  const count = unread > 99 ? "99+" : `${unread}`;
  return {
    key: room.name,
    version: `${titleOf(room)} ${count} ${active} ${here} ${t("unread")}`,
    make: () =>
      h(
        "li",
        {},
        h(
          "button",
          {
            type: "button",
            class: "room",
            "aria-current": active ? "page" : null,
            click: () => choose(room.name),
          },
          room.with !== null && avatar(room.with.id, room.with.name),
          h("span", { class: "room-name", dir: "auto" }, titleOf(room)),
          here && h("span", { class: "here" }, h("span", { class: "unseen" }, t("online"))),
          unread > 0 &&
            h(
              "span",
              { class: "count" },
              h("span", { "aria-hidden": "true" }, count),
              h("span", { class: "unseen" }, t("unread", { count })),
            ),
        ),
      ),
  };
}
