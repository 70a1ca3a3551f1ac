/**
 * What is counted of each address from which somebody has connected, so that a limit means the same
 * over one connection or many, at a time or in turn.
 *
 * An address is forgotten as soon as nothing of it is left to count.
 *
 * @module
 */
import { networkOf } from "../link/address.ts";
import { TokenBucket } from "../link/token_bucket.ts";
import type { LobbyLimits } from "./limits.ts";

/** What one address has, and may still do. */
export interface Address {
  readonly network: string;
  connections: number;
  readonly attempts: TokenBucket;
  readonly messages: TokenBucket;
}

/** The rates that count for an address. */
export type AddressRates = Pick<LobbyLimits, "attempts" | "messagesPerAddress">;

/** All addresses of which there is something to remember. */
export class Addresses {
  readonly #rates: AddressRates;
  readonly #byNetwork = new Map<string, Address>();

  constructor(rates: AddressRates) {
    this.#rates = rates;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#byNetwork.size;
  }

  /** Returns what is counted for a connection from there. */
  of(hostname: string, nowMs: number): Address {
    const network = networkOf(hostname);
    let address = this.#byNetwork.get(network);
    if (address === undefined) {
      const { attempts, messagesPerAddress } = this.#rates;
      address = {
        network,
        connections: 0,
        attempts: new TokenBucket(attempts, nowMs),
        messages: new TokenBucket(messagesPerAddress, nowMs),
      };
      this.#byNetwork.set(network, address);
    }
    return address;
  }

  /** Forgets those that are as good as new; to be called now and then. */
  sweep(nowMs: number): void {
    for (const [network, address] of this.#byNetwork) {
      const { connections, attempts, messages } = address;
      if (connections > 0) continue;
      if (attempts.isFull(nowMs) && messages.isFull(nowMs)) {
        this.#byNetwork.delete(network);
      }
    }
  }
}
