/**
 * Accepts the lobby's connections, as many as the limits allow, in all and from one address.
 *
 * Whoever has connected and says nothing gives way to the next who comes, so that silence can't
 * keep the door shut. A connection that broke before it was accepted holds up nobody; only where
 * the system has no more descriptors is there a pause.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { LineConnection } from "../link/line_connection.ts";
import { messageOf, NetworkError } from "../link/network_error.ts";
import {
  type ErrorCode,
  errorMessage,
  LINE_BYTES_MAX,
} from "../lobby/protocol.ts";
import { type Address, Addresses } from "./addresses.ts";
import type { LobbyLimits } from "./limits.ts";

const log = getLogger(["pong", "lobby"]);

/** How long to wait for descriptors: somebody who leaves gives one back. */
const SHORTAGE_MS = 50;

/** How many are closed in a turn of the event loop: only after it are their descriptors free. */
const CLOSED_AT_ONCE = 4;

/** What the system says when it has no descriptor, or no memory, for one more connection. */
const SHORTAGES: ReadonlySet<unknown> = new Set(
  ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"],
);

/** What it says when there is nothing to accept from any more. */
const BREAKDOWNS: ReadonlySet<unknown> = new Set(
  ["EBADF", "EINVAL", "ENOTSOCK", "EOPNOTSUPP"],
);

/** What to accept, how much of it, and who serves it. */
export interface ReceptionOptions {
  readonly listener: Deno.TcpListener;
  readonly limits: Pick<
    LobbyLimits,
    | ("connections" | "connectionsPerAddress" | "refusals")
    | ("attempts" | "messagesPerAddress")
  >;
  /** Serves a connection until it is over, closes it, and never rejects. */
  readonly serve: (conn: Deno.TcpConn, admission: Admission) => Promise<void>;
}

/** A connection that was let in. */
export interface Admission {
  readonly address: Address;
  /** Closes it to make room; whoever serves it takes this away once it has said what it is. */
  giveWay: (() => void) | undefined;
}

/** Accepts from its creation on, until it is stopped. */
export class Reception {
  /** Resolves once nothing more is accepted; rejects with a NetworkError if the port has failed. */
  readonly ended: Promise<void>;
  readonly #options: ReceptionOptions;
  readonly #addresses: Addresses;
  /** In the order in which they came. */
  readonly #admissions = new Set<Admission>();
  readonly #tasks = new Set<Promise<void>>();
  #refusals = 0;
  #closedAtOnce = 0;
  #isStopped = false;

  constructor(options: ReceptionOptions) {
    this.#options = options;
    this.#addresses = new Addresses(options.limits);
    this.ended = this.#accept();
    this.ended.catch(() => {}); // Told to whoever asks.
  }

  /** How many connections are served. */
  get connections(): number {
    return this.#admissions.size;
  }

  /** Of how many addresses something is remembered. */
  get addresses(): number {
    return this.#addresses.size;
  }

  /** Accepts no more; what is being served goes on. */
  stop(): void {
    if (!this.#isStopped) this.#options.listener.close();
    this.#isStopped = true;
  }

  /** Waits, once stopped, until all connections are over. */
  async empty(): Promise<void> {
    await Promise.allSettled([this.ended]);
    await Promise.all(this.#tasks);
  }

  /** Forgets addresses from which nobody comes any more; to be called now and then. */
  sweep(nowMs: number): void {
    this.#addresses.sweep(nowMs);
  }

  async #accept(): Promise<void> {
    while (!this.#isStopped) {
      try {
        const conn = await this.#options.listener.accept();
        const task: Promise<void> = this.#admit(conn)
          .finally(() => this.#tasks.delete(task));
        this.#tasks.add(task);
        if (this.#closedAtOnce >= CLOSED_AT_ONCE) await this.#rest(0);
      } catch (error) {
        if (this.#isStopped) return;
        await this.#recover(error);
      }
    }
  }

  /** Waits until accepting makes sense again: a turn of the event loop, or for descriptors. */
  async #recover(error: unknown): Promise<void> {
    const why = messageOf(error);
    const code = error instanceof Error && "code" in error && error.code;
    if (BREAKDOWNS.has(code) || error instanceof Deno.errors.BadResource) {
      throw new NetworkError(
        `The lobby's port has failed: ${why}. Start the lobby again.`,
      );
    }
    const isShortage = SHORTAGES.has(code);
    if (isShortage) log.error("Nobody can connect for now: {why}", { why });
    else log.debug("A connection broke before it was accepted: {why}", { why });
    await this.#rest(isShortage ? SHORTAGE_MS : 0);
  }

  async #rest(ms: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.#closedAtOnce = 0;
  }

  async #admit(conn: Deno.TcpConn): Promise<void> {
    const { limits, serve } = this.#options;
    const { connections, connectionsPerAddress } = limits;
    const nowMs = performance.now();
    const address = this.#addresses.of(conn.remoteAddr.hostname, nowMs);
    if (!address.attempts.take(nowMs)) {
      const why =
        "Your address connects too often. Try again in a few seconds.";
      return await this.#turnAway(conn, "too_many_connections", why);
    }
    if (
      address.connections >= connectionsPerAddress && !this.#makeRoom(address)
    ) {
      const why =
        `Your address has ${address.connections} connections to the ` +
        "lobby already. Close some of them.";
      return await this.#turnAway(conn, "too_many_connections", why);
    }
    if (this.#admissions.size >= connections && !this.#makeRoom()) {
      const why = "The lobby is full. Try again later.";
      return await this.#turnAway(conn, "lobby_full", why);
    }
    const admission: Admission = { address, giveWay: () => conn.close() };
    this.#admissions.add(admission);
    address.connections++;
    await serve(conn, admission);
    this.#part(admission);
  }

  /** Closes whoever has been silent for longest, from that address or any; `false` if nobody is. */
  #makeRoom(address?: Address): boolean {
    for (const admission of this.#admissions) {
      const isThere = address === undefined || admission.address === address;
      if (!isThere || admission.giveWay === undefined) continue;
      admission.giveWay();
      this.#part(admission);
      this.#closedAtOnce++;
      return true;
    }
    return false;
  }

  #part(admission: Admission): void {
    if (this.#admissions.delete(admission)) admission.address.connections--;
  }

  async #turnAway(
    conn: Deno.TcpConn,
    code: ErrorCode,
    why: string,
  ): Promise<void> {
    using lines = new LineConnection(conn, { lineBytesMax: LINE_BYTES_MAX });
    if (this.#refusals >= this.#options.limits.refusals) {
      this.#closedAtOnce++;
      return;
    }
    log.info("A connection was refused: {code}", { code });
    this.#refusals++;
    lines.send(JSON.stringify(errorMessage(code, why)));
    lines.end();
    await lines.read();
    this.#refusals--;
  }
}
