import { ChatError } from "../protocol/errors.ts";
import { CLOSE, LIMITS } from "../protocol/version.ts";
import { admitNew, type Handler, sameId } from "./context.ts";

// The longest time that a timer can have; a token that lasts longer is looked at again.
const MAX_TIMEOUT = 2 ** 31 - 1;
/** How long a guest stays before they say hello again, which keeps their name. */
const GUEST_MS = 7 * 24 * 3600 * 1000;

/** Who somebody is, and what they need to know to begin. */
export const hello: Handler<"hello"> = async (context, session, request) => {
  const { identity, store, hub, limits } = context;
  if (session.welcomed) throw new ChatError("hello_twice", "You have been welcomed already.");
  const { user, key, until } = await identity.identify(request, () => admitNew(context, session));
  const [rooms, directs] = await Promise.all([store.rooms.list(), store.rooms.directsOf(user.id)]);
  if (session.gone) return;
  session.user = user;
  hub.add(session);
  session.endAt(() => (until === undefined ? endOfGuest() : endWhenOver(until)));
  session.tell({
    type: "welcome",
    ...sameId(request),
    user,
    ...(key !== undefined && { key }),
    rooms,
    directs,
    limits: { text: LIMITS.text, file: limits.file },
  });

  function endOfGuest(): NodeJS.Timeout {
    return setTimeout(() => session.close(CLOSE.restart, "Say hello again"), GUEST_MS);
  }

  function endWhenOver(end: number): NodeJS.Timeout {
    const left = end - Date.now();
    return setTimeout(
      () => {
        if (left > MAX_TIMEOUT) session.endAt(() => endWhenOver(end));
        else session.close(CLOSE.unauthorized, "The token has expired");
      },
      Math.min(left, MAX_TIMEOUT),
    );
  }
};
