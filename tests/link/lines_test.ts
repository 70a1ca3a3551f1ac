import { expect } from "@std/expect";
import fc from "fast-check";
import { LineSplitter } from "../../net/link/lines.ts";

const BYTES_MAX = 16;

/** Cuts `chunks` into lines, as a connection does; what is no line is told by its kind. */
function split(chunks: readonly Uint8Array[]): readonly string[] {
  const splitter = new LineSplitter(BYTES_MAX);
  const events: string[] = [];
  for (const chunk of chunks) {
    splitter.push(chunk);
    let event = splitter.next();
    for (; event !== undefined; event = splitter.next()) {
      events.push(event.kind === "line" ? `"${event.text}"` : event.kind);
    }
  }
  return events;
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

for (
  const [does, input, events] of [
    [
      "gives each line without its end",
      bytes("one\ntwo\r\n\nhalf"),
      ['"one"', '"two"', '""'],
    ],
    [
      "takes a line of exactly the most bytes",
      bytes("0123456789abcdef\n"),
      ['"0123456789abcdef"'],
    ],
    [
      "reports a longer line once, and goes on after it",
      bytes(`0123456789abcdefg\nok\n${"x".repeat(100)}\nok\n`),
      ["oversized", '"ok"', "oversized", '"ok"'],
    ],
    [
      "reports a line without an end as soon as it is too long",
      bytes("x".repeat(BYTES_MAX + 1)),
      ["oversized"],
    ],
    [
      "reports bytes that aren't UTF-8",
      Uint8Array.of(0xff, 0xfe, 10, 0xe2, 0x82, 10, 111, 107, 10),
      ["not_utf8", "not_utf8", '"ok"'],
    ],
  ] as const
) {
  Deno.test(`a line splitter ${does}`, () => {
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
