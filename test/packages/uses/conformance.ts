import { allCases, type Report, toJUnit } from "@plyws/conformance";
import { codecCases, runCodec } from "@plyws/conformance/pure";

console.log(allCases.length > codecCases.length); // → true

async function judge(): Promise<void> {
  const report: Report = await runCodec({
    role: "server",
    cases: "2.1",
    create: (wire) => ({ receive: ([first]) => wire.write(Uint8Array.of(first === 0x88 ? 0x88 : 0x8a, 0)) }),
  });
  console.log(report.results.map(({ id, behavior }) => `${id} ${behavior}`).join()); // → 2.1 OK
  console.log(toJUnit([report]).startsWith("<?xml")); // → true
}

void judge();
