/**
 * Accepts connections to the page's port.
 *
 * Whoever connects is a *guest* until its connection has become a page's socket. Guests have to be
 * quick, and there are only so many: for one more, the oldest guest goes of the address that has
 * most. So whoever fills the port shuts out nobody but itself, and no page is touched.
 *
 * A port that can't accept any more, for example for want of file handles, is opened again: the
 * match must not end for that.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { pause } from "../link/pause.ts";

const log = getLogger(["pong", "page"]);

/**
 * Connections that are no pages. A browser opens six at once; many more would take the file handles
 * that recordings and the match itself need.
 */
const GUESTS_MAX = 32;
/** Each time that file handles were missing there may be half as many, but never fewer than this. */
const GUESTS_MIN = 8;
/** Until the port is opened again, and between attempts. */
const REOPEN_MS = 100;

/** Serves a connection, and closes it at the end. */
export type ServeGuest = (
  conn: Deno.TcpConn,
  guest: PageGuest,
) => Promise<void>;

/** A connection's place among the guests. */
export interface PageGuest {
  readonly address: string;
  /** Gives up the place: the connection is a page's from now on. */
  leave(): void;
}

/** Where to listen, and what to do with whoever comes. */
export interface DoorOptions {
  readonly hostname: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly serve: ServeGuest;
}

/** An open port. Disposing it closes the port and the connections of all guests. */
export class Door implements AsyncDisposable {
  readonly port: number;
  readonly #options: DoorOptions;
  readonly #guests = new Map<PageGuest, Deno.TcpConn>();
  readonly #closing = new AbortController();
  readonly #accepting: Promise<void>;
  #listener: Deno.TcpListener;
  #guestsMax = GUESTS_MAX;

  /** Throws what `Deno.listen` throws. */
  constructor(options: DoorOptions) {
    const { hostname, port } = options;
    this.#options = options;
    this.#listener = Deno.listen({ hostname, port });
    this.port = this.#listener.addr.port;
    this.#accepting = this.#accept();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#closing.abort();
    closeConn(this.#listener);
    this.#dismissAll();
    await this.#accepting;
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  async #accept(): Promise<void> {
    while (!this.#isClosed) {
      try {
        void this.#admit(await this.#listener.accept());
      } catch (error) {
        if (!this.#isClosed && !isOfOneConnection(error)) {
          await this.#reopen(error);
        }
      }
    }
  }

  /** Serves a guest, whatever comes of it. */
  async #admit(conn: Deno.TcpConn): Promise<void> {
    if (this.#isClosed) return closeConn(conn);
    const guest: PageGuest = {
      address: conn.remoteAddr.hostname,
      leave: () => void this.#guests.delete(guest),
    };
    this.#guests.set(guest, conn);
    if (this.#guests.size > this.#guestsMax) this.#dismissOne();
    try {
      conn.setNoDelay(true);
      await this.#options.serve(conn, guest);
    } catch (error) {
      // That a connection broke is nobody's mistake, and happens too often to tell.
      const isOurs = error instanceof TypeError || error instanceof RangeError;
      if (isOurs) log.error("This program made a mistake: {error}", { error });
    }
    guest.leave();
    closeConn(conn);
  }

  /** The oldest of the address with the most guests. */
  #dismissOne(): void {
    const byAddress = Map.groupBy(
      this.#guests.keys(),
      ({ address }) => address,
    );
    const [most] = [...byAddress.values()]
      .toSorted((one, other) => other.length - one.length);
    this.#dismiss(most[0]);
  }

  #dismissAll(): void {
    for (const guest of [...this.#guests.keys()]) this.#dismiss(guest);
  }

  #dismiss(guest: PageGuest): void {
    const conn = this.#guests.get(guest);
    guest.leave();
    if (conn) closeConn(conn);
  }

  /** Opens the same port again, for as long as that takes. */
  async #reopen(error: unknown): Promise<void> {
    log.warn("The page's port failed, and is opened again: {error}", { error });
    this.#guestsMax = Math.max(this.#guestsMax >> 1, GUESTS_MIN);
    this.#dismissAll();
    closeConn(this.#listener);
    const { hostname } = this.#options;
    const { signal } = this.#closing;
    for (;;) {
      await pause(REOPEN_MS, signal);
      if (signal.aborted) return;
      try {
        this.#listener = Deno.listen({ hostname, port: this.port });
        return;
      } catch {
        // There are still too few file handles: the next attempt is due soon.
      }
    }
  }
}

/** Closes a connection or a port, if that hasn't happened yet. */
export function closeConn(conn: { close(): void }): void {
  try {
    conn.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

/** Whether only who has just connected has failed: it was gone before it could be accepted. */
function isOfOneConnection(error: unknown): boolean {
  const { NotConnected, ConnectionReset, ConnectionAborted } = Deno.errors;
  return [NotConnected, ConnectionReset, ConnectionAborted]
    .some((kind) => error instanceof kind);
}
