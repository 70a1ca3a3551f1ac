/**
 * What real processes do over a real RabbitMQ: whole matches, watched ones too, and a wrong password.
 *
 * @module
 */
import { expect } from "@std/expect";
import {
  type Broker,
  ignoreWithoutBroker,
  startBroker,
} from "../support/broker.ts";
import { expectOneLine, lobbyAt, startPong } from "../support/processes.ts";
import { together } from "./fault_match.ts";
import { playAgainstLiar } from "./lying_match.ts";
import {
  playWholeMatch,
  playWithLateSubscription,
  watchFromTheMiddle,
} from "./whole_match.ts";

const ignore = ignoreWithoutBroker();
let broker: Broker;

if (!ignore) {
  Deno.test.beforeAll(async () => {
    broker = await startBroker();
  });
  Deno.test.afterAll(async () => await broker?.[Symbol.asyncDispose]());
}

Deno.test("over RabbitMQ", { ignore }, async (test) => {
  for (const count of [2, 3, 4]) {
    const url = await broker.createVhost(`match${count}`);
    await test.step(`${count} processes play a whole match: one truth`, () =>
      playWholeMatch(count, url));
  }
  for (const count of [2, 4]) {
    const url = await broker.createVhost(`watch${count}`);
    await test.step(`a watcher that comes late sees what ${count} players have`, () =>
      watchFromTheMiddle(count, url));
  }
  const [three, four] = await Promise.all(
    ["three", "four"].map((name) => broker.createVhost(`lied-to-${name}`)),
  );
  await test.step("one of three that withholds its inputs and one of four that forges records take nothing from the others", () =>
    together([
      () => playAgainstLiar(3, "withhold inputs", three),
      () => playAgainstLiar(4, "forge records", four),
    ]));
  const url = await broker.createVhost("late");
  await test.step("nobody starts before a late subscriber is ready", () =>
    playWithLateSubscription(url));
});

Deno.test("a broker that refuses the password is explained, without it", {
  ignore,
}, async () => {
  const url = `amqp://mia:verysecret@127.0.0.1:${broker.port}`;
  const words = ["lobby", ...lobbyAt({ port: 0 })];
  await using pong = startPong(words, { env: { PONG_BROKER: url } });

  await expectOneLine(pong, /^pong: .*(user|password)/);
  expect(pong.stderr).not.toContain("verysecret");
});
