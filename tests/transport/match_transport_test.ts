/**
 * What a match makes of the transport that the lobby names: faults, and players who can't sign.
 *
 * @module
 */
import { expect } from "@std/expect";
import { NetworkError } from "../../net/link/network_error.ts";
import { NO_TRANSPORT_FAULTS } from "../../net/transport/faulty.ts";
import { openMatchTransport } from "../../net/transport/open.ts";
import { privateKeyOf } from "../../net/transport/signing_keys.ts";
import {
  resultOf,
  startLobbyProcess,
  startPong,
  waitForStatus,
} from "../support/processes.ts";

const UNUSABLE = { no: {}, "a wrong": { publicKey: "A" } };

for (const [what, key] of Object.entries(UNUSABLE)) {
  Deno.test(`a match over a broker is refused where a player gives ${what} key`, async () => {
    const start = { x: 0, y: 0 };
    const players = ["ann", "bob"].map((id, slot) => ({
      ...{ id, slot, start, look: slot, isBot: false },
      epoch: 0,
    }));
    const [ann, bob] = players;
    const opening = openMatchTransport({
      lobby: { hostname: "127.0.0.1", port: 1 },
      seat: { id: "ann", slot: 0, epoch: 0 },
      start: {
        match: "match",
        token: "0123456789abcdef",
        transport: {
          kind: "amqp",
          url: "amqp://pong.invalid",
          exchange: "pong",
        },
        players: [
          { ...ann, name: "Ann", publicKey: "A".repeat(43) },
          { ...bob, name: "Bob", ...key },
        ],
      },
      privateKey: privateKeyOf(new Uint8Array(32)),
      faults: NO_TRANSPORT_FAULTS,
      random: () => 0,
      nowMs: () => 0,
      signal: new AbortController().signal,
    });

    await expect(opening).rejects.toThrow(NetworkError);
    await expect(opening).rejects.toThrow(/with Bob over a broker.* Update it/);
  });
}

Deno.test("a match is played to one truth over the network that --faults makes, with a warning", async () => {
  await using lobby = await startLobbyProcess();
  const words = [
    ...["play", "--host", "127.0.0.1", "--port", `${lobby.port}`],
    ...["--bot", "easy", "--points", "1"],
  ];
  await using bad = startPong([
    ...words,
    "--faults",
    "latency=30,jitter=20,loss=5,duplicate=2,reorder=5",
  ]);
  await using good = startPong(words);
  const { players } = await waitForStatus(
    good,
    ({ tick }) => tick > 100,
  );

  const results = await Promise.all([resultOf(bad), resultOf(good)]);

  expect(results[0].reason).toBe("finished");
  expect(results[1]).toEqual(results[0]);
  // There and back, with at least 30 ms each way.
  const [rttMs] = players.flatMap((player) => player.rttMs ?? []);
  expect(rttMs).toBeGreaterThan(60);
  expect(bad.stderr.match(/Faults are on/g)?.length).toBe(1);
  expect(bad.stderr).toContain("delayMs: 30");
  expect(good.stderr).not.toContain("Faults");
});
