/**
 * A player's visit to a lobby: takes a seat, waits in the room, plays the match, and again as often
 * as all want.
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
import { inviteLine } from "./invite.ts";
import { LocalBots, type PlayLocalBot } from "./local_bots.ts";
import { runMatch } from "./match_run.ts";
import { type Control, MatchStage } from "./match_stage.ts";
import type { ResultLine } from "./status.ts";

const log = getLogger(["pong", "player"]);

/** Where to play, and as whom. */
export interface Plan {
  readonly lobby: LobbyAddress;
  readonly join: JoinRequest;
  /** Bots to bring along. */
  readonly bots: number;
  readonly skill: Skill;
  /** The lobby is this process's own, so no later process could come back into the match. */
  readonly isLocal?: boolean;
  /** With which this player signed before, where `join` takes a seat again. */
  readonly privateKey?: string | undefined;
}

export interface VisitOptions {
  readonly plan: Plan;
  /** None for a bot that plays beside a person in one process. */
  readonly page: ProcessPage | undefined;
  readonly control: Control;
  /** Whether to wait for another match after one; a bot then plays it when others want to. */
  readonly stay: boolean;
  /** Whether the page leads back to a start screen. */
  readonly canLeave: boolean;
  /** Where seats and recordings are kept; without it, a crash is the end. */
  readonly stateFolder?: string | undefined;
  readonly isRecording: boolean;
  /** How long the game waits for a lost opponent. */
  readonly graceMs: number;
  /** Makes the network worse, both ways. */
  readonly faults?: TransportFaults | undefined;
  /** Monotonic clock in ms. */
  readonly nowMs: () => number;
  /** Fresh, unguessable bytes. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** Leaves the match, or the lobby. */
  readonly signal: AbortSignal;
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
  // In a match, leaving means to say goodbye first: the links outlive it by a moment.
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
      await match; // The one before is over, but may still say its last word.
      if (!leaving.aborted) match = play(event.start);
    } else if (event.kind === "left") break;
    else if (event.kind === "refused" || event.kind === "lost") {
      if (match === undefined && outcome === undefined) {
        throw new NetworkError(event.message);
      }
      log.warn("The lobby says: {message}", { message: event.message });
      // Another lobby in the old one's place is none of the match's business.
      if (event.kind === "refused" && event.code === "taken_over") {
        stage.session?.loseConnection(options.nowMs(), event.message);
      }
      break;
    } else follow(event, { seat, stage, options });
  }
  await match;
  if (failure !== undefined) throw failure;
  // Nothing follows without the lobby, but the result stays on the page.
  if (options.stay && !links.signal.aborted) await aborted(leaving);
  return outcome;
}

/** Takes in what changes nothing about where this player is. */
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
      // A bot wants what the people want.
      if (options.stay && options.control.kind === "bot") seat.askAgain();
      return;
    }
    case "claim": {
      const { type, era, value, seats } = event.answer;
      const isGranted = type === "granted";
      const answer = { era, isGranted, value, seats };
      stage.session?.answerClaim(options.nowMs(), answer);
      return;
    }
    case "link":
      log.info(event.up ? "The lobby is back" : "The lobby is gone");
      stage.setLobbyGone(!event.up);
  }
}

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
