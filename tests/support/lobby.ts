/**
 * What tests of the lobby share: a lobby, a client that says exactly what a test wants, a match.
 *
 * @module
 */
import { type Lobby, startLobby } from "../../lobby.ts";
import type { LobbyEvent } from "../../net/lobby/lobby_event.ts";
import type { StartMessage } from "../../net/lobby/protocol.ts";
import {
  joinLobby,
  type JoinRequest,
  type LobbySeat,
} from "../../net/lobby/seat.ts";
import { type LobbyWatch, watchLobby } from "../../net/lobby/watch.ts";
import type { LobbyLimits } from "../../net/lobby_server/limits.ts";
import type { Transport } from "../../net/match/transport.ts";
import { openRelay } from "../../net/transport/relay.ts";
import { soon } from "./waiting.ts";

/** How a match ended, as a player tells it. */
export const RESULT = {
  reason: "finished",
  winner: 0,
  score: [11, 2],
  confirmedTick: 9,
  hash: 1,
} as const;

/** Never aborts. */
export const FOREVER = new AbortController().signal;

/** Starts a lobby on this machine, on a free port unless it is another one's successor. */
export function openLobby(
  limits: Partial<LobbyLimits> = {},
  { port = 0, stateFolder }: { port?: number; stateFolder?: string } = {},
): Promise<Lobby> {
  const hostname = "127.0.0.1";
  return startLobby({ hostname, port, limits, stateFolder, signal: FOREVER });
}

/** A folder for a test, gone afterwards. */
export async function temporaryFolder(): Promise<
  AsyncDisposable & { readonly path: string }
> {
  const path = await Deno.makeTempDir();
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/** The rare ones. */
interface Options {
  readonly pingEveryMs?: number;
  readonly silenceMs?: number;
  readonly signal?: AbortSignal;
}

export function join(
  lobby: { readonly port: number },
  request: Partial<JoinRequest> = {},
  options: Options = {},
): Promise<LobbySeat> {
  return joinLobby({
    ...{ hostname: "127.0.0.1", port: lobby.port, signal: FOREVER },
    join: { name: "Mia", ...request },
    ...options,
  });
}

/** What happens in a room before what is waited for. */
const SKIPPED: readonly string[] = ["roster", "start", "watchers", "again"];

/** Skips events of a seat, or of somebody who watches, until one of that kind. */
export async function nextOf<K extends LobbyEvent["kind"]>(
  seat: { next(): Promise<LobbyEvent> },
  kind: K,
): Promise<Extract<LobbyEvent, { kind: K }>> {
  for (;;) {
    const event = await soon(seat.next(), `"${kind}"`);
    // Its kind says so, which the compiler can't follow in a generic type.
    if (event.kind === kind) return event as Extract<LobbyEvent, { kind: K }>;
    if (!SKIPPED.includes(event.kind)) {
      throw new Error(`Got ${JSON.stringify(event)} instead of "${kind}"`);
    }
  }
}

export function watch(
  lobby: { readonly port: number },
  room?: string,
  options: Options = {},
): Promise<LobbyWatch> {
  return watchLobby({
    ...{ hostname: "127.0.0.1", port: lobby.port, signal: FOREVER },
    ...{ room, ...options },
  });
}

/** Opens the relay for a seat whose match has started. */
export function relay(
  { port }: { readonly port: number },
  token: string,
): Promise<Transport> {
  return openRelay({ hostname: "127.0.0.1", port, token, signal: FOREVER });
}

/** A started match: its players' seats, ordered by slot. */
export interface StartedMatch extends AsyncDisposable {
  readonly seats: readonly LobbySeat[];
  readonly starts: readonly StartMessage[];
  /** Of the seats, by slot. */
  readonly tokens: readonly string[];
}

export async function startMatch(
  lobby: { readonly port: number },
  request: Partial<JoinRequest> = {},
): Promise<StartedMatch> {
  await using stack = new AsyncDisposableStack();
  const seats: LobbySeat[] = [];
  for (let slot = 0; slot < (request.players ?? 2); slot++) {
    seats.push(stack.use(await join(lobby, request)));
  }
  const starts: StartMessage[] = [];
  for (const seat of seats) starts.push((await nextOf(seat, "start")).start);
  const moved = stack.move();
  return {
    ...{ seats, starts, tokens: starts.map(({ token }) => token) },
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

/** A connection that says what the test wants, right or wrong. */
export class RawClient implements Disposable {
  readonly #conn: Deno.TcpConn;
  #text = "";
  #isClosed = false;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  static async connect(
    lobby: { readonly port: number },
    first: object | string = "",
  ): Promise<RawClient> {
    const { port } = lobby;
    const client = new RawClient(
      await Deno.connect({ hostname: "127.0.0.1", port }),
    );
    await client.say(first);
    return client;
  }

  /** Writes a line of JSON, text as it is, or bytes. */
  async say(what: object | string | Uint8Array): Promise<void> {
    const bytes = what instanceof Uint8Array ? what : new TextEncoder().encode(
      typeof what === "string" ? what : JSON.stringify(what) + "\n",
    );
    for (let at = 0; at < bytes.length;) {
      at += await this.#conn.write(bytes.subarray(at));
    }
  }

  /** Waits for the next line; `undefined` at the end of the stream. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\n");
      if (end >= 0) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 1);
        return line;
      }
      const bytes = await soon(this.bytes(), "A line");
      if (bytes === undefined) return undefined;
      this.#text += new TextDecoder("latin1").decode(bytes);
    }
  }

  // deno-lint-ignore no-explicit-any -- a test reads whatever came, and compares it.
  async message(): Promise<any> {
    const line = await this.line();
    return line === undefined ? undefined : JSON.parse(line);
  }

  /** Skips messages until one of that type. */
  // deno-lint-ignore no-explicit-any -- a test reads whatever came, and compares it.
  async messageOf(type: string): Promise<any> {
    for (;;) {
      const message = await this.message();
      if (message === undefined || message.type === type) return message;
    }
  }

  /** Waits for some bytes; `undefined` at the end, even a rude one. */
  async bytes(): Promise<Uint8Array | undefined> {
    const buffer = new Uint8Array(65536);
    try {
      const count = await this.#conn.read(buffer);
      return count === null ? undefined : buffer.subarray(0, count);
    } catch {
      return undefined; // The lobby reset the connection: an end too.
    }
  }

  /** Says no more, but listens on. */
  async finish(): Promise<void> {
    await this.#conn.closeWrite();
  }

  close(): void {
    if (!this.#isClosed) this.#conn.close();
    this.#isClosed = true;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
