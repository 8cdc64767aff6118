import type { ChatClient } from "../client/client.ts";
import type { RoomView } from "../client/room.ts";
import type { FileInfo, Message } from "../src/protocol/answers.ts";
import { h, type Item, icon } from "./dom.ts";
import { avatar, dayOf, dayText, linked, sizeText, timeText } from "./format.ts";
import { currentLanguage, t } from "./texts.ts";
import { uploadItem, waitingItem } from "./waiting.ts";

/** What a person can do with messages. */
export interface Actions {
  reply(message: Message): void;
  edit(message: Message): void;
  delete(message: Message): void;
  direct(name: string): void;
  /** The content of a file. */
  content(room: string, file: FileInfo): Promise<Blob>;
}

/** Messages of one person within so much time stand together. */
const TOGETHER_MS = 5 * 60 * 1000;
const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

/** Everything that is to be seen in a room, from the first to the last. */
export function messageItems(client: ChatClient, room: RoomView, actions: Actions): Item[] {
  const items: Item[] = [];
  let before: Message | null = null;
  for (const message of room.messages) {
    if (before === null || dayOf(before.at) !== dayOf(message.at)) items.push(dayItem(message.at));
    items.push(messageItem(client, room, message, before, actions));
    before = message;
  }
  for (const waiting of client.outbox.waiting) {
    if (waiting.change.room === room.name) items.push(waitingItem(client, waiting));
  }
  for (const upload of client.uploads.all) {
    if (upload.room === room.name) items.push(uploadItem(client, upload));
  }
  return items;
}

function dayItem(at: number): Item {
  const day = dayOf(at);
  return {
    key: `day-${day}`,
    version: dayText(at),
    make: () => h("li", { class: "day" }, h("span", {}, dayText(at))),
  };
}

function messageItem(
  { me }: ChatClient,
  room: RoomView,
  message: Message,
  before: Message | null,
  actions: Actions,
): Item {
  const { seq, from, at, text, file, edited, deleted } = message;
  const own = from.id === me?.id;
  const goesOn =
    before !== null &&
    before.from.id === from.id &&
    dayOf(before.at) === dayOf(at) &&
    at - before.at < TOGETHER_MS &&
    message.reply === undefined;
  const readers = own ? room.readers(message).map(({ name }) => name) : [];
  const answered = message.reply === undefined ? undefined : room.message(message.reply);
  return {
    key: seq,
    version: JSON.stringify([
      currentLanguage(),
      text,
      edited,
      deleted,
      own,
      goesOn,
      readers,
      answered?.text,
      from.name,
    ]),
    make: () =>
      h(
        "li",
        { class: `message${own ? " own" : ""}${goesOn ? " goes-on" : ""}`, "data-seq": seq },
        goesOn ? null : avatar(from.id, from.name),
        h(
          "article",
          { "aria-label": `${from.name}, ${timeText(at)}` },
          !goesOn &&
            h(
              "header",
              {},
              own
                ? h("strong", { dir: "auto" }, from.name)
                : h(
                    "button",
                    {
                      type: "button",
                      class: "author",
                      title: t("addDirect"),
                      dir: "auto",
                      click: () => actions.direct(from.name),
                    },
                    from.name,
                  ),
              h("time", { datetime: new Date(at).toISOString() }, timeText(at)),
            ),
          message.reply !== undefined &&
            h(
              "p",
              { class: "answered", dir: "auto" },
              answered === undefined
                ? t("gone")
                : `${answered.from.name}: ${answered.text || answered.file?.name || t("deleted")}`,
            ),
          deleted
            ? h("p", { class: "deleted" }, t("deleted"))
            : h("div", { class: "text", dir: "auto" }, ...linked(text)),
          file !== undefined && fileElement(room.name, file, actions),
          h(
            "p",
            { class: "marks" },
            goesOn && h("time", { datetime: new Date(at).toISOString() }, timeText(at)),
            edited !== undefined && !deleted && h("span", {}, t("edited")),
            own && !deleted && mark(readers),
          ),
        ),
        deleted ? null : buttons(message, own, actions),
      ),
  };
}

/** One check: stored. Two: somebody has read it. */
function mark(readers: readonly string[]): HTMLElement {
  const label = readers.length === 0 ? t("stored") : t("readBy", { names: readers.join(", ") });
  const symbol = readers.length === 0 ? "✓" : "✓✓";
  return h(
    "span",
    { class: readers.length === 0 ? "mark" : "mark read", role: "img", "aria-label": label, title: label },
    symbol,
  );
}

function buttons(message: Message, own: boolean, actions: Actions): HTMLElement {
  const button = (what: "reply" | "edit" | "delete") =>
    h(
      "button",
      {
        type: "button",
        class: `act-${what} icon`,
        "aria-label": t(what),
        title: t(what),
        click: () => actions[what](message),
      },
      icon(what),
    );
  return h(
    "div",
    { class: "acts" },
    button("reply"),
    own && message.text !== "" && button("edit"),
    own && button("delete"),
  );
}

function fileElement(room: string, file: FileInfo, actions: Actions): HTMLElement {
  const { name, size, media } = file;
  const about = `${name}, ${sizeText(size)}`;
  if (PICTURES.has(media)) {
    const picture = h("img", { class: "picture", alt: t("picture", { name }) });
    const link = h("a", { class: "picture-link", target: "_blank", rel: "noopener", title: about }, picture);
    void showPicture(actions.content(room, file), picture, link, about);
    return link;
  }
  return h(
    "button",
    {
      type: "button",
      class: "file",
      "aria-label": t("download", { name: about }),
      click: () => {
        void save(actions.content(room, file), name);
      },
    },
    h("span", { class: "file-name", dir: "auto" }, name),
    h("span", { class: "dim" }, `${sizeText(size)} ↓`),
  );
}

async function showPicture(
  content: Promise<Blob>,
  picture: HTMLImageElement,
  link: HTMLAnchorElement,
  about: string,
): Promise<void> {
  try {
    const url = URL.createObjectURL(await content);
    picture.src = url;
    link.href = url;
  } catch {
    link.replaceWith(h("p", { class: "problem" }, about));
  }
}

async function save(content: Promise<Blob>, name: string): Promise<void> {
  const url = URL.createObjectURL(await content);
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
