/**
 * A player's visit to a lobby: takes a seat, waits in the room, plays the match, and then more
 * matches for as long as all players want to. `visit_state.ts` decides when to do what; this file
 * owns the seat, the bots and the signals, and does it.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import type { KeyObject } from "node:crypto";
import type { Skill } from "../../game/bot.ts";
import type { LobbyAddress } from "../link/dial.ts";
import type { StartMessage } from "../lobby/protocol.ts";
import { joinLobby, type JoinRequest, type LobbySeat } from "../lobby/seat.ts";
import type { Outcome } from "../match/outcome.ts";
import type { ProcessPage } from "../page/process_page.ts";
import type { PageRequest } from "../page/server.ts";
import type { TransportFaults } from "../transport/faulty.ts";
import {
  exportPublicKey,
  importPrivateKey,
  KEY_SEED_BYTES,
  privateKeyOf,
} from "../transport/signing_keys.ts";
import type { Evidence } from "./evidence.ts";
import type { Control } from "./hand.ts";
import { inviteLine } from "./invite.ts";
import { LocalBots, type PlayLocalBot } from "./local_bots.ts";
import { runMatch } from "./match_run.ts";
import { MatchStage, type StagePage } from "./match_stage.ts";
import { isReady, type Readiness } from "./readiness.ts";
import type { ResultLine } from "./status.ts";
import {
  SEATED,
  visitAfter,
  type VisitEffect,
  type VisitEvent,
} from "./visit_state.ts";

const log = getLogger(["pong", "player"]);

/** Where to play, and as whom. */
export interface VisitPlan {
  readonly lobby: LobbyAddress;
  readonly join: JoinRequest;
  /** How many local bots to bring along. */
  readonly bots: number;
  readonly skill: Skill;
  /** The lobby ends with this process: no later one could come back, so no seat is kept on file. */
  readonly isLocal?: boolean;
  /** The key with which this player signed before, if `join` takes a seat again. */
  readonly privateKey?: string | undefined;
}

/** How to play, and whom to tell what. */
export interface VisitOptions {
  readonly plan: VisitPlan;
  /** None for a local bot. */
  readonly page:
    | StagePage & Pick<ProcessPage, "begin" | "isAttended">
    | undefined;
  readonly control: Control;
  /** Whether to stay for another match after one; a bot then wants it as soon as others do. */
  readonly stay: boolean;
  /** How this program is started, for the line that invites others; "pong" if not given. */
  readonly pong?: string;
  /** Whether the page leads back to a start screen. */
  readonly canLeave: boolean;
  /** Where seats and recordings are kept; without it, a crash is the end. */
  readonly stateFolder?: string | undefined;
  readonly isRecording: boolean;
  /** The authorities that may vouch for a broker, in PEM; those that the system knows if absent. */
  readonly brokerCa?: string | undefined;
  /** How long half of a match waits for the other half, in matches of a room that this visit opens. */
  readonly graceMs: number;
  /** The hosts of brokers to which the person has agreed, besides the lobby's. */
  readonly brokerHosts?: readonly string[] | undefined;
  /** Makes the network worse, both ways. */
  readonly faults?: TransportFaults | undefined;
  /** Monotonic clock in ms. */
  readonly nowMs: () => number;
  /** Fresh, unguessable bytes. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** Leaves the match, or the lobby. */
  readonly signal: AbortSignal;
  /** A seat was taken; tells the player's ID. */
  readonly onSeat?: (id: string) => void;
  readonly onResult: (result: ResultLine) => void;
  /** Two hosts disagreed: what a developer needs to find out why. */
  readonly onDesync: (evidence: Evidence) => void;
}

/**
 * Joins and plays until the player leaves or, without `stay`, one match is over. Returns how the
 * last match ended, `undefined` where none began.
 *
 * @throws NetworkError or JoinError when the lobby or the broker can't be reached or refuses.
 */
export async function visitLobby(
  options: VisitOptions,
): Promise<Outcome | undefined> {
  await using stack = new AsyncDisposableStack();
  const { plan, page, control, randomBytes } = options;
  const privateKey = importPrivateKey(plan.privateKey ?? "") ??
    privateKeyOf(randomBytes(KEY_SEED_BYTES));
  const links = new AbortController();
  const readiness = {
    isBot: control.kind === "bot",
    isWanted: plan.join.isReady ?? true,
    isAttended: page?.isAttended ?? false,
  };
  const parts = { options, readiness, privateKey, links };
  const seat = stack.use(await takeSeat(parts));
  options.onSeat?.(seat.welcome.id);
  const bots = stack.use(new LocalBots(playLocalBot(options, seat)));
  return await new Visit({ ...parts, seat, bots }).run();
}

/** What a visit consists of. */
interface VisitParts {
  readonly options: VisitOptions;
  /** With which the seat was taken. */
  readonly readiness: Readiness;
  readonly seat: LobbySeat;
  readonly bots: LocalBots;
  readonly privateKey: KeyObject;
  /** Closes the seat, and a transport that isn't open yet. */
  readonly links: AbortController;
}

/** Joins; whoever leaves meanwhile gives up. */
async function takeSeat(
  { options, readiness, privateKey, links }: Omit<VisitParts, "seat" | "bots">,
): Promise<LobbySeat> {
  const { plan, graceMs, signal } = options;
  const publicKey = exportPublicKey(privateKey);
  const giveUp = () => links.abort(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener("abort", giveUp);
  try {
    return await joinLobby({
      ...plan.lobby,
      join: {
        ...{ ...plan.join, graceMs, publicKey },
        isReady: isReady(readiness),
      },
      signal: links.signal,
    });
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

/** A visit with a seat: does what `visitAfter` decides. */
class Visit {
  readonly #parts: VisitParts;
  readonly #stage: MatchStage;
  /** Leaves the match, after the others were told. */
  readonly #goodbye = new AbortController();
  readonly #left = Promise.withResolvers<void>();
  #readiness: Readiness;
  #state = SEATED;
  #outcome: Outcome | undefined;
  #why = "";

  constructor(parts: VisitParts) {
    const { options, seat, bots } = parts;
    const { welcome } = seat;
    this.#parts = parts;
    this.#readiness = parts.readiness;
    this.#stage = new MatchStage({
      ...{ ...options, welcome },
      localBotIds: () => bots.ids,
      inviteTo: (room) =>
        inviteLine(options.plan.lobby, { room, pong: options.pong ?? "pong" }),
      onRequest: (request) => this.#answer(request),
      onAttention: (isAttended) => this.#tellReady({ isAttended }),
      onClaim: (claim) => seat.claim(claim),
      onEra: (report) => seat.tellEra(report),
      onConfirmed: (tick) => seat.confirmedTick = tick,
      onDecided: (result) => seat.sendResult(result),
    });
  }

  /** Visits until it is left. */
  async run(): Promise<Outcome | undefined> {
    const { page, plan, signal } = this.#parts.options;
    const leave = () => this.#take({ kind: "leave" });
    page?.begin(this.#stage);
    for (let i = 0; i < plan.bots; i++) this.#parts.bots.add();
    signal.addEventListener("abort", leave);
    if (signal.aborted) leave();
    try {
      await Promise.all([this.#followLobby(), this.#left.promise]);
      return this.#outcome;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  #take(event: VisitEvent): void {
    const { links, options } = this.#parts;
    const { state, effects } = visitAfter(this.#state, event, options.stay);
    this.#state = state;
    for (const effect of effects) this.#do(effect);
    if (state.kind !== "left") return;
    links.abort();
    if (state.failure) this.#left.reject(state.failure.error);
    else this.#left.resolve();
  }

  #do(effect: VisitEffect): void {
    switch (effect.kind) {
      case "play":
        void this.#play(effect.start).then((event) => this.#take(event));
        return;
      case "goodbye":
        return this.#goodbye.abort();
      case "giveUp":
        return this.#parts.links.abort();
      case "loseConnection": {
        const { nowMs } = this.#parts.options;
        const session = this.#stage.match?.session;
        return session?.loseConnection(nowMs(), effect.message);
      }
      case "warn": {
        const { message } = effect;
        return log.warn("The lobby says: {message}", { message });
      }
    }
  }

  /** Plays a match, and returns what came of it. Never rejects. */
  async #play(start: StartMessage): Promise<VisitEvent> {
    const { options, seat, privateKey, links: { signal } } = this.#parts;
    const { plan, stateFolder } = options;
    try {
      this.#outcome = await runMatch({
        ...{ ...options, start, privateKey },
        stage: this.#stage,
        me: { id: seat.welcome.id, slot: seat.slotIn(start) },
        name: plan.join.name,
        lobby: plan.lobby,
        seatFolder: plan.isLocal ? undefined : stateFolder,
        isResumed: plan.join.resume !== undefined &&
          this.#outcome === undefined,
        onOpen: () => this.#take({ kind: "opened" }),
        opening: signal,
        signal: this.#goodbye.signal,
      });
      return { kind: "over" };
    } catch (error) {
      // Whoever leaves while the transport opens has nobody to say goodbye to.
      const isGivenUp = signal.aborted && error === signal.reason;
      return isGivenUp ? { kind: "over" } : { kind: "failed", error };
    }
  }

  /** Claims are repeated; why the witness refuses them is said once. */
  #noteWhy(why = ""): void {
    if (why !== "" && why !== this.#why) {
      log.info("The witness: {why}", { why });
    }
    this.#why = why;
  }

  /** Tells the lobby whether the match may begin, if that has changed and no match has begun. */
  #tellReady(news: Partial<Readiness>): void {
    const wasReady = isReady(this.#readiness);
    this.#readiness = { ...this.#readiness, ...news };
    const isReadyNow = isReady(this.#readiness);
    const hasBegun = this.#state.kind !== "seated" || this.#state.hasPlayed;
    if (isReadyNow !== wasReady && !hasBegun) {
      this.#parts.seat.setReady(isReadyNow);
    }
  }

  /** Says it once, not by each local bot. */
  #noteLink(trouble: string): void {
    if (this.#parts.options.page) {
      log.warn("{news}", { news: trouble || "The lobby is back." });
    }
    this.#stage.setTrouble(trouble);
    this.#stage.setLobbyGone(trouble !== "");
  }

  /** Does what the page asks for. */
  #answer(request: PageRequest): void {
    const { options, seat, bots } = this.#parts;
    switch (request.kind) {
      case "ready":
        return this.#tellReady({ isWanted: request.isReady });
      case "move":
        return seat.move(request.room);
      case "addBot":
        return bots.add();
      case "removeBot":
        return bots.remove(this.#stage.idAt(request.slot));
      case "rematch":
        return seat.askAgain();
      case "leave":
        if (options.canLeave) this.#take({ kind: "leave" });
    }
  }

  /** Hears the lobby until it is gone, or left. */
  async #followLobby(): Promise<void> {
    const { seat, options } = this.#parts;
    const stage = this.#stage;
    for (;;) {
      const event = await seat.next();
      switch (event.kind) {
        case "start":
          this.#take(event);
          continue;
        case "refused":
        case "left":
          return this.#take(event);
        case "roster":
          stage.gather(event.roster);
          continue;
        case "rooms":
          stage.setOtherRooms(event.rooms);
          continue;
        case "watchers":
          stage.setWatchers(event.count);
          continue;
        case "again": {
          const { wanted, gone } = event;
          stage.setRematch({ wanted, gone, isLobbyGone: false });
          // A bot wants another match as soon as anybody does.
          if (options.stay && options.control.kind === "bot") seat.askAgain();
          continue;
        }
        case "claim": {
          const { type, era, value, seats } = event.answer;
          if (type === "refused") this.#noteWhy(event.answer.why);
          const answer = { era, isGranted: type === "granted", value, seats };
          stage.match?.session.answerClaim(options.nowMs(), answer);
          continue;
        }
        case "over":
          stage.learnEnd(event.over);
          continue;
        case "seated":
          stage.sit(event.welcome);
          // A local bot's seat may be another now; who has a page was told where it is.
          if (!options.page) options.onSeat?.(event.welcome.id);
          continue;
        case "link":
          this.#noteLink(event.trouble);
      }
    }
  }
}

/** Lets a local bot visit the same room with a seat of its own, but without page or files. */
function playLocalBot(options: VisitOptions, seat: LobbySeat): PlayLocalBot {
  const { lobby, skill } = options.plan;
  return ({ signal, onSeat }) =>
    visitLobby({
      ...options,
      plan: {
        lobby,
        skill,
        bots: 0,
        join: { name: "Bot", room: seat.welcome.room, isBot: true },
      },
      page: undefined,
      control: { kind: "bot", skill },
      stay: true,
      canLeave: false,
      stateFolder: undefined,
      isRecording: false,
      faults: undefined,
      signal,
      onSeat,
      onResult: () => {},
      onDesync: () => {},
    });
}
