import { expect } from "@std/expect";
import type { Received } from "../../net/match/transport.ts";
import { runMatchLoop } from "../../net/player/match_loop.ts";
import { VirtualTime } from "../support/virtual_time.ts";

const TICK_MS = 50;
const FROM = { from: { slot: 1, epoch: 0 }, atMs: 0 };
const PACKET: Received = { ...FROM, packet: Uint8Array.of(7) };

/** Runs a loop until disposed; its notes say what was called, and when. */
function startLoop(time: VirtualTime) {
  // Timers fire a little late, never early.
  const nowMs = () => Math.ceil(time.nowMs);
  const leave = new AbortController();
  const notes: string[] = [];
  const arriving: Received[] = [];
  const note = (what: string) => notes.push(`${nowMs()} ${what}`);
  let received = 0;
  const session = {
    nextTickMs: TICK_MS,
    isLinkUp: true,
    isOver: false,
    isDone: () => session.isOver,
    leave: () => note("leave"),
    loseConnection: (_: number, message: string) => note(message),
    receive: ({ packet: [byte] }: Received) => {
      if (byte === 0) throw new Error("what?");
      received++;
    },
    advance: (atMs: number, input: number) => {
      note(`advance ${input} ${session.isLinkUp} ${received}`);
      received = 0;
      if (atMs >= session.nextTickMs) session.nextTickMs += TICK_MS;
      return [Uint8Array.of(9)];
    },
  };
  const transport = {
    link: { up: true, detail: "" },
    send: ([byte]: Uint8Array) => note(`send ${byte}`),
    receive: () => arriving.splice(0),
  };
  const ended = runMatchLoop({
    ...{ session, transport, nowMs },
    input: () => 5,
    onAdvance: () => note("shown"),
    signal: leave.signal,
  }).then(() => note("ended"));
  return {
    ...{ notes, arriving, session, transport, leave, ended },
    async [Symbol.asyncDispose]() {
      session.isOver = true;
      await time.pass(TICK_MS);
      await ended;
    },
  };
}

Deno.test("a session advances when its tick is due, sends what it says, and is then shown", async () => {
  using time = new VirtualTime();
  await using loop = startLoop(time);

  await time.pass(2 * TICK_MS);

  expect(loop.notes).toEqual([
    ...["50 advance 5 true 0", "50 send 9", "50 shown"],
    ...["100 advance 5 true 0", "100 send 9", "100 shown"],
  ]);
});

Deno.test("what arrives between ticks is taken in within 4 ms", async () => {
  using time = new VirtualTime();
  await using loop = startLoop(time);
  await time.pass(10);

  loop.arriving.push(PACKET, PACKET);
  loop.transport.link = { up: false, detail: "" };
  await time.pass(4);

  expect(loop.notes).toEqual([
    ...["11 advance 5 false 2", "11 send 9", "11 shown"],
  ]);
});

Deno.test("a mistake in a match ends the match with a sentence, and nothing else", async () => {
  using time = new VirtualTime();
  await using loop = startLoop(time);

  loop.arriving.push({ ...FROM, packet: Uint8Array.of(0) });
  await time.pass(4);

  expect(loop.notes)
    .toEqual(["4 This program made a mistake: what?", "4 shown", "4 ended"]);
});

Deno.test("a burst is taken in by the thousand, at once but in turns", async () => {
  using time = new VirtualTime();
  await using loop = startLoop(time);

  loop.arriving.push(...Array.from({ length: 2500 }, () => PACKET));
  await time.pass(4);

  expect(loop.notes.filter((note) => note.includes("advance"))).toEqual([
    ...["4 advance 5 true 1000", "4 advance 5 true 1000"],
    "4 advance 5 true 500",
  ]);
});

Deno.test("who leaves says goodbye for 150 ms", async () => {
  using time = new VirtualTime();
  await using loop = startLoop(time);
  await time.pass(10);

  loop.leave.abort();
  await time.pass(200);

  const last = loop.notes.pop();
  const [first, ...notes] = loop.notes.filter((note) => !note.includes("show"));
  expect(first).toBe("11 leave");
  expect(notes.filter((note) => note.includes("leave"))).toEqual([]);
  expect(notes.filter((note) => note.includes("send")))
    .toEqual(["50 send 9", "100 send 9", "150 send 9"]);
  expect(last).toMatch(/^16[1-4] ended$/);
});

Deno.test("a session that is done is run no more", async () => {
  using time = new VirtualTime();
  await using loop = startLoop(time);
  loop.session.isOver = true;

  await time.pass(100);

  expect(loop.notes).toEqual(["4 ended"]);
});
