/**
 * A player's visit to a lobby: takes a seat, waits in the room, plays the match, and then more
 * matches for as long as all players want to.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import type { Skill } from "../../game/bot.ts";
import type { LobbyAddress } from "../link/dial.ts";
import { NetworkError } from "../link/network_error.ts";
import { aborted } from "../link/pause.ts";
import type { StartMessage } from "../lobby/protocol.ts";
import {
  joinLobby,
  type JoinRequest,
  type LobbyEvent,
  type LobbySeat,
} from "../lobby/seat.ts";
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
import { MatchStage } from "./match_stage.ts";
import type { ResultLine } from "./status.ts";

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
  readonly page: ProcessPage | undefined;
  readonly control: Control;
  /** Whether to stay for another match after one; a bot then wants it as soon as others do. */
  readonly stay: boolean;
  /** Whether the page leads back to a start screen. */
  readonly canLeave: boolean;
  /** Where seats and recordings are kept; without it, a crash is the end. */
  readonly stateFolder?: string | undefined;
  readonly isRecording: boolean;
  /** How long half of a match waits for the other half; see `net/match/membership/timers.ts`. */
  readonly graceMs: number;
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
 * @throws NetworkError or JoinError when the lobby or the broker can't be reached or refuses, or
 * the lobby is lost before the match has begun.
 */
export async function visitLobby(
  options: VisitOptions,
): Promise<Outcome | undefined> {
  await using stack = new AsyncDisposableStack();
  const { plan, page, randomBytes } = options;
  const privateKey = importPrivateKey(plan.privateKey ?? "") ??
    privateKeyOf(randomBytes(KEY_SEED_BYTES));
  const leave = new AbortController();
  const leaving = AbortSignal.any([options.signal, leave.signal]);
  // Whoever leaves a match says goodbye first, so lobby and transport are closed a moment later.
  const links = new AbortController();
  let match: Promise<void> | undefined;
  const abandon = () => match === undefined && links.abort();
  leaving.addEventListener("abort", abandon);
  stack.defer(() => leaving.removeEventListener("abort", abandon));
  leaving.throwIfAborted();

  const seat = stack.use(
    await joinLobby({
      ...plan.lobby,
      join: { ...plan.join, publicKey: exportPublicKey(privateKey) },
      signal: links.signal,
    }),
  );
  options.onSeat?.(seat.welcome.id);
  const bots = stack.use(new LocalBots(playLocalBot(options, seat)));
  const stage = new MatchStage({
    ...options,
    welcome: seat.welcome,
    localBotIds: () => bots.ids,
    invite: inviteLine(plan.lobby, seat.welcome.room),
    onRequest: take,
    onClaim: (claim) => seat.claim(claim),
    onFinished: (result) => seat.sendResult(result),
  });
  page?.begin(stage);
  for (let i = 0; i < plan.bots; i++) bots.add();
  let outcome: Outcome | undefined;
  let failure: unknown;

  function take(request: PageRequest): void {
    if (request.kind === "ready") seat.setReady(request.isReady);
    if (request.kind === "addBot") bots.add();
    if (request.kind === "removeBot") bots.remove(stage.idAt(request.slot));
    if (request.kind === "rematch") seat.askAgain();
    if (request.kind === "leave" && options.canLeave) leave.abort();
  }

  async function play(start: StartMessage): Promise<void> {
    try {
      outcome = await runMatch({
        ...options,
        ...{ stage, start, privateKey },
        me: { id: seat.welcome.id, slot: seat.slotIn(start) },
        name: plan.join.name,
        lobby: plan.lobby,
        seatFolder: plan.isLocal ? undefined : options.stateFolder,
        isResumed: plan.join.resume !== undefined && outcome === undefined,
        signal: leaving,
        links: links.signal,
      });
    } catch (error) {
      failure = error;
    }
    match = undefined;
    if (!options.stay || leaving.aborted || failure) links.abort();
  }

  for (;;) {
    const event = await seat.next();
    if (event.kind === "start") {
      await match; // The one before is over, but may still be sending its last packets.
      if (!leaving.aborted) match = play(event.start);
    } else if (event.kind === "left") break;
    else if (event.kind === "refused" || event.kind === "lost") {
      if (match === undefined && outcome === undefined) {
        throw new NetworkError(event.message);
      }
      log.warn("The lobby says: {message}", { message: event.message });
      // Any other refusal leaves the match alone: another lobby may be in the old one's place.
      if (event.kind === "refused" && event.code === "taken_over") {
        stage.match?.session.loseConnection(options.nowMs(), event.message);
      }
      break;
    } else follow(event, { seat, stage, options });
  }
  await match;
  if (failure !== undefined) throw failure;
  // Without the lobby no other match can follow, but the result stays on the page.
  if (options.stay && !links.signal.aborted) await aborted(leaving);
  return outcome;
}

/** Handles an event after which the visit goes on as before. */
function follow(
  event: Exclude<
    LobbyEvent,
    { readonly kind: "start" | "left" | "refused" | "lost" }
  >,
  { seat, stage, options }: {
    readonly seat: LobbySeat;
    readonly stage: MatchStage;
    readonly options: VisitOptions;
  },
): void {
  switch (event.kind) {
    case "roster":
      stage.gather(event.roster);
      return;
    case "watchers":
      stage.setWatchers(event.count);
      return;
    case "again": {
      const { wanted, gone } = event;
      stage.setRematch({ wanted, gone, isLobbyGone: false });
      // A bot wants another match as soon as anybody does.
      if (options.stay && options.control.kind === "bot") seat.askAgain();
      return;
    }
    case "claim": {
      const { type, era, value, seats } = event.answer;
      const isGranted = type === "granted";
      const answer = { era, isGranted, value, seats };
      stage.match?.session.answerClaim(options.nowMs(), answer);
      return;
    }
    case "link":
      log.info(event.up ? "The lobby is back" : "The lobby is gone");
      stage.setLobbyGone(!event.up);
  }
}

/** Lets a local bot visit the same room with a seat of its own, but without page or files. */
function playLocalBot(options: VisitOptions, seat: LobbySeat): PlayLocalBot {
  const { lobby, skill } = options.plan;
  const { room } = seat.welcome;
  return ({ signal, onSeat }) =>
    visitLobby({
      ...options,
      plan: {
        lobby,
        skill,
        bots: 0,
        join: { name: "Bot", room, isBot: true },
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
