/**
 * The lobby: introduces players to each other, and relays for them.
 *
 * One port takes control connections (`net/lobby/protocol.ts`) and relay connections
 * (`net/lobby_server/relay_hub.ts`), told apart by their first line. `net/lobby_server/books.ts`
 * decides who plays or watches where, and who may come back; here are the sockets, the clock and
 * the limits. Whoever breaks a limit is told so and closed, and nobody else notices.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { keepSecret } from "./net/files/state_folder.ts";
import { countDescriptors } from "./net/link/descriptors.ts";
import { LineConnection } from "./net/link/line_connection.ts";
import type { LineEvent } from "./net/link/lines.ts";
import { listen, reachableAddresses } from "./net/link/listen.ts";
import { SilenceWatch } from "./net/link/silence.ts";
import { TokenBucket } from "./net/link/token_bucket.ts";
import { parseClientLine } from "./net/lobby/parsed_line.ts";
import {
  type ClientMessage,
  type ErrorCode,
  errorMessage,
  EXCHANGE,
  type LobbyMessage,
  type ResultMessage,
} from "./net/lobby/protocol.ts";
import { answerStranger } from "./net/lobby/stranger.ts";
import { LobbyBooks } from "./net/lobby_server/books.ts";
import {
  BAD_TOKEN,
  type Delivery,
  NOT_PLAYING,
} from "./net/lobby_server/books_port.ts";
import { fitLimits } from "./net/lobby_server/fitted_limits.ts";
import { DEFAULT_LIMITS, type LobbyLimits } from "./net/lobby_server/limits.ts";
import { type Admission, Reception } from "./net/lobby_server/reception.ts";
import { RelayHub } from "./net/lobby_server/relay_hub.ts";
import { createRoomTickets } from "./net/lobby_server/room_ticket.ts";
import type { ClientId } from "./net/lobby_server/running_matches.ts";
import {
  createSeatTokens,
  SEAT_KEY_BYTES,
} from "./net/lobby_server/seat_token.ts";
import type { keepExchange } from "./net/transport/amqp.ts";

const log = getLogger(["pong", "lobby"]);

/** Where a lobby listens, what carries its matches, and what it keeps. */
export interface LobbyOptions {
  readonly hostname: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** URL of a RabbitMQ broker over which matches are played instead of the relay. */
  readonly broker?: string | undefined;
  /** The authorities that may vouch for it, in PEM; those that the system knows if absent. */
  readonly brokerCa?: string | undefined;
  /**
   * Holds the key by which a restarted lobby recognises the players of running matches; without a
   * folder, it recognises nobody.
   */
  readonly stateFolder?: string | undefined;
  readonly limits?: Partial<LobbyLimits>;
  /** Ends the lobby. */
  readonly signal: AbortSignal;
}

/** A running lobby. */
export interface Lobby extends AsyncDisposable {
  readonly port: number;
  /** Addresses under which other machines may reach it, the likeliest first. */
  readonly addresses: readonly string[];
  /** Resolves once it accepts no more; rejects with a NetworkError if its port has failed. */
  readonly closed: Promise<void>;
  /** What it remembers right now. */
  counts(): LobbyCounts;
}

/** How many of each the lobby holds right now. */
export interface LobbyCounts {
  readonly connections: number;
  readonly relays: number;
  readonly rooms: number;
  readonly matches: number;
  readonly watchers: number;
}

const KEY_FILE = "lobby.key";

/** How often it is checked what is due; countdowns and silence may last this much longer. */
const SWEEP_MS = 250;

/**
 * Starts a lobby; it runs until `signal` aborts or it is disposed.
 *
 * @throws NetworkError when it can't listen or use the broker, StateFolderError when it can't keep
 * its key.
 */
export async function startLobby(options: LobbyOptions): Promise<Lobby> {
  const { hostname, port, broker, brokerCa, stateFolder, signal } = options;
  signal.throwIfAborted();
  const listener = listen(hostname, port);
  try {
    const fresh = crypto.getRandomValues(new Uint8Array(SEAT_KEY_BYTES));
    const key = stateFolder === undefined
      ? fresh
      : await keepSecret(stateFolder, KEY_FILE, fresh);
    const exchange = broker === undefined
      ? undefined
      : await openExchange({ url: broker, ca: brokerCa, signal });
    return new Server(options, { listener, exchange, key });
  } catch (error) {
    listener.close();
    throw error;
  }
}

/** What a lobby opens before it serves. */
interface Foundation {
  readonly listener: Deno.TcpListener;
  readonly exchange: AsyncDisposable | undefined;
  readonly key: Uint8Array;
}

/** A control connection, or one that hasn't yet said what it is. */
interface Peer {
  readonly client: ClientId;
  readonly admission: Admission;
  readonly lines: LineConnection;
  readonly bucket: TokenBucket;
  silence: SilenceWatch;
}

class Server implements Lobby {
  readonly port: number;
  readonly addresses: readonly string[];
  readonly closed: Promise<void>;
  readonly #limits: LobbyLimits;
  readonly #reception: Reception;
  readonly #exchange: AsyncDisposable | undefined;
  readonly #books: LobbyBooks;
  readonly #hub: RelayHub;
  readonly #peers = new Map<ClientId, Peer>();
  /** By watching client: aborting it ends the client's relay connection. */
  readonly #watching = new Map<ClientId, AbortController>();
  readonly #sweeper: ReturnType<typeof setInterval>;
  readonly #unsubscribe: () => void;
  #clients = 0;
  #closing: Promise<void> | undefined;

  constructor(
    { hostname, broker, limits, signal }: LobbyOptions,
    { listener, exchange, key }: Foundation,
  ) {
    this.#limits = fit({ ...DEFAULT_LIMITS, ...limits });
    this.#exchange = exchange;
    this.port = listener.addr.port;
    this.addresses = reachableAddresses(hostname);
    this.#books = new LobbyBooks({
      chance: { newId: () => crypto.randomUUID(), below },
      ...{ tokens: createSeatTokens(key), tickets: createRoomTickets(key) },
      transport: broker === undefined
        ? { kind: "relay" }
        : { kind: "amqp", url: broker, exchange: EXCHANGE },
      addressOf: (client) =>
        this.#peers.get(client)?.admission.address.network ?? "",
      limits: this.#limits,
    });
    this.#hub = new RelayHub({
      rate: this.#limits.relayFrames,
      watcherRate: this.#limits.watcherFrames,
      silenceMs: this.#limits.relaySilenceMs,
    });
    const { firstLineMs, silenceMs } = this.#limits;
    this.#sweeper = setInterval(
      () => this.#sweep(),
      Math.min(SWEEP_MS, firstLineMs / 4, silenceMs / 4),
    );
    const dispose = () => void this[Symbol.asyncDispose]();
    signal.addEventListener("abort", dispose, { once: true });
    this.#unsubscribe = () => signal.removeEventListener("abort", dispose);
    this.#reception = new Reception({
      listener,
      limits: this.#limits,
      serve: (conn, admission) => this.#serve(conn, admission),
    });
    this.closed = this.#reception.ended;
    this.closed.catch(dispose);
    if (signal.aborted) dispose();
  }

  counts(): LobbyCounts {
    return {
      connections: this.#reception.connections,
      relays: this.#hub.connections,
      ...this.#books.counts,
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#unsubscribe();
    clearInterval(this.#sweeper);
    this.#reception.stop();
    this.#hub.close();
    for (const peer of this.#peers.values()) {
      this.#fail(peer, "shutting_down", "The lobby shuts down.");
    }
    await this.#reception.empty();
    await this.#exchange?.[Symbol.asyncDispose]();
  }

  async #serve(conn: Deno.TcpConn, admission: Admission): Promise<void> {
    const nowMs = performance.now();
    const { lineBytes, messages, firstLineMs } = this.#limits;
    using lines = new LineConnection(conn, { lineBytesMax: lineBytes });
    admission.giveWay = () => lines.close();
    const peer: Peer = {
      client: ++this.#clients,
      ...{ admission, lines },
      bucket: new TokenBucket(messages, nowMs),
      silence: new SilenceWatch(firstLineMs, nowMs),
    };
    this.#peers.set(peer.client, peer);
    if (this.#closing !== undefined) lines.close();
    try {
      conn.setNoDelay(true);
      await this.#converse(peer);
    } catch (error) {
      // Whatever goes wrong with one connection, the others must not notice.
      const { client } = peer;
      log.error("Connection {client} failed: {error}", { client, error });
    } finally {
      this.#forget(peer);
    }
  }

  async #converse(peer: Peer): Promise<void> {
    const answer = answerStranger(await peer.lines.peek());
    if (answer !== undefined) return await this.#send(peer, answer);
    const first = await peer.lines.read();
    if (first === undefined) return;
    peer.admission.giveWay = undefined;
    const [, word, token] = first.kind === "line"
      ? /^(relay|watch) (.*)$/s.exec(first.text) ?? []
      : [];
    if (word === "relay") return this.#relay(peer, token.trim());
    if (word === "watch") return this.#watch(peer, token.trim());
    peer.silence = new SilenceWatch(this.#limits.silenceMs, performance.now());
    // A web page that makes somebody's browser send a request here must not reach its second line.
    if (!this.#take(peer, first)) peer.lines.end();
    let event = await peer.lines.read();
    while (event !== undefined) {
      peer.silence.heard();
      this.#take(peer, event);
      event = await peer.lines.read();
    }
  }

  async #relay(peer: Peer, token: string): Promise<void> {
    const { matches } = this.#books;
    const seat = matches.relayOpened(token);
    if (seat === undefined) return this.#refuseToken(peer);
    const detached = this.#detach(peer);
    if (detached !== undefined) await this.#hub.serve({ ...detached, seat });
    matches.relayClosed(seat, performance.now());
  }

  async #watch(peer: Peer, token: string): Promise<void> {
    const watched = this.#books.watchedBy(token);
    if (watched === undefined) return this.#refuseToken(peer);
    const { client, match } = watched;
    // One connection is enough, and the newest is where the watcher is.
    this.#watching.get(client)?.abort();
    const watching = new AbortController();
    this.#watching.set(client, watching);
    const detached = this.#detach(peer);
    if (detached === undefined) return;
    await this.#hub.watch({ ...detached, match, signal: watching.signal });
  }

  async #refuseToken(peer: Peer): Promise<void> {
    this.#fail(peer, BAD_TOKEN.code, BAD_TOKEN.message);
    await peer.lines.read();
  }

  /** Ends a misunderstanding, and listens until the other side has gone. */
  async #send({ lines }: Peer, lastWords: Uint8Array): Promise<void> {
    lines.write(lastWords);
    lines.end();
    await lines.read();
  }

  /** Takes the socket out of the line protocol, for frames. */
  #detach(peer: Peer): ReturnType<LineConnection["detach"]> {
    const detached = peer.lines.detach();
    this.#forget(peer);
    return detached;
  }

  /** Takes what a control connection said; `false` when it can't be understood. */
  #take(peer: Peer, event: LineEvent): boolean {
    const { lineBytes, messages } = this.#limits;
    const nowMs = performance.now();
    const { address } = peer.admission;
    if (!peer.bucket.take(nowMs) || !address.messages.take(nowMs)) {
      const why = `${messages.perSecond} messages a second are allowed.`;
      return this.#fail(peer, "too_fast", why);
    }
    switch (event.kind) {
      case "oversized": {
        const why = `A line has at most ${lineBytes} bytes.`;
        return this.#fail(peer, "line_too_long", why);
      }
      case "not_utf8":
        return this.#fail(peer, "bad_message", "A line is JSON in UTF-8.");
      case "line": {
        const parsed = parseClientLine(event.text);
        if (parsed.kind === "message") this.#act(peer, parsed.message);
        else tell(peer.lines, parsed.answer);
        return parsed.kind === "message";
      }
    }
  }

  #act(peer: Peer, message: ClientMessage): void {
    if (message.type === "result") return this.#takeResult(peer, message);
    const { client } = peer;
    if (message.type === "leave") {
      this.#books.matches.hearGoodbye(client);
      return this.#dismiss(peer);
    }
    this.#deliver(this.#books.take(client, message, performance.now()));
    const seat = this.#books.matches.seatOf(client);
    if (message.type === "join" && seat !== undefined) {
      this.#hub.dropOlder(seat);
    }
  }

  #takeResult(peer: Peer, message: ResultMessage): void {
    const verdict = this.#books.matches.result(peer.client, message);
    if (verdict === "not_playing") return tell(peer.lines, NOT_PLAYING);
    const { match, winner, score, confirmedTick } = message;
    const facts = { match, verdict, winner, score, confirmedTick };
    if (verdict === "disputed") {
      log.warn("The players of match {match} report different results", facts);
    } else log.info("Result of match {match}: {verdict}", facts);
    this.#deliver(this.#books.matches.tellEnd(peer.client));
  }

  /** Tells a peer why its connection is closed, and frees its seat at once. */
  #fail(peer: Peer, code: ErrorCode, why: string): false {
    log.info("Connection {client} is closed: {code}", {
      client: peer.client,
      code,
    });
    tell(peer.lines, errorMessage(code, why));
    this.#dismiss(peer);
    return false;
  }

  #dismiss(peer: Peer): void {
    peer.lines.end();
    this.#leave(peer);
  }

  #leave(peer: Peer): void {
    const { client } = peer;
    this.#watching.get(client)?.abort();
    this.#watching.delete(client);
    this.#deliver(this.#books.leave(client, performance.now()));
  }

  #forget(peer: Peer): void {
    this.#peers.delete(peer.client);
    this.#leave(peer);
  }

  #deliver(deliveries: readonly Delivery[]): void {
    for (const { to, message, isLast } of deliveries) {
      const peer = this.#peers.get(to);
      if (peer === undefined) continue;
      tell(peer.lines, message);
      if (isLast) peer.lines.end();
    }
  }

  #sweep(): void {
    const nowMs = performance.now();
    for (const peer of this.#peers.values()) {
      if (!peer.silence.isOver(nowMs)) continue;
      peer.silence.heard(); // Said once; the connection ends by itself from here.
      const why =
        "Nothing came from you for too long; a player says ping every 2 s.";
      this.#fail(peer, "silent", why);
    }
    this.#hub.sweep(nowMs);
    this.#reception.sweep(nowMs);
    this.#deliver(this.#books.sweep(nowMs));
  }
}

/** Loads the broker's client only when there is a broker, for that costs a start 100 ms. */
async function openExchange(
  options: Parameters<typeof keepExchange>[0],
): Promise<AsyncDisposable> {
  const amqp = await import("./net/transport/amqp.ts");
  return await amqp.keepExchange(options);
}

/** Lowers limits for which this process may not open enough sockets, and says so. */
function fit(limits: LobbyLimits): LobbyLimits {
  const descriptors = countDescriptors();
  const lowered = descriptors && fitLimits(limits, descriptors);
  if (lowered === undefined) return limits;
  log.warn(
    "The system lets this process open {max} files and sockets, so the lobby " +
      "serves {connections} connections at a time, {connectionsPerAddress} " +
      "from one address. `ulimit -n` raises that.",
    { ...descriptors, ...lowered },
  );
  return { ...limits, ...lowered };
}

function tell(lines: LineConnection, message: LobbyMessage): void {
  lines.send(JSON.stringify(message));
}

function below(bound: number): number {
  const [random] = crypto.getRandomValues(new Uint32Array(1));
  return random % bound;
}
