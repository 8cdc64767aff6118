import type { ChatClient } from "../client/client.ts";
import type { Waiting } from "../client/outbox.ts";
import type { Upload } from "../client/uploads.ts";
import { h, type Item } from "./dom.ts";
import { sizeText } from "./format.ts";
import { currentLanguage, reason, t } from "./texts.ts";

/** A change that the server has not stored yet. */
export function waitingItem(client: ChatClient, { change, failed }: Waiting): Item {
  const { id, type } = change;
  const text =
    type === "delete" ? t("delete") : type === "edit" ? `${t("edit")}: ${change.text}` : (change.text ?? "");
  return {
    key: `waiting-${id}`,
    version: `${failed} ${currentLanguage()}`,
    make: () =>
      h(
        "li",
        { class: "message own waiting goes-on" },
        h(
          "article",
          {},
          h("div", { class: "text", dir: "auto" }, text),
          failed === null
            ? h(
                "p",
                { class: "marks" },
                h(
                  "span",
                  { class: "mark", role: "img", "aria-label": t("waiting"), title: t("waiting") },
                  "◷",
                ),
              )
            : failure(
                failed,
                () => client.outbox.retry(id),
                () => client.outbox.drop(id),
              ),
        ),
      ),
  };
}

/** A file on its way to the server. */
export function uploadItem(client: ChatClient, { upload, file, offset, failed, text }: Upload): Item {
  const about = t("uploading", { name: file.name, done: sizeText(offset), size: sizeText(file.size) });
  return {
    key: `upload-${upload}`,
    version: `${offset} ${failed} ${currentLanguage()}`,
    make: () =>
      h(
        "li",
        { class: "message own waiting goes-on" },
        h(
          "article",
          {},
          text !== "" && h("div", { class: "text", dir: "auto" }, text),
          h("p", { class: "dim", dir: "auto" }, about),
          failed === null
            ? h("progress", { max: file.size, value: offset, "aria-label": about })
            : failure(failed, null, () => client.uploads.drop(upload)),
        ),
      ),
  };
}

function failure(code: string, again: (() => void) | null, drop: () => void): HTMLElement {
  return h(
    "p",
    { class: "problem", role: "alert" },
    h("span", {}, t("failed", { why: reason(code) })),
    again !== null && h("button", { type: "button", class: "quiet", click: again }, t("again")),
    h("button", { type: "button", class: "quiet", click: drop }, t("remove")),
  );
}
