/**
 * The broker dies, is stopped or freezes in the middle of matches that are played over it: everybody
 * waits, nobody is accused, and play goes on by itself.
 *
 * @module
 */
import { expect } from "@std/expect";
import {
  type Broker,
  ignoreWithoutBroker,
  startBroker,
} from "../support/broker.ts";
import { resultOf } from "../support/processes.ts";
import { last } from "../support/waiting.ts";
import {
  expectToGoOn,
  startFaultMatch,
  together,
  waitForAll,
} from "./fault_match.ts";

/** Ends the broker with `end` while two play, and starts it again. */
async function outlive(
  broker: Broker,
  { args = [], end }: {
    readonly args?: readonly string[];
    readonly end: () => Promise<void>;
  },
): Promise<void> {
  const url = await broker.createVhost(crypto.randomUUID());
  await using match = await startFaultMatch({ players: 2, args, broker: url });
  await end();
  await waitForAll(match.bots, ({ phase }) => phase === "paused");

  await broker.restart();

  await expectToGoOn(match.bots, match.before);
}

Deno.test("over RabbitMQ", { ignore: ignoreWithoutBroker() }, async (test) => {
  await using broker = await startBroker();

  await test.step("nobody wins by the broker's death, however short the grace", () =>
    outlive(broker, {
      args: ["--grace", "5"],
      end: async () => {
        await broker.kill9();
        await last(8000);
      },
    }));

  await test.step("a match goes on after the broker was stopped", () =>
    outlive(broker, { end: broker.stop }));

  await test.step("a match is played to its end after its lobby was killed", async () => {
    const args = ["--points", "1", "--bot", "easy"];
    const url = await broker.createVhost("lobby");
    const options = { players: 2, args, broker: url };
    await using match = await startFaultMatch(options);
    match.lobby.kill("SIGKILL");
    await match.lobby.exited;
    const [one, two] = await Promise.all(match.bots.map(resultOf));

    expect(one.reason).toBe("finished");
    expect(two).toEqual(one);
    for (const bot of match.bots) expect(await bot.exited).toBe(0);
  });

  await test.step("nobody is dropped because the broker freezes for 5 s", async () => {
    const [two, four] = await Promise.all(
      ["two", "four"].map((name) => broker.createVhost(`frozen-${name}`)),
    );
    await using duel = await startFaultMatch({ players: 2, broker: two });
    await using match = await startFaultMatch({ players: 4, broker: four });

    broker.freeze();
    await last(5000);
    broker.thaw();

    await together(
      [duel, match].map(({ bots, before }) => () => expectToGoOn(bots, before)),
    );
  });
});
