import {
  ClientDeflate,
  type DeflateOptions,
  ServerDeflate,
  type ServerDeflateOptions,
} from "@plyws/permessage-deflate";
import { zlibEngine } from "@plyws/permessage-deflate/node";

/** How a server compresses; the engine is zlib. */
export type ServerCompression = Omit<ServerDeflateOptions, "engine">;

/** How a client compresses; the engine is zlib. */
export type ClientCompression = Omit<DeflateOptions, "engine">;

/** @throws RangeError when one of the settings is not in its range */
export function serverDeflate(option: boolean | ServerCompression = false): ServerDeflate | null {
  const settings = settingsOf(option);
  return settings === null ? null : new ServerDeflate({ ...settings, engine: zlibEngine() });
}

/** @throws RangeError when one of the settings is not in its range */
export function clientDeflate(option: boolean | ClientCompression = false): ClientDeflate | null {
  const settings = settingsOf(option);
  return settings === null ? null : new ClientDeflate({ ...settings, engine: zlibEngine() });
}

function settingsOf<Settings extends object>(option: boolean | Settings): Partial<Settings> | null {
  if (typeof option === "boolean") return option ? {} : null;
  if (typeof option === "object") return option;
  throw new TypeError(`perMessageDeflate is true, false or an object with settings, not ${String(option)}`);
}
