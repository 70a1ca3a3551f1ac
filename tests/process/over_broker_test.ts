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
import {
  type Certificates,
  ignoreWithoutOpenssl,
  makeCertificates,
} from "../support/certificates.ts";
import { expectOneLine, lobbyAt, startPong } from "../support/processes.ts";
import { together } from "./fault_match.ts";
import { playAgainstLiar } from "./lying_match.ts";
import {
  playWholeMatch,
  playWithLateSubscription,
  watchFromTheMiddle,
} from "./whole_match.ts";

const ignore = ignoreWithoutBroker() || ignoreWithoutOpenssl();
let broker: Broker;
let certificates: Certificates;

if (!ignore) {
  Deno.test.beforeAll(async () => {
    certificates = await makeCertificates();
    // All processes inherit it.
    Deno.env.set("PONG_BROKER_CA", certificates.ca);
    broker = await startBroker({ certificate: certificates.of("good") });
  });
  Deno.test.afterAll(async () => {
    Deno.env.delete("PONG_BROKER_CA");
    await broker?.[Symbol.asyncDispose]();
    await certificates?.[Symbol.asyncDispose]();
  });
}

Deno.test("over RabbitMQ", { ignore }, async (test) => {
  for (const count of [2, 3, 4]) {
    const url = await broker.createVhost(`match${count}`);
    await test.step(`${count} processes play a whole match: one truth`, () =>
      playWholeMatch(count, url));
  }
  for (const count of [2, 4]) {
    // Over TLS, which changes nothing else.
    const url = (await broker.createVhost(`watch${count}`))
      .replace("amqp:", "amqps:")
      .replace(`:${broker.port}`, `:${broker.securePort}`);
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
