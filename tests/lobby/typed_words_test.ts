/** What people type where they are asked for a lobby, a name and a room. */
import { expect } from "@std/expect";
import fc from "fast-check";
import { parseArgs } from "../../net/cli/command_line.ts";
import { clientMessage, PROTOCOL_VERSION } from "../../net/lobby/protocol.ts";
import {
  nameOf,
  parseAddress,
  parseName,
  parseRoomCode,
  WordsError,
} from "../../net/lobby/typed_words.ts";

for (
  const [text, hostname, port] of [
    ["127.0.0.1:7000", "127.0.0.1", 7000],
    ["http://host:5555/", "host", 5555],
    ["  Pong.Example.\t", "pong.example", undefined],
    ["https://pong.example", "pong.example", undefined],
    ["tcp://10.0.0.1:5555", "10.0.0.1", 5555],
    ["host/", "host", undefined],
    ["host:", "host", undefined],
    ["::1", "::1", undefined],
    [" [::1]/", "::1", undefined],
    ["[::1]:7000", "::1", 7000],
    ["http://[fe80::1]:7/", "fe80::1", 7],
    ["fe80::1%eth0", "fe80::1%eth0", undefined],
    ["\u200Bmünchen.example", "xn--mnchen-3ya.example", undefined],
    ["my_pc", "my_pc", undefined],
  ] as const
) {
  Deno.test(`the address ${JSON.stringify(text)} is understood`, () => {
    expect(parseAddress(text)).toEqual({ hostname, ...(port && { port }) });
  });
}

/** By option: what somebody may type there who means nothing that there is. */
const SENSELESS: Readonly<Record<string, readonly string[]>> = {
  "--host": [
    ...["", " ", ".", "a b", "a,b", "mia@host", "host:port", "host:0"],
    ...["host:65536", "5555", "192.168.1", "192.168.1.300", "192.168.1.0/24"],
    ...["[::1", "::1]", "[]", "[host]", ":::", "1:2:3", "::1%", "amqp://host"],
    ...["http://", "http://a/b", "a?b", "a#b", "{}", "host:1:2", "é:b:c"],
    "a".repeat(254),
  ],
  "--name": ["", " ", "\u200B", "\u202E\n", "x".repeat(300), "🏓".repeat(25)],
  "--room": [
    "",
    "N1",
    "A-B-C",
    "ABC DEF",
    "Ä".repeat(5),
    "A".repeat(13),
    "🏓🏓🏓",
  ],
};

for (const [option, words] of Object.entries(SENSELESS)) {
  Deno.test(`what makes no sense as ${option} is refused in a sentence, in nobody's JSON`, () => {
    for (const word of words) {
      const args = ["play", "--host=a", `${option}=${word}`];
      const parsed = parseArgs(args, { version: "1", env: {} });
      const said = parsed.kind === "usage" ? parsed.message : `took ${word}`;
      expect(said).toMatch(
        /^pong: .* [A-Z][^{}\n]*\. \(see pong play --help\)$/,
      );
      expect(said.length).toBeLessThan(260);
      expect(said).not.toMatch(/\bzod\b|regex|"[a-z]+":|undefined|expected/i);
    }
  });
}

Deno.test("the lobby takes every name and every room that is understood, as it is", () => {
  const sent = (name: string, room: string) =>
    clientMessage.parse({
      type: "join",
      version: PROTOCOL_VERSION,
      name,
      room,
    });
  const taken = (parse: (text: string) => string, text: string) => {
    try {
      return parse(text);
    } catch (error) {
      expect(error).toBeInstanceOf(WordsError);
      return undefined;
    }
  };
  const names = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.string({ unit: "grapheme", maxLength: 30 }),
    fc.constantFrom("🏓".repeat(24), "e\u0301".repeat(24), " a\u00A0 b "),
  );
  fc.assert(fc.property(names, fc.string({ maxLength: 14 }), (login, code) => {
    const name = taken(parseName, login) ?? nameOf(login, "Player");
    const room = taken(parseRoomCode, code) ?? "ABC";
    expect(sent(name, room)).toMatchObject({ name, room });
  }));
  expect(nameOf(" x".repeat(99), "")).toBe("x x x x x x x x x x x x");
  expect(nameOf("\u200B", "Player")).toBe("Player");
  expect(parseRoomCode(" kmpqra ")).toBe("KMPQRA");
});
