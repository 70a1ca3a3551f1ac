/**
 * Accepts the lobby's connections, as many as the limits allow, in all and from one address.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { LineConnection } from "../link/line_connection.ts";
import {
  type ErrorCode,
  errorMessage,
  LINE_BYTES_MAX,
} from "../lobby/protocol.ts";

const log = getLogger(["pong", "lobby"]);

/** How many refused connections are told why at a time; others are closed without a word. */
const REFUSALS_MAX = 32;

/** How long to wait when the system can't accept more, for example for want of file handles. */
const ACCEPT_RETRY_MS = 100;

/** What to accept, how much of it, and who serves it. */
export interface ReceptionOptions {
  readonly listener: Deno.TcpListener;
  readonly limits: {
    readonly connections: number;
    readonly connectionsPerAddress: number;
  };
  /** Serves a connection until it is over, closes it, and never rejects. */
  readonly serve: (conn: Deno.TcpConn) => Promise<void>;
}

/** Accepts from its creation on, until it is stopped. */
export class Reception {
  readonly #options: ReceptionOptions;
  readonly #perAddress = new Map<string, number>();
  readonly #tasks = new Set<Promise<void>>();
  readonly #accepting: Promise<void>;
  #connections = 0;
  #refusals = 0;
  #isStopped = false;

  constructor(options: ReceptionOptions) {
    this.#options = options;
    this.#accepting = this.#accept();
  }

  /** How many connections are served. */
  get connections(): number {
    return this.#connections;
  }

  /** Accepts no more; what is being served goes on. */
  stop(): void {
    this.#isStopped = true;
    this.#options.listener.close();
  }

  /** Waits, once stopped, until all connections are over. */
  async empty(): Promise<void> {
    await this.#accepting;
    await Promise.all(this.#tasks);
  }

  async #accept(): Promise<void> {
    while (!this.#isStopped) {
      try {
        const conn = await this.#options.listener.accept();
        const task: Promise<void> = this.#admit(conn)
          .finally(() => this.#tasks.delete(task));
        this.#tasks.add(task);
      } catch (error) {
        if (this.#isStopped) return;
        log.error("Cannot accept a connection: {error}", { error });
        await new Promise((resolve) => setTimeout(resolve, ACCEPT_RETRY_MS));
      }
    }
  }

  async #admit(conn: Deno.TcpConn): Promise<void> {
    const { connections, connectionsPerAddress } = this.#options.limits;
    const address = conn.remoteAddr.hostname;
    const fromThere = this.#perAddress.get(address) ?? 0;
    if (this.#connections >= connections) {
      const why = "The lobby is full. Try again later.";
      return await this.#turnAway(conn, "lobby_full", why);
    }
    if (fromThere >= connectionsPerAddress) {
      const why = `Your address has ${fromThere} connections to the lobby ` +
        "already. Close some of them.";
      return await this.#turnAway(conn, "too_many_connections", why);
    }
    this.#connections++;
    this.#perAddress.set(address, fromThere + 1);
    await this.#options.serve(conn);
    this.#connections--;
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(address, left);
    else this.#perAddress.delete(address);
  }

  async #turnAway(
    conn: Deno.TcpConn,
    code: ErrorCode,
    why: string,
  ): Promise<void> {
    using lines = new LineConnection(conn, { lineBytesMax: LINE_BYTES_MAX });
    if (this.#refusals >= REFUSALS_MAX) return;
    log.info("A connection was refused: {code}", { code });
    this.#refusals++;
    lines.send(JSON.stringify(errorMessage(code, why)));
    lines.end();
    await lines.read();
    this.#refusals--;
  }
}
