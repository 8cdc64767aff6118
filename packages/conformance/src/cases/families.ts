/** What the groups of cases are about, by the beginning of their ids. */
const TITLES: Readonly<Record<string, string>> = {
  "1": "Framing",
  "2": "Ping and Pong",
  "3": "Reserved bits",
  "4": "Reserved opcodes",
  "5": "Fragments",
  "6": "UTF-8",
  "7": "Closing",
  "9": "Limits",
  "10": "Fragments by the sender",
  "12": "Compression: content",
  "13": "Compression: parameters",
  "mask.server": "Masks towards a server",
  "mask.client": "Masks of a client",
  length: "How lengths are written",
  utf8: "UTF-8 at its edges",
  bom: "Byte order marks",
  content: "Content, octet by octet",
  cut: "Cuts at every octet",
  close: "Close codes and reasons",
  timing: "The end of TCP",
  rsv: "Reserved bits with compression",
  "pmd.data": "Compression: what is legal",
  "pmd.utf8": "Compression and UTF-8",
  "pmd.corrupt": "Compression: what is not legal",
  "pmd.bomb": "Compression bombs",
  "pmd.offer": "Compression: offers",
  "pmd.answer": "Compression: answers",
  "hs.server": "The opening handshake of a server",
  "hs.client": "The opening handshake of a client",
};

/** The group that a case belongs to: "6" for "6.4.1", "hs.server" for "hs.server.accept.1". */
export function familyOf(id: string): string {
  const parts = id.split(".");
  const two = parts.slice(0, 2).join(".");
  return two in TITLES ? two : (parts[0] ?? id);
}

/** What a group is about. */
export function familyTitle(family: string): string {
  return TITLES[family] ?? family;
}
