/**
 * One player's process: takes a seat, opens the transport that the lobby names, plays the match,
 * serves the page and `/status`, reports the result.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { botInput, createBot, type Skill } from "../game/bot.ts";
import { encodeState } from "../game/state_bytes.ts";
import { isLoopback } from "./broker_url.ts";
import { ConfirmedLog } from "./confirmed_log.ts";
import type { LobbyAddress } from "./dial.ts";
import { type Evidence, gatherEvidence } from "./evidence.ts";
import type { TransportFaults } from "./faulty.ts";
import { joinLobby, type JoinRequest, type LobbySeat } from "./lobby_client.ts";
import { reachableAddresses } from "./listen.ts";
import { DEFAULT_LOBBY_PORT, type StartMessage } from "./lobby_protocol.ts";
import { runMatchLoop } from "./match_loop.ts";
import { followLobby, keepMatchSeat, waitForStart } from "./match_seat.ts";
import { openMatchTransport } from "./match_transport.ts";
import type { Assets } from "./page_assets.ts";
import { type PageServer, servePage } from "./page_server.ts";
import {
  type ResultLine,
  resultOf,
  type Situation,
  statusOf,
  viewOf,
} from "./report.ts";
import { Session } from "./session.ts";
import type { Outcome, SessionEvent } from "./session_event.ts";
import type { SavedSeat } from "./seat_file.ts";
import {
  exportPrivateKey,
  exportPublicKey,
  importPrivateKey,
  KEY_SEED_BYTES,
  privateKeyOf,
} from "./signing_keys.ts";
import { SECRET_BYTES } from "./wire.ts";
import { timersFor } from "./timers.ts";
import type { Transport } from "./transport.ts";

const log = getLogger(["pong", "player"]);

/** The page gets a view when it changed, looked at this often, and at the latest after the second. */
const VIEW_EVERY_MS = 50;
const VIEW_AT_LEAST_EVERY_MS = 250;

/** Who moves the paddle. */
export type Control =
  | { readonly kind: "human"; readonly assets: Assets }
  | { readonly kind: "bot"; readonly skill: Skill };

export interface PlayerOptions {
  readonly lobby: LobbyAddress;
  readonly join: JoinRequest;
  readonly control: Control;
  /** Port of the page and of `/status` on 127.0.0.1; 0 for any free one. */
  readonly pagePort: number;
  /** Where the seat is kept while the match runs; without it, a crash is the end. */
  readonly stateFolder?: string | undefined;
  /** With which this player signed before, where `join` takes a seat again. */
  readonly privateKey?: string | undefined;
  /** How long the game waits for a lost opponent. */
  readonly graceMs: number;
  /** Makes the network worse, both ways. */
  readonly faults?: TransportFaults | undefined;
  /** Monotonic clock in ms. */
  readonly nowMs: () => number;
  /** Fresh, unguessable bytes. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** Leaves the match, or the lobby, and ends the process's part. */
  readonly signal: AbortSignal;
  /** The page, or a bot's `/status`, can be reached there. */
  readonly onServing: (url: string) => void;
  readonly onResult: (result: ResultLine) => void;
  /** Two hosts disagreed: what a developer needs to find out why. */
  readonly onDesync: (evidence: Evidence) => void;
}

/** A played match; a human's page is served until it is disposed. */
export interface PlayedMatch extends AsyncDisposable {
  /** `undefined` where the player left before it began. */
  readonly outcome: Outcome | undefined;
}

/**
 * Joins and plays one match to its end.
 *
 * @throws TransportError or JoinError when the lobby or the broker can't be reached or refuses, or
 * the lobby is lost before the match has begun.
 */
export async function playMatch(options: PlayerOptions): Promise<PlayedMatch> {
  await using stack = new AsyncDisposableStack();
  const { lobby, nowMs, randomBytes, faults } = options;
  const privateKey = importPrivateKey(options.privateKey ?? "") ??
    privateKeyOf(randomBytes(KEY_SEED_BYTES));
  const join = { ...options.join, publicKey: exportPublicKey(privateKey) };
  // Once play has begun, an abort means to say goodbye first: the links outlive it by a moment.
  const links = new AbortController();
  const { signal } = links;
  const abandon = () => links.abort();
  options.signal.addEventListener("abort", abandon);
  stack.defer(() => options.signal.removeEventListener("abort", abandon));
  options.signal.throwIfAborted();
  const seat = stack.use(await joinLobby({ ...lobby, join, signal }));
  const desk = new Desk(options, seat);
  stack.use(await desk.serve());
  const start = await waitForStart(seat, (players) => desk.seat(players));
  if (!start) return { outcome: undefined, ...disposing(stack.move()) };
  const kept = options.stateFolder === undefined
    ? undefined
    : await keepMatchSeat(options.stateFolder, {
      ...{ start, slot: seat.welcome.slot, lobby, name: join.name },
      control: toSave(options.control),
      privateKey: exportPrivateKey(privateKey),
    });
  if (kept) stack.use(kept);
  const transport = stack.use(
    await openMatchTransport({
      lobby,
      seat: seat.welcome,
      start,
      privateKey,
      faults,
      random: () => readUint32(randomBytes(4)) / 2 ** 32,
      nowMs,
      signal,
    }),
  );
  options.signal.removeEventListener("abort", abandon);
  const session = desk.begin(start, transport);
  void followLobby(seat, session, nowMs);
  void transport.closed.then((reason) => {
    if (reason.kind !== "failed") return;
    session.loseConnection(nowMs(), reason.error.message);
  });
  await runMatchLoop({
    session,
    transport,
    nowMs,
    input: () => desk.input(),
    onAdvance: () => desk.update(transport),
    signal: options.signal,
  });
  // Whoever only lost the others may find them again.
  if (session.outcome?.reason !== "connection lost") await kept?.forget();
  return { outcome: session.outcome, ...disposing(stack.move()) };
}

function disposing(stack: AsyncDisposableStack): AsyncDisposable {
  return { [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** What the process knows and shows: the player's desk between network and page. */
class Desk {
  readonly #options: PlayerOptions;
  readonly #bot;
  #situation: Situation;
  #page: PageServer | undefined;
  #seat: LobbySeat;
  /** What the page's player holds. */
  #axis = 0;
  #seed = 0;
  #shown = "";
  #lookedMs = -Infinity;
  #pushedMs = -Infinity;

  constructor(options: PlayerOptions, seat: LobbySeat) {
    const { control, nowMs, randomBytes } = options;
    const { slot, room, rules } = seat.welcome;
    this.#options = options;
    this.#seat = seat;
    this.#bot = control.kind === "human" ? undefined : createBot({
      slot,
      skill: control.skill,
      seed: readUint32(randomBytes(4)) | 0,
    });
    this.#situation = {
      nowMs: nowMs(),
      room,
      invite: inviteLine(options.lobby, room),
      me: slot,
      rules,
      members: [],
      match: "",
      transport: "",
      link: { up: true, detail: "" },
      rejectedByTransport: 0,
      session: undefined,
      log: new ConfirmedLog(),
      failure: "",
    };
  }

  async serve(): Promise<PageServer> {
    const { control, pagePort, signal, randomBytes, onServing } = this.#options;
    const page = await servePage({
      port: pagePort,
      assets: control.kind === "human" ? control.assets : new Map(),
      token: toHex(randomBytes(16)),
      // A page outlives the match, so that its last word stays readable: disposal ends it.
      signal: new AbortController().signal,
      onInput: (axis) => this.#axis = axis,
      status: () => statusOf(this.#now()),
    });
    this.#page = page;
    onServing(control.kind === "human" ? page.url : statusUrl(page));
    signal.throwIfAborted();
    return page;
  }

  seat(members: Situation["members"]): void {
    const sorted = members.toSorted((a, b) => a.slot - b.slot);
    this.#situation = { ...this.#situation, members: sorted };
    this.#show();
  }

  begin(start: StartMessage, transport: Transport): Session {
    const { nowMs, randomBytes, graceMs } = this.#options;
    const session = new Session({
      slot: this.#situation.me,
      rules: start.rules,
      match: start.match,
      epochs: start.players.toSorted((a, b) => a.slot - b.slot)
        .map(({ epoch }) => epoch),
      isResumed: this.#options.join.resume !== undefined,
      secret: randomBytes(SECRET_BYTES),
      nowMs: nowMs(),
      timers: timersFor(graceMs),
    });
    this.#situation = {
      ...this.#situation,
      match: start.match,
      rules: start.rules,
      transport: start.transport.kind,
      link: transport.link,
      session,
    };
    this.seat(start.players);
    log.info("Match {match} over {transport}: {players} players", {
      match: start.match,
      transport: start.transport.kind,
      players: start.rules.players,
    });
    return session;
  }

  input(): number {
    const state = this.#situation.session?.play?.state;
    if (!this.#bot) return this.#axis;
    return state ? botInput(this.#bot, state) : 0;
  }

  /** Takes in what the session has done, and shows it. */
  update(transport: Transport): void {
    const { session } = this.#situation;
    if (!session) return;
    for (const event of session.takeEvents()) this.#takeEvent(event, session);
    const { play } = session;
    if (play) {
      this.#situation.log.take(play);
      if (!this.#bot) this.#page?.pushState(encodeState(play.state));
    }
    const { link, rejected } = transport;
    if (link.detail !== this.#situation.link.detail) {
      if (link.up) log.info("The link is back");
      else log.warn("The link is down: {detail}", { ...link });
    }
    this.#situation = {
      ...this.#situation,
      link,
      rejectedByTransport: rejected,
    };
    const nowMs = this.#options.nowMs();
    if (nowMs - this.#lookedMs < VIEW_EVERY_MS) return;
    this.#lookedMs = nowMs;
    this.#show();
  }

  #takeEvent(event: SessionEvent, { play }: Session): void {
    switch (event.kind) {
      case "started":
        this.#seed = event.seed;
        log.info("Play begins");
        return;
      case "peer":
        log.info("{name} is {state}", {
          name: this.#nameOf(event.slot),
          state: event.state,
        });
        return;
      case "claim":
        this.#seat.claim({ match: this.#situation.match, ...event.claim });
        return;
      case "out":
        log.warn("Out of the match: the others went on. Asking to come back");
        return;
      case "returned":
        if (play) this.#situation.log.restart(play, event.keptTick);
        log.info("Back in the match");
        return;
      case "membership":
        log.debug("Membership: {what}", { what: event.what });
        return;
      case "over":
        this.#finish(event.outcome);
        return;
    }
  }

  #finish(outcome: Outcome): void {
    const { onResult, onDesync } = this.#options;
    const result = resultOf(this.#now(), outcome);
    if (outcome.reason === "finished") {
      this.#seat.sendResult({
        winner: result.winner,
        score: result.score,
        confirmedTick: result.confirmedTick,
        hash: result.hash,
      });
    }
    if (outcome.reason === "desync") {
      onDesync(gatherEvidence(this.#situation, this.#seed));
    }
    onResult(result);
    this.#show();
  }

  #show(): void {
    const nowMs = this.#options.nowMs();
    const view = viewOf(this.#now());
    const shown = JSON.stringify(view);
    const isOld = nowMs - this.#pushedMs >= VIEW_AT_LEAST_EVERY_MS;
    if (shown === this.#shown && !isOld) return;
    this.#shown = shown;
    this.#pushedMs = nowMs;
    this.#page?.push(view);
  }

  #now(): Situation {
    return { ...this.#situation, nowMs: this.#options.nowMs() };
  }

  #nameOf(slot: number): string {
    const member = this.#situation.members.find((known) => known.slot === slot);
    return member?.name ?? `player ${slot + 1}`;
  }
}

/** A friend elsewhere can't use the address by which a lobby on this machine is reached. */
function inviteLine({ hostname, port }: LobbyAddress, room: string): string {
  const host = isLoopback(hostname)
    ? reachableAddresses("0.0.0.0")[0] ?? hostname
    : hostname;
  const where = port === DEFAULT_LOBBY_PORT ? "" : ` --port ${port}`;
  return `pong play --host ${host}${where} --room ${room}`;
}

function toSave(control: Control): SavedSeat["control"] {
  return control.kind === "human"
    ? { kind: "human" }
    : { kind: "bot", skill: control.skill };
}

function statusUrl(page: PageServer): string {
  return `http://127.0.0.1:${page.port}/status`;
}

function readUint32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}
