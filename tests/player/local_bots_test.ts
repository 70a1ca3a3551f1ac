/**
 * The bots that a process brings along, whose matches a test ends.
 *
 * @module
 */
import { expect } from "@std/expect";
import { LocalBots } from "../../net/player/local_bots.ts";

/** Bots that play until they are told to leave or `end` is called. */
function createBots() {
  const ends: { resolve(): void; reject(error: Error): void }[] = [];
  const seats: ((id: string) => void)[] = [];
  const signals: AbortSignal[] = [];
  const bots = new LocalBots(({ signal, onSeat }) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    ends.push({ resolve, reject });
    seats.push(onSeat);
    signals.push(signal);
    const leave = () => setTimeout(() => reject(signal.reason), 0);
    signal.addEventListener("abort", leave);
    return promise;
  });
  return { bots, ends, seats, signals };
}

Deno.test("no more bots come along than could have a seat beside their person", async () => {
  const { bots, signals, seats } = createBots();
  for (let i = 0; i < 5; i++) bots.add();
  expect(signals.length).toBe(3);
  seats[0]("b0");

  await bots[Symbol.asyncDispose]();

  expect(signals.every(({ aborted }) => aborted)).toBe(true);
  expect(bots.ids).toEqual([]);
});

Deno.test("a bot is known by the ID of its seat, until it has left, and can be sent away", async () => {
  const { bots, ends, seats, signals } = createBots();
  for (let i = 0; i < 3; i++) bots.add();
  expect(bots.ids).toEqual([]);
  seats.forEach((onSeat, i) => onSeat(`b${i}`));
  expect(bots.ids).toEqual(["b0", "b1", "b2"]);

  bots.remove("b1");
  bots.remove("nobody");
  ends[0].resolve();
  ends[2].reject(new Error("Its lobby is gone."));
  await new Promise((resolve) => setTimeout(resolve, 0));

  expect(signals.map(({ aborted }) => aborted)).toEqual([false, true, false]);
  expect(bots.ids).toEqual([]);
  bots.add();
  expect(signals.length).toBe(4);
  await bots[Symbol.asyncDispose]();
});
