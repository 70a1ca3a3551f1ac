import { expect } from "@std/expect";
import fc from "fast-check";
import { type LineEvent, LineSplitter } from "../../net/link/lines.ts";

const BYTES_MAX = 16;

/** Cuts `chunks` into lines, as a connection does. */
function split(chunks: readonly Uint8Array[]): LineEvent[] {
  const splitter = new LineSplitter(BYTES_MAX);
  const events: LineEvent[] = [];
  for (const chunk of chunks) {
    splitter.push(chunk);
    for (;;) {
      const event = splitter.next();
      if (event === undefined) break;
      events.push(event);
    }
  }
  return events;
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const CASES: readonly {
  readonly name: string;
  readonly input: Uint8Array;
  readonly events: readonly LineEvent[];
}[] = [
  {
    name: "gives each line without its end",
    input: bytes("one\ntwo\r\n\nhalf"),
    events: [
      { kind: "line", text: "one" },
      { kind: "line", text: "two" },
      { kind: "line", text: "" },
    ],
  },
  {
    name: "takes a line of exactly the most bytes",
    input: bytes("0123456789abcdef\n"),
    events: [{ kind: "line", text: "0123456789abcdef" }],
  },
  {
    name: "reports a longer line once, and goes on after it",
    input: bytes(`0123456789abcdefg\nok\n${"x".repeat(100)}\nok\n`),
    events: [
      { kind: "oversized" },
      { kind: "line", text: "ok" },
      { kind: "oversized" },
      { kind: "line", text: "ok" },
    ],
  },
  {
    name: "reports a line without an end as soon as it is too long",
    input: bytes("x".repeat(BYTES_MAX + 1)),
    events: [{ kind: "oversized" }],
  },
  {
    name: "reports bytes that aren't UTF-8",
    input: Uint8Array.of(0xff, 0xfe, 10, 0xe2, 0x82, 10, 111, 107, 10),
    events: [
      { kind: "not_utf8" },
      { kind: "not_utf8" },
      { kind: "line", text: "ok" },
    ],
  },
];

for (const { name, input, events } of CASES) {
  Deno.test(`a line splitter ${name}`, () => {
    for (let size = 1; size <= input.length; size++) {
      const chunks = Array.from(
        { length: Math.ceil(input.length / size) },
        (_, i) => input.slice(i * size, (i + 1) * size),
      );
      expect(split(chunks)).toEqual(events);
    }
  });
}

Deno.test("a line splitter gives the same lines however the bytes are cut", () => {
  const alphabet = fc.constantFrom(10, 13, 65, 0xe2, 0x82, 0xac, 0xff);
  fc.assert(fc.property(
    fc.array(alphabet, { maxLength: 200 }),
    fc.array(fc.nat(200), { maxLength: 20 }),
    (stream, cuts) => {
      const input = Uint8Array.from(stream);
      const ends = [...cuts, 0, input.length].toSorted((a, b) => a - b);
      const chunks = ends.slice(1).map((end, i) => input.slice(ends[i], end));

      expect(split(chunks)).toEqual(split([input]));
    },
  ));
});

Deno.test("a line splitter hands over what follows the last line taken", () => {
  const splitter = new LineSplitter(BYTES_MAX);
  splitter.push(Uint8Array.of(65, 10, 0, 10, 255));

  expect(splitter.next()).toEqual({ kind: "line", text: "A" });
  expect([...splitter.takeRest()]).toEqual([0, 10, 255]);
  expect(splitter.next()).toBe(undefined);
});

Deno.test("a line splitter holds nothing of a line that is too long", () => {
  const splitter = new LineSplitter(BYTES_MAX);
  for (let i = 0; i < 3; i++) {
    splitter.push(bytes("x".repeat(BYTES_MAX + 1)));
    splitter.next();
  }

  expect(splitter.takeRest().length).toBe(0);
});
