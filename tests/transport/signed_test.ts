/**
 * Signatures over a transport: what comes in, and what doesn't.
 *
 * @module
 */
import { expect } from "@std/expect";
import {
  PACKET_BYTES_MAX,
  PAYLOAD_BYTES_MAX,
  type Received,
  SIGNATURE_BYTES,
  type Transport,
} from "../../net/match/transport.ts";
import {
  SimulatedNetwork,
  type SimulatedTransport,
} from "../../net/simulation/simulated.ts";
import { NO_FAULTS } from "../../net/transport/link_faults.ts";
import { signed, type SignedOptions } from "../../net/transport/signed.ts";
import {
  exportPrivateKey,
  exportPublicKey,
  importPrivateKey,
  importPublicKey,
  privateKeyOf,
} from "../../net/transport/signing_keys.ts";
import { createRandom } from "../support/simulation.ts";
import {
  testTransport,
  type TransportPair,
} from "../support/transport_contract.ts";

const PRIVATE_KEYS = [0, 1, 2].map((slot) =>
  privateKeyOf(new Uint8Array(32).fill(slot + 1))
);
const PUBLIC_KEYS = publicKeysOf(PRIVATE_KEYS.map(exportPublicKey));

testTransport("signed", () => {
  const network = openNetwork();
  const a = openSigned(network, { slot: 0, epoch: 3 });
  const b = openSigned(network, { slot: 1, epoch: 4 });
  const pair: TransportPair = {
    a,
    b,
    epochs: [3, 4],
    pump: () => {
      network.nowMs++;
    },
    nowMs: () => network.nowMs,
    async [Symbol.asyncDispose]() {
      await a[Symbol.asyncDispose]();
      await b[Symbol.asyncDispose]();
    },
  };
  return Promise.resolve(pair);
}, { packetBytesMax: PAYLOAD_BYTES_MAX });

Deno.test("a signature fits the largest packet into the largest frame", () => {
  const { alice, tap } = openTapped();

  alice.send(new Uint8Array(PAYLOAD_BYTES_MAX));

  expect(tap()[0].packet.length).toBe(PACKET_BYTES_MAX);
});

const OTHER = {
  match: { match: "another" },
  slot: { slot: 2 },
  epoch: { epoch: 8 },
  key: { privateKey: PRIVATE_KEYS[1] },
} as const satisfies Record<string, Partial<SignedOptions>>;

for (const [what, other] of Object.entries(OTHER)) {
  Deno.test(`signed drops and counts what was signed with another ${what}`, () => {
    const { network, bob } = openTapped();
    const forger = signed(network.open({ slot: 0, epoch: 7 }), {
      ...optionsOf({ slot: 0, epoch: 7 }),
      ...other,
    });

    forger.send(Uint8Array.of(1, 2, 3));

    expect(bob.receive()).toEqual([]);
    expect(bob.rejected).toBe(1);
  });
}

Deno.test("signed takes a player's packets in every epoch that the transport names", () => {
  const { network, bob } = openTapped();

  openSigned(network, { slot: 0, epoch: 8 }).send(Uint8Array.of(1));

  expect(bob.receive().map(({ from }) => from)).toEqual([
    { slot: 0, epoch: 8 },
  ]);
  expect(bob.rejected).toBe(0);
});

Deno.test("signed drops and counts a packet with any one bit changed", () => {
  const { network, alice, bob, tap } = openTapped();
  alice.send(Uint8Array.of(1, 2, 3));
  const [{ packet }] = tap();
  bob.receive();
  const forger = network.open({ slot: 0, epoch: 7 });

  for (let bit = 0; bit < packet.length * 8; bit++) {
    const changed = packet.slice();
    changed[bit >> 3] ^= 1 << (bit & 7);
    forger.send(changed);
  }

  expect(bob.receive()).toEqual([]);
  expect(bob.rejected).toBe((3 + SIGNATURE_BYTES) * 8);
});

Deno.test("signed drops and counts what is too short or of nobody's slot", () => {
  const { network, alice, bob, tap } = openTapped();
  alice.send(Uint8Array.of(1));
  const [{ packet }] = tap();
  bob.receive();
  const forger = network.open({ slot: 0, epoch: 7 });
  const stranger = network.open({ slot: 3, epoch: 7 });

  for (const size of [1, SIGNATURE_BYTES - 1, SIGNATURE_BYTES]) {
    forger.send(new Uint8Array(size));
  }
  stranger.send(packet);

  expect(bob.receive()).toEqual([]);
  expect(bob.rejected).toBe(4);
});

Deno.test("keys survive being written as 43 characters", () => {
  for (const privateKey of PRIVATE_KEYS) {
    const text = exportPrivateKey(privateKey);
    const again = importPrivateKey(text);

    expect(text).toMatch(/^[\w-]{43}$/);
    expect(again && exportPublicKey(again)).toBe(exportPublicKey(privateKey));
  }
});

Deno.test("no other text is a key", () => {
  const texts = ["", "A".repeat(42), "A".repeat(44), "+".repeat(43), "ä"];

  expect(texts.map(importPrivateKey)).toEqual(texts.map(() => undefined));
  expect(texts.map(importPublicKey)).toEqual(texts.map(() => undefined));
});

Deno.test("a public key that is no point of the curve verifies nothing", () => {
  const network = openNetwork();
  const publicKeys = publicKeysOf(["_".repeat(43)]);
  const bob = signed(network.open({ slot: 1, epoch: 0 }), {
    ...optionsOf({ slot: 1, epoch: 0 }),
    publicKeys,
  });

  openSigned(network, { slot: 0, epoch: 0 }).send(Uint8Array.of(1));

  expect(bob.receive()).toEqual([]);
  expect(bob.rejected).toBe(1);
});

function openNetwork(): SimulatedNetwork {
  return new SimulatedNetwork({
    random: createRandom(1),
    faults: () => NO_FAULTS,
  });
}

function openSigned(
  network: SimulatedNetwork,
  sender: { readonly slot: number; readonly epoch: number },
): Transport {
  return signed(network.open(sender), optionsOf(sender));
}

function optionsOf(
  sender: { readonly slot: number; readonly epoch: number },
): SignedOptions {
  return {
    ...sender,
    match: "the-match",
    privateKey: PRIVATE_KEYS[sender.slot],
    publicKeys: PUBLIC_KEYS,
  };
}

function publicKeysOf(texts: readonly string[]): SignedOptions["publicKeys"] {
  return new Map(texts.map((text, slot) => {
    const key = importPublicKey(text);
    if (key === undefined) throw new Error(`"${text}" is no key`);
    return [slot, key];
  }));
}

/** Alice and Bob in slots 0 and 1, and somebody who reads what goes over the wire. */
function openTapped(): {
  readonly network: SimulatedNetwork;
  readonly alice: Transport;
  readonly bob: Transport;
  readonly tap: () => readonly Received[];
} {
  const network = openNetwork();
  const tap: SimulatedTransport = network.open({ slot: 2, epoch: 0 });
  const alice = openSigned(network, { slot: 0, epoch: 7 });
  const bob = openSigned(network, { slot: 1, epoch: 7 });
  return { network, alice, bob, tap: () => tap.receive() };
}
