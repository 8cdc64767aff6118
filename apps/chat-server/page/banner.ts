import type { ChatClient } from "../client/client.ts";
import { byId } from "./dom.ts";
import { t } from "./texts.ts";

let timer: ReturnType<typeof setInterval> | undefined;

/** Says what is going on when something is wrong, and when it will be right again. */
export function showBanner(client: ChatClient): void {
  clearInterval(timer);
  if (client.link.is === "waiting") timer = setInterval(() => write(client), 1000);
  write(client);
}

function write({ link, notice, me }: ChatClient): void {
  const text = textOf();
  byId("banner").hidden = text === null;
  byId("banner-text").textContent = text;
  byId("try-now").hidden = link.is !== "waiting";

  function textOf(): string | null {
    if (link.is === "ended") return link.reason === "" ? null : t("ended", { reason: link.reason });
    if (link.is === "waiting") {
      if (notice === "restarting") return t("restarting");
      return t("reconnecting", { seconds: Math.max(0, Math.ceil((link.until - Date.now()) / 1000)) });
    }
    // The first connection is made before anybody could have lost one.
    if (link.is === "connecting") return me === null ? null : t("reconnectingNow");
    return notice === null
      ? null
      : t(notice === "storage_unavailable" ? "storage_unavailable" : "restarting");
  }
}
