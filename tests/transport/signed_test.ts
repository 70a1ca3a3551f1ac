// Signatures over a transport: what comes in, and what doesn't.
import { expect } from "@std/expect";
import {
  PACKET_BYTES_MAX,
  PAYLOAD_BYTES_MAX,
  type Sender,
  SIGNATURE_BYTES,
  type Transport,
} from "../../net/match/transport.ts";
import { SimulatedNetwork } from "../../net/simulation/simulated.ts";
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
import { pairOver, testTransport } from "../support/transport_contract.ts";

const PRIVATE_KEYS = [0, 1, 2].map((slot) =>
  privateKeyOf(new Uint8Array(32).fill(slot + 1))
);
const ALICE = { slot: 0, epoch: 7 };
const BOB = { slot: 1, epoch: 7 };

testTransport("signed", () => {
  const network = openNetwork();
  const a = openSigned(network, { slot: 0, epoch: 3 });
  const b = openSigned(network, { slot: 1, epoch: 4 });
  return Promise.resolve({ ...pairOver(network, [a, b]), epochs: [3, 4] });
}, { packetBytesMax: PAYLOAD_BYTES_MAX });

Deno.test("a signature fits the largest packet into the largest frame", () => {
  const { signedByAlice } = openTapped();

  expect(signedByAlice(new Uint8Array(PAYLOAD_BYTES_MAX)).length)
    .toBe(PACKET_BYTES_MAX);
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
    const forger = openSigned(network, ALICE, other);

    forger.send(Uint8Array.of(1, 2, 3));

    expect([bob.receive(), bob.rejected]).toEqual([[], 1]);
  });
}

Deno.test("signed takes a player's packets in every epoch that the transport names", () => {
  const { network, bob } = openTapped();
  const from = { slot: 0, epoch: 8 };

  openSigned(network, from).send(Uint8Array.of(1));

  expect(bob.receive()).toMatchObject([{ from }]);
  expect(bob.rejected).toBe(0);
});

Deno.test("signed drops and counts a packet with any one bit changed", () => {
  const { network, bob, signedByAlice } = openTapped();
  const packet = signedByAlice(Uint8Array.of(1, 2, 3));
  const forger = network.open(ALICE);

  for (let bit = 0; bit < packet.length * 8; bit++) {
    const changed = packet.slice();
    changed[bit >> 3] ^= 1 << (bit & 7);
    forger.send(changed);
  }

  expect([bob.receive(), bob.rejected])
    .toEqual([[], (3 + SIGNATURE_BYTES) * 8]);
});

Deno.test("signed drops and counts what is too short or of nobody's slot", () => {
  const { network, bob, signedByAlice } = openTapped();
  const packet = signedByAlice(Uint8Array.of(1));
  const forger = network.open(ALICE);

  for (const size of [1, SIGNATURE_BYTES - 1, SIGNATURE_BYTES]) {
    forger.send(new Uint8Array(size));
  }
  network.open({ slot: 3, epoch: 7 }).send(packet);

  expect([bob.receive(), bob.rejected]).toEqual([[], 4]);
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
  const bob = openSigned(network, BOB, { publicKeys });

  openSigned(network, ALICE).send(Uint8Array.of(1));

  expect([bob.receive(), bob.rejected]).toEqual([[], 1]);
});

function openNetwork(): SimulatedNetwork {
  const random = createRandom(1);
  return new SimulatedNetwork({ random, faults: () => NO_FAULTS });
}

/** Opens a sender's end; what it signs may be something `other` than the network knows. */
function openSigned(
  network: SimulatedNetwork,
  sender: Sender,
  other: Partial<SignedOptions> = {},
): Transport {
  return signed(network.open(sender), {
    ...{ ...sender, match: "the-match" },
    privateKey: PRIVATE_KEYS[sender.slot],
    publicKeys: publicKeysOf(PRIVATE_KEYS.map(exportPublicKey)),
    ...other,
  });
}

function publicKeysOf(texts: readonly string[]): SignedOptions["publicKeys"] {
  return new Map(texts.map((text, slot) => {
    const key = importPublicKey(text);
    if (key === undefined) throw new Error(`"${text}" is no key`);
    return [slot, key];
  }));
}

/** Bob, and what Alice sends as it goes over the wire. */
function openTapped() {
  const network = openNetwork();
  const tap = network.open({ slot: 2, epoch: 0 });
  const alice = openSigned(network, ALICE);
  const bob = openSigned(network, BOB);
  const signedByAlice = (packet: Uint8Array): Uint8Array => {
    alice.send(packet);
    bob.receive();
    return tap.receive()[0].packet;
  };
  return { network, bob, signedByAlice };
}
