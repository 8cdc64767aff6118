import { z } from "zod";
import { isDirect, isRoom } from "./names.ts";
import { LIMITS } from "./version.ts";

/**
 * What a client may send as text. Every request may have an `id`, which its answer or its error repeats. `send`, `edit`
 * and `delete` must have one: it makes them happen once, however often they are sent.
 */
const id = z.string().regex(/^[\w-]{1,64}$/);
const room = z
  .string()
  .max(160)
  .refine((name) => isRoom(name) || isDirect(name), "is no name of a room");
/** A place in the order of a room. */
const seq = z.string().regex(/^[0-9a-f]{20}$/);
const text = z.string().min(1).max(LIMITS.text);
const file = z.string().regex(/^[0-9a-f]{32}$/);
const count = z.int().min(1).max(LIMITS.page);

const request = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("hello"),
    id: id.optional(),
    name: z.string().max(200).optional(),
    /** What an earlier `welcome` gave: it proves that the name is one's own. */
    key: z.string().max(200).optional(),
    /** A signed token, where the server asks for one. */
    token: z.string().max(8192).optional(),
  }),
  z.object({
    type: z.literal("join"),
    id: id.optional(),
    room,
    /** Go on after this event. Without it the newest `last` messages come first. */
    after: seq.or(z.literal("")).optional(),
    last: z.int().min(0).max(LIMITS.page).optional(),
  }),
  z.object({ type: z.literal("leave"), id: id.optional(), room }),
  z.object({ type: z.literal("rooms"), id: id.optional() }),
  z.object({ type: z.literal("direct"), id: id.optional(), name: z.string().max(200) }),
  z
    .object({
      type: z.literal("send"),
      id,
      room,
      text: z.string().max(LIMITS.text).optional(),
      file: file.optional(),
      reply: seq.optional(),
    })
    .refine(
      (message) => message.file !== undefined || (message.text ?? "").trim() !== "",
      "has neither text nor file",
    ),
  z.object({ type: z.literal("edit"), id, room, seq, text }),
  z.object({ type: z.literal("delete"), id, room, seq }),
  z.object({
    type: z.literal("history"),
    id: id.optional(),
    room,
    before: seq,
    limit: count.optional(),
  }),
  z.object({
    type: z.literal("search"),
    id: id.optional(),
    room,
    text: z.string().min(1).max(100),
    before: seq.optional(),
  }),
  z.object({ type: z.literal("typing"), id: id.optional(), room }),
  z.object({ type: z.literal("read"), id: id.optional(), room, seq }),
  z.object({
    type: z.literal("upload"),
    id: id.optional(),
    /** The client's choice; the same again goes on where it stopped. */
    upload: z.string().regex(/^[0-9a-f]{32}$/),
    room,
    name: z.string().min(1).max(200),
    size: z.int().min(1),
  }),
  z.object({ type: z.literal("fetch"), id, room, file, from: z.int().min(0).optional() }),
]);

export type Request = z.infer<typeof request>;
export type RequestOf<Type extends Request["type"]> = Extract<Request, { type: Type }>;

export type Parsed =
  | { readonly ok: true; readonly request: Request }
  | { readonly ok: false; readonly id: string | undefined; readonly problem: string };

/** Reads a text message of a client. Never throws. */
export function parseRequest(message: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(message);
  } catch {
    return { ok: false, id: undefined, problem: "This is not JSON." };
  }
  const outcome = request.safeParse(value);
  if (outcome.success) return { ok: true, request: outcome.data };
  const [issue] = outcome.error.issues;
  const place = issue?.path.join(".") ?? "";
  const problem = `${place === "" ? "The message" : `"${place}"`}: ${issue?.message ?? "is not valid"}`;
  return { ok: false, id: idOf(value), problem };
}

/** The id of a message that is wrong in something else, so that its sender can tell which one it was. */
function idOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("id" in value)) return undefined;
  return id.safeParse(value.id).data;
}
