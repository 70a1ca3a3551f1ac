/**
 * What a match makes of the transport that the lobby names: players who can't sign.
 *
 * @module
 */
import { expect } from "@std/expect";
import { NetworkError } from "../../net/link/network_error.ts";
import { NO_TRANSPORT_FAULTS } from "../../net/transport/faulty.ts";
import { openMatchTransport } from "../../net/transport/open.ts";
import { privateKeyOf } from "../../net/transport/signing_keys.ts";

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
