/**
 * Seats that survive a process, a connection or the lobby, and the lobby as witness: over sockets.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { Lobby } from "../../lobby.ts";
import type { ClaimRequest, LobbySeat } from "../../net/lobby/seat.ts";
import { openRelay } from "../../net/transport/relay.ts";
import {
  FOREVER,
  join,
  nextOf,
  openLobby,
  RawClient,
  startMatch,
  temporaryFolder,
} from "../support/lobby.ts";
import { nextPacket } from "../support/transport_contract.ts";
import { soon } from "../support/waiting.ts";

const JOIN = { type: "join", version: 3, name: "Mia" };
const RESULT = {
  reason: "finished",
  winner: 0,
  score: [11, 2],
  confirmedTick: 9,
  hash: 1,
} as const;

/** Asks the witness and waits for its answer. */
async function ask(seat: LobbySeat, claim: ClaimRequest) {
  seat.claim(claim);
  return (await nextOf(seat, "claim")).answer;
}

/** A claim of slot 0 that it goes on alone. */
function alone(match: string, value = "alone"): ClaimRequest {
  return { match, era: 1, value, seats: [[0, 0]] };
}

function relay({ port }: { readonly port: number }, token: string) {
  return openRelay({ hostname: "127.0.0.1", port, token, signal: FOREVER });
}

/** A lobby that can be restarted on its port, with or without its memory of the key. */
async function openMortal(): Promise<
  AsyncDisposable & { readonly port: number; restart(): Promise<Lobby> }
> {
  await using stack = new AsyncDisposableStack();
  const { path: stateFolder } = stack.use(await temporaryFolder());
  let lobby = await openLobby({}, { stateFolder });
  const { port } = lobby;
  const moved = stack.move();
  return {
    port,
    async restart() {
      await lobby[Symbol.asyncDispose]();
      return lobby = await openLobby({}, { port, stateFolder });
    },
    async [Symbol.asyncDispose]() {
      await lobby[Symbol.asyncDispose]();
      await moved.disposeAsync();
    },
  };
}

Deno.test("a seat is taken again: next epoch, same match, the former connections closed", async () => {
  await using lobby = await openLobby();
  await using match = await startMatch(lobby, { name: "Mia" });
  await using other = await relay(lobby, match.tokens[1]);
  await using former = await relay(lobby, match.tokens[0]);

  await using seat = await join(lobby, { resume: match.tokens[0] });

  expect(seat.welcome).toEqual({ ...match.seats[0].welcome, epoch: 1 });
  const { start } = await nextOf(seat, "start");
  const [first] = match.starts;
  expect({ ...start, token: first.token }).toEqual({
    ...first,
    players: first.players.map((player) => ({
      ...player,
      epoch: player.slot === 0 ? 1 : 0,
    })),
  });
  expect((await nextOf(match.seats[0], "refused")).code).toBe("taken_over");
  const { kind } = await soon(former.closed, "The former relay's end");
  expect(kind).toBe("failed");
  await using now = await relay(lobby, start.token);
  now.send(Uint8Array.of(5));
  expect((await nextPacket(other)).from).toEqual({ slot: 0, epoch: 1 });
});

Deno.test("nobody else takes a seat: wrong, forged and old tokens all meet the same words", async () => {
  await using lobby = await openLobby();
  await using match = await startMatch(lobby);
  const [old] = match.tokens;
  await using seat = await join(lobby, { resume: old });
  const { start: { token } } = await nextOf(seat, "start");
  const middle = token.length >> 1;
  const forged = token.slice(0, middle) + (token[middle] === "A" ? "B" : "A") +
    token.slice(middle + 1);

  const answers = new Set<string>();
  for (const wrong of [old, forged, "x", "", "__proto__", token + "."]) {
    for (
      const message of [
        JSON.stringify({ ...JOIN, resume: wrong }),
        JSON.stringify({ type: "return", version: 3, token: wrong }),
        `relay ${wrong}`,
      ]
    ) {
      using raw = await RawClient.connect(lobby);
      await raw.say(message + "\n");
      answers.add(await raw.line() ?? "nothing");
      expect(await raw.line()).toBe(undefined);
    }
  }

  expect([...answers].map((answer) => JSON.parse(answer).code))
    .toEqual(["bad_token"]);
  seat.sendResult(RESULT);
  const claim = alone(match.starts[0].match);
  // Nobody plays in this test; but none of it is refused for the seat.
  expect(await ask(seat, { ...claim, seats: [[0, 1]] })).toMatchObject({
    why: "Player 2 has played within the grace period.",
  });
});

Deno.test("a seat comes back by itself when the lobby closed its connection", async () => {
  await using lobby = await openLobby({ silenceMs: 300 });
  const seats = [
    await join(lobby, {}, { pingEveryMs: 1_000 }),
    await join(lobby, {}, { pingEveryMs: 50 }),
  ];
  const [mia, ben] = seats;
  await nextOf(mia, "start");

  expect(await nextOf(mia, "link")).toEqual({ kind: "link", up: false });
  expect(await nextOf(mia, "link")).toEqual({ kind: "link", up: true });
  await nextOf(ben, "start");
  expect(lobby.counts().matches).toBe(1);
  for (const seat of seats) await seat[Symbol.asyncDispose]();
});

Deno.test("two connections of one process don't take the seat from each other for ever", async () => {
  await using lobby = await openLobby();
  await using match = await startMatch(lobby);
  using other = await RawClient.connect(lobby);

  await other.say({ type: "return", version: 3, token: match.tokens[0] });

  expect(await other.message())
    .toEqual({ ...match.seats[0].welcome, type: "welcome" });
  expect((await nextOf(match.seats[0], "refused")).code).toBe("taken_over");
});

Deno.test("a match survives the lobby's restart: seats return, nothing is witnessed", async () => {
  await using lobby = await openMortal();
  await using match = await startMatch(lobby);
  const [mia, ben] = match.seats;
  const [{ match: id }] = match.starts;

  const next = await lobby.restart();

  for (const seat of [mia, ben]) {
    expect(await nextOf(seat, "link")).toEqual({ kind: "link", up: false });
    expect(await nextOf(seat, "link")).toEqual({ kind: "link", up: true });
  }
  expect(next.counts()).toMatchObject({ connections: 2, matches: 1, rooms: 0 });
  expect(await ask(mia, alone(id)))
    .toMatchObject({ type: "refused", match: id, era: 1 });
  await using back = await join(lobby, { resume: match.tokens[1] });
  expect(back.welcome).toEqual({ ...ben.welcome, epoch: 1 });
});

Deno.test("what a seat said while there was no lobby reaches the next one", async () => {
  await using lobby = await openMortal();
  await using match = await startMatch(lobby);
  const [mia, ben] = match.seats;
  const { match: id } = match.starts[0];
  const restarting = lobby.restart();
  await nextOf(mia, "link");
  mia.sendResult(RESULT);
  mia.claim(alone(id));
  ben.sendResult(RESULT);
  await restarting;

  expect(await nextOf(mia, "link")).toEqual({ kind: "link", up: true });
  expect((await nextOf(mia, "claim")).answer.type).toBe("refused");
  while (!(await nextOf(ben, "link")).up);
  ben.claim(alone(id));
  await nextOf(ben, "claim");
  await expect(join(lobby, { resume: match.tokens[0] })).rejects
    .toMatchObject({ message: "The match is over." });
});

Deno.test("a seat is over when the lobby that comes back is another one", async () => {
  const lobby = await openLobby();
  await using match = await startMatch(lobby);
  await lobby[Symbol.asyncDispose]();
  await using _other = await openLobby({}, { port: lobby.port });

  const [mia] = match.seats;
  expect((await nextOf(mia, "link")).kind).toBe("link");
  expect((await nextOf(mia, "refused")).code).toBe("bad_token");
});
