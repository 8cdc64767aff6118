import { describe, expect, test } from "vitest";

// The modules of the page are plain JavaScript; those that do not touch the document run here as well.
const load = (name: string) => import(new URL(`../public/${name}`, import.meta.url).href);

/** The parameters of a text, such as "{url}". */
const holes = (text: string) => new Set(text.match(/\{\w+\}/g));

describe("closecodes.js", async () => {
  const { meaningOf, closeProblem } = await load("closecodes.js");

  test.each([
    [999, "codeUnused"],
    [1000, "code1000"],
    [1001, "code1001"],
    [1006, "code1006"],
    [1015, "code1015"],
    [1016, "codeReserved"],
    [2999, "codeReserved"],
    [3000, "code3000"],
    [3001, "codeRegistered"],
    [3999, "codeRegistered"],
    [4000, "codePrivate"],
    [4999, "codePrivate"],
    [5000, "codeUnused"],
  ])("%i is %s", (code, name) => {
    expect(meaningOf(code)).toBe(name);
  });

  test.each([
    [null, "", null],
    [1000, "", null],
    [3000, "bye", null],
    [4999, "x".repeat(123), null],
    [1000, "再".repeat(41), null],
    [null, "bye", { name: "closeReasonAlone", values: {} }],
    [1001, "", { name: "closeCodeProblem", values: {} }],
    [2999, "", { name: "closeCodeProblem", values: {} }],
    [5000, "", { name: "closeCodeProblem", values: {} }],
    [3000.5, "", { name: "closeCodeProblem", values: {} }],
    [Number.NaN, "", { name: "closeCodeProblem", values: {} }],
    [1000, "再".repeat(42), { name: "closeReasonProblem", values: { octets: 126 } }],
  ])("a close with %s and %j", (code, reason, problem) => {
    expect(closeProblem(code, reason)).toEqual(problem);
  });
});

describe("texts.js", async () => {
  const { texts } = await load("texts.js");

  test("has the same texts with the same parameters in both languages", () => {
    expect(Object.keys(texts)).toEqual(["en", "zh"]);
    expect(Object.keys(texts.zh)).toEqual(Object.keys(texts.en));
    for (const [name, english] of Object.entries<string>(texts.en)) {
      expect([name, holes(texts.zh[name])]).toEqual([name, holes(english)]);
      expect(texts.zh[name]).not.toBe("");
    }
  });
});

describe("language.js", async () => {
  const { chooseLanguage, textIn, size, duration } = await load("language.js");

  test.each([
    [["en-GB", "zh"], "en"],
    [["zh-CN", "en"], "zh"],
    [["zh"], "zh"],
    [["ZH-Hant-TW"], "zh"],
    [["fr", "de", "zh-HK", "en"], "zh"],
    [["fr"], "en"],
    [[], "en"],
  ])("%j chooses %s", (wanted, language) => {
    expect(chooseLanguage(wanted)).toBe(language);
  });

  test.each([
    [0, "0 bytes", "0字节"],
    [1, "1 byte", "1字节"],
    [1023, "1,023 bytes", "1,023字节"],
    [1024, "1 KiB", "1 KiB"],
    [1536, "1.5 KiB", "1.5 KiB"],
    [16_777_216, "16 MiB", "16 MiB"],
  ])("%i octets", (octets, english, chinese) => {
    expect(textIn("en", "size", { size: size(octets) })).toBe(english);
    expect(textIn("zh", "size", { size: size(octets) })).toBe(chinese);
  });

  test.each([
    [0.04, "0 ms"],
    [0.84, "0.8 ms"],
    [12.6, "13 ms"],
    [1499, "1.5 s"],
    [62_000, "62 s"],
  ])("%d milliseconds", (milliseconds, text) => {
    expect(duration(milliseconds)("en")).toBe(text);
  });
});

describe("echoes.js", async () => {
  const { Outstanding, sameOctets } = await load("echoes.js");

  test("gives an echo the oldest equal text, or the oldest file", () => {
    const sent = new Outstanding();
    const file = new Blob(["1"]);
    sent.add("a");
    sent.add(file);
    sent.add("b");
    expect(sent.take("b").data).toBe("b");
    expect(sent.take("b")).toBeNull();
    expect(sent.take(new Blob([])).data).toBe(file);
    expect(sent.take(new Blob([]))).toBeNull();
    expect(sent.take("a").data).toBe("a");
  });

  test("forgets what never came back", () => {
    const sent = new Outstanding();
    for (let index = 0; index <= 1000; index++) sent.add(`${index}`);
    expect(sent.take("0")).toBeNull();
    expect(sent.take("1").data).toBe("1");
    sent.clear();
    expect(sent.take("2")).toBeNull();
  });

  test.each([
    ["", "", true],
    ["abc", "abc", true],
    ["abc", "abd", false],
    ["abc", "ab", false],
  ])("%j and %j: the same octets %s", async (one, other, same) => {
    expect(await sameOctets(new Blob([one]), new Blob([other]))).toBe(same);
  });
});
