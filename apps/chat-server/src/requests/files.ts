import type { Session } from "../chat/session.ts";
import { type Chunk, encodeChunk } from "../protocol/chunk.ts";
import { ChatError } from "../protocol/errors.ts";
import { LIMITS } from "../protocol/version.ts";
import type { StoredFile } from "../storage/store.ts";
import { type Context, type Handler, sameId } from "./context.ts";

const MAX_FETCHES = 4;

/** Begins an upload, or tells how far it has come. */
export const upload: Handler<"upload"> = async ({ uploads }, session, request) => {
  session.checkIn(request.room);
  const state = await uploads.begin(session.user, request);
  if (state.whole !== null) session.tell({ type: "uploaded", upload: request.upload, file: state.whole });
  else session.tell({ type: "uploading", ...sameId(request), upload: request.upload, offset: state.offset });
};

/** One piece of an upload. */
export async function piece({ uploads }: Context, session: Session, chunk: Chunk): Promise<void> {
  const { id, offset, content } = chunk;
  const state = await uploads.write(session.user, id, offset, content);
  if (state.whole !== null) session.tell({ type: "uploaded", upload: id, file: state.whole });
  else session.tell({ type: "uploading", upload: id, offset: state.offset });
}

/** Sends a file piece by piece, as fast as the peer takes it. Other messages go in between. */
export const fetch: Handler<"fetch"> = async (context, session, request) => {
  session.checkIn(request.room);
  const found = await context.store.files.find(request.file);
  if (found === null || found.room !== request.room) {
    throw new ChatError("not_found", "There is no such file in this room.");
  }
  if (session.fetches >= MAX_FETCHES) {
    throw new ChatError("rate_limited", `One connection fetches ${MAX_FETCHES} files at a time.`, 500);
  }
  session.fetches++;
  const { file, name, size, media } = found;
  session.tell({ type: "fetched", id: request.id, file: { file, name, size, media } });
  void sendAll(context, session, found, request.from ?? 0)
    .catch(() => {
      session.tell({
        type: "error",
        id: request.id,
        code: "storage_unavailable",
        message: "The file cannot be read now.",
        retryAfter: 1000,
      });
    })
    .finally(() => session.fetches--);
};

async function sendAll(
  { store }: Context,
  session: Session,
  { file, size }: StoredFile,
  from: number,
): Promise<void> {
  for (let offset = from; offset < size && !session.gone; ) {
    const content = await store.files.read(file, offset, LIMITS.chunk);
    if (content.length === 0) throw new Error("The file is shorter than it should be");
    session.push(encodeChunk({ id: file, offset, content }));
    offset += content.length;
    await session.caughtUp();
  }
}
