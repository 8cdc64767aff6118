import type { ChatClient } from "../client/client.ts";
import type { RoomView } from "../client/room.ts";
import type { AnswerOf } from "../src/protocol/answers.ts";
import { ask, field, valueOf } from "./dialogs.ts";
import { byId, h } from "./dom.ts";
import { dayText, timeText } from "./format.ts";
import { titleOf } from "./sidebar.ts";
import { t } from "./texts.ts";

let wanted: { readonly id: string; readonly room: string; readonly text: string } | null = null;
let count = 0;

/** Asks for words, and shows the messages that have them. */
export function search(client: ChatClient, room: RoomView): void {
  const results = h("ol", { id: "results", class: "results", "aria-live": "polite" });
  ask({
    title: t("searchTitle", { room: titleOf(room) }),
    ok: t("find"),
    body: [field("search-text", t("searchFor"), ""), results],
    done() {
      const text = valueOf("search-text").trim();
      results.replaceChildren();
      if (text !== "") look(client, room.name, text);
      return "";
    },
  });
}

/** Shows what was found, newest first. */
export function found(
  client: ChatClient,
  { id, room, messages, before }: AnswerOf<"found">,
  choose: (seq: string) => void,
): void {
  if (wanted === null || wanted.id !== id) return;
  const { text } = wanted;
  const results = byId("results");
  results.querySelector(".more")?.remove();
  for (const { seq, at, from, text: said, file } of messages) {
    results.append(
      h(
        "li",
        {},
        h(
          "button",
          { type: "button", class: "result", click: () => choose(seq) },
          h("span", { class: "dim" }, `${from.name}, ${dayText(at)} ${timeText(at)}`),
          h("span", { dir: "auto" }, said || (file?.name ?? "")),
        ),
      ),
    );
  }
  if (before !== null) {
    const more = () => look(client, room, text, before);
    results.append(
      h(
        "li",
        { class: "more" },
        h("button", { type: "button", class: "quiet", click: more }, t("searchOlder")),
      ),
    );
  } else if (results.childElementCount === 0) results.append(h("li", { class: "dim" }, t("foundNone")));
}

function look(client: ChatClient, room: string, text: string, before?: string): void {
  wanted = { id: `search-${count++}`, room, text };
  client.ask({ type: "search", id: wanted.id, room, text, ...(before !== undefined && { before }) });
}
