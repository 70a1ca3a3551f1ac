/** WebSocket frames as bytes: however they come, and never more kept than a message may have. */
import { expect } from "@std/expect";
import fc from "fast-check";
import { messageFrame, PageFrameReader } from "../../net/page/page_frames.ts";

const MOST = 300;
const MASK = [7, 0, 255, 90];

/** A frame as a browser sends it; `first` is its first byte: 0x80 for the last of a message, and the opcode. */
function sent(first: number, text: string): number[] {
  const bytes = [...new TextEncoder().encode(text)];
  const { length } = bytes;
  const size = length < 126 ? [length] : [126, length >> 8, length & 0xff];
  const masked = bytes.map((byte, at) => byte ^ MASK[at % 4]);
  return [first, 0x80 | size[0], ...size.slice(1), ...MASK, ...masked];
}

/** What comes of bytes, in short. */
function read(bytes: readonly number[], pieceBytes: number): string {
  const reader = new PageFrameReader(MOST);
  const seen: string[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = Uint8Array.from(bytes.slice(at, at + pieceBytes));
    for (const frame of reader.take(piece)) {
      seen.push(frame.kind);
      if (frame.kind === "text") seen.push(`"${frame.text}"`);
      if (frame.kind === "broken") seen.push(`${frame.code}`);
    }
  }
  return seen.join(" ");
}

const LONG = "€".repeat(MOST / 3);
const CASES: readonly (readonly [number[][], string])[] = [
  [
    [sent(0x81, "a"), sent(0x81, ""), sent(0x81, LONG)],
    `text "a" text "" text "${LONG}"`,
  ],
  [[
    ...[sent(1, "a"), sent(0x89, "?"), sent(0, "b"), sent(0x80, "c")],
    ...[sent(0x8a, ""), sent(0x88, "")],
  ], 'part ping part text "abc" pong close'],
  [[sent(0x81, LONG + "a"), sent(0x81, "a")], "broken 1009"],
  [[sent(1, LONG), sent(0, ""), sent(0, "a")], "part part broken 1009"],
  [[[0x81, 0xff]], "broken 1009"],
  [[sent(0x82, "a")], "broken 1003"],
  [[[0x81, 0x81, 0, 0, 0, 0, 0xc0]], "broken 1007"],
  // A continuation of nothing, a message within another, a part of a ping, a long ping, no mask,
  // reserved bits and opcodes.
  [[sent(0x80, "a")], "broken 1002"],
  [[sent(1, "a"), sent(0x81, "b")], "part broken 1002"],
  ...[
    ...[sent(9, ""), sent(0x89, "a".repeat(126)), [0x81, 1, 97]],
    ...[sent(0xc1, "a"), sent(0x83, "a"), sent(0x8b, "a")],
  ].map((frame): [number[][], string] => [[frame], "broken 1002"]),
];

Deno.test("frames come out whole however their bytes come, and nothing comes after a broken one", () => {
  for (const [frames, seen] of CASES) {
    for (const pieceBytes of [1, 2, 5, 4096]) {
      expect({ frames, seen: read(frames.flat(), pieceBytes) })
        .toEqual({ frames, seen });
    }
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
    const all = [...sent(1, "a"), ...bytes];
    expect(read(all, 1)).toBe(read(all, 4096));
  }));
});

Deno.test("what a page is sent says how long it is in the fewest bytes", () => {
  const heads = [0, 125, 126, 65_535, 65_536].map((
    length,
  ) => [
    ...messageFrame(new Uint8Array(length)).slice(0, -length || undefined),
  ]);
  expect(heads).toEqual([
    ...[[0x82, 0], [0x82, 125], [0x82, 126, 0, 126], [0x82, 126, 255, 255]],
    [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0],
  ]);
});
