import { expect } from "@std/expect";
import {
  LINE_BYTES_MAX,
  PUBLIC_KEY_LENGTH_MAX,
  SEAT_EPOCH_MAX,
  SEAT_TOKEN_LENGTH_MAX,
} from "../../net/lobby/protocol.ts";
import { Matches } from "../../net/lobby_server/matches.ts";
import type { Seat } from "../../net/lobby_server/seat.ts";
import {
  createSeatTokens,
  SEAT_KEY_BYTES,
} from "../../net/lobby_server/seat_token.ts";
import { Watchers } from "../../net/lobby_server/watchers.ts";

const KEY = Uint8Array.from({ length: SEAT_KEY_BYTES }, (_, i) => i);
const TOKENS = createSeatTokens(KEY);

const SEAT: Seat = {
  match: "0123abcd-7",
  room: "BLUE42",
  isPublic: true,
  slot: 1,
  epoch: 3,
  rules: { players: 2, points: 11, lives: 5, graceMs: 20_000 },
  transport: "amqp",
  players: [
    {
      ...{ id: "a-1", slot: 0, look: 2, isBot: false, publicKey: "Zm9v_-" },
      name: "Zo\u00eb \u00ab\u{1f3d3}\u00bb",
    },
    {
      ...{ id: "b-2", slot: 1, look: 1, isBot: true, publicKey: undefined },
      name: 'Ben "\\"',
    },
  ],
};
const TOKEN = TOKENS.seal(SEAT);

Deno.test("a seat token holds the whole seat", () => {
  expect(TOKENS.open(TOKEN)).toEqual(SEAT);
  expect(TOKEN).toMatch(/^[A-Za-z0-9._-]+$/);
});

Deno.test("a seat token with any character changed is refused", () => {
  const alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
  for (let at = 0; at < TOKEN.length; at++) {
    for (const character of alphabet) {
      if (character === TOKEN[at]) continue;
      const forged = TOKEN.slice(0, at) + character + TOKEN.slice(at + 1);
      expect(TOKENS.open(forged)).toBe(undefined);
    }
  }
});

Deno.test("a seat token that is cut, longer or of another key is refused", () => {
  const [text, mac] = TOKEN.split(".");
  const cut = Array.from(TOKEN, (_, length) => TOKEN.slice(0, length));
  for (
    const forged of [
      ...[...cut, TOKEN + "A", TOKEN + "=", TOKEN + ".", ` ${TOKEN}`],
      ...["." + TOKEN, text, `${text}.`, `.${mac}`, `${text}..${mac}`, "."],
      ...["\ud800", "x".repeat(SEAT_TOKEN_LENGTH_MAX + 1)],
    ]
  ) expect(TOKENS.open(forged)).toBe(undefined);
  const others = createSeatTokens(KEY.map((byte) => byte ^ 1));
  expect(others.open(TOKEN)).toBe(undefined);
});

Deno.test("the longest start still fits a line", () => {
  const names = ["\u{1f3d3}".repeat(24), '"'.repeat(24), "\u00eb".repeat(24)];
  const matches = new Matches({
    chance: { newId: () => "id", below: (bound) => bound - 1 },
    watchers: new Watchers({ newToken: () => "token", roomMax: 0 }),
    tokens: TOKENS,
    transport: {
      kind: "amqp",
      url: `amqp://${"x".repeat(493)}`,
      exchange: "pong",
    },
    emptyMax: 1,
    lingerMs: 1,
    goneMs: 1,
  });
  const players = [0, 1, 2, 3].map((slot) => ({
    id: crypto.randomUUID(),
    slot,
    name: names[slot] ?? names[0],
    look: 3 - slot,
    isBot: false,
    publicKey: "k".repeat(PUBLIC_KEY_LENGTH_MAX),
  }));

  const [{ message }] = matches.begin(
    {
      room: "TWELVELONG12",
      isPublic: false,
      rules: { players: 4, points: 99, lives: 99, graceMs: 600_000 },
      players,
    },
    [1, 2, 3, 4],
    0,
  );

  if (message.type !== "start") throw new Error("No start");
  const bytes = new TextEncoder().encode(JSON.stringify(message));
  expect(bytes.length).toBeLessThan(LINE_BYTES_MAX - 100);
  expect(message.token.length).toBeLessThan(SEAT_TOKEN_LENGTH_MAX - 50);
  const resume = JSON.stringify({
    ...{ type: "join", version: 4, name: names[0], resume: message.token },
    publicKey: "k".repeat(PUBLIC_KEY_LENGTH_MAX),
  });
  expect(resume.length).toBeLessThan(LINE_BYTES_MAX / 2);
  expect(TOKENS.open(message.token)?.players).toEqual(players);
});

Deno.test("a seat token of another kind of seat is refused", () => {
  for (
    const seat of [
      { ...SEAT, slot: 4 },
      { ...SEAT, epoch: SEAT_EPOCH_MAX + 1 },
      { ...SEAT, players: [] },
    ]
  ) expect(TOKENS.open(TOKENS.seal(seat))).toBe(undefined);
});
