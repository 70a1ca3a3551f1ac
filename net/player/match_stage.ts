/**
 * What the page is about while its player is in a room: the room, and the matches played there.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { botInput, createBot, type Skill } from "../../game/bot.ts";
import type { State } from "../../game/state.ts";
import type {
  ResultMessage,
  RosterMessage,
  StartMessage,
  WelcomeMessage,
} from "../lobby/protocol.ts";
import type { ClaimRequest } from "../lobby/seat.ts";
import { ConfirmedLog } from "../match/confirmed_log.ts";
import { timersFor } from "../match/membership/timers.ts";
import type { Outcome } from "../match/outcome.ts";
import type { Play } from "../match/play.ts";
import { Session } from "../match/session.ts";
import type { SessionEvent } from "../match/session_event.ts";
import type { Transport } from "../match/transport.ts";
import { WIRE_VERSION } from "../match/wire/terms.ts";
import { SECRET_BYTES } from "../match/wire/wire.ts";
import type { Asset, Assets } from "../page/assets.ts";
import type { FaultSettings } from "../page/message.ts";
import type { ProcessPage } from "../page/process_page.ts";
import type { RematchView } from "../page/protocol.ts";
import type { PageRequest } from "../page/server.ts";
import type { Stage, StageView } from "../page/stage.ts";
import { Recorder } from "../recording/recorder.ts";
import { replayFileName } from "../recording/recording.ts";
import type { FaultyTransport } from "../transport/faulty.ts";
import { type Evidence, gatherEvidence } from "./evidence.ts";
import { settingsOf, withSettings } from "./fault_settings.ts";
import { sha256 } from "./sha256.ts";
import { type ResultLine, resultOf, statusOf } from "./status.ts";
import { awaySinceMs, type Situation, viewOf } from "./view.ts";

const log = getLogger(["pong", "player"]);

/** How often the page is offered a view during play; it sends it on if it has changed. */
const VIEW_EVERY_MS = 50;

/** Who moves the paddle. */
export type Control =
  | { readonly kind: "human"; readonly assets: Assets }
  | { readonly kind: "bot"; readonly skill: Skill };

/** What does not change from match to match, and whom to tell what. */
export interface MatchStageOptions {
  /** None for a local bot. */
  readonly page: ProcessPage | undefined;
  readonly control: Control;
  readonly welcome: WelcomeMessage;
  /** The player IDs of the local bots. */
  readonly localBotIds: () => readonly string[];
  /** The command that a friend types to join. */
  readonly invite: string;
  readonly graceMs: number;
  readonly canLeave: boolean;
  readonly isRecording: boolean;
  /** Monotonic clock in ms. */
  readonly nowMs: () => number;
  /** Fresh, unguessable bytes. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** Gets what the page asks for and the stage can't do by itself. */
  readonly onRequest: (request: PageRequest) => void;
  /** Gets what is to be put before the witness. */
  readonly onClaim: (claim: ClaimRequest) => void;
  /** The game was played to its end, and all members agree on the result. */
  readonly onFinished: (result: Omit<ResultMessage, "type">) => void;
  readonly onResult: (result: ResultLine) => void;
  /** Two hosts disagreed: what a developer needs to find out why. */
  readonly onDesync: (evidence: Evidence) => void;
}

/** What a match begins with. */
export interface MatchBeginning {
  readonly start: StartMessage;
  /** The own slot. */
  readonly slot: number;
  readonly transport: Transport;
  /** Its faults are what the inspector's sliders set. */
  readonly faulty: Pick<FaultyTransport, "faults">;
  /** Whether this process has taken a seat again that an older one had. */
  readonly isResumed: boolean;
}

/** The part of the situation that is stored; `#now` adds what is looked up each time. */
type Known = Omit<
  Situation,
  | "nowMs"
  | "statistics"
  | "faults"
  | "localBotIds"
  | "isInspected"
  | "isRecorded"
>;

/** Holds the session of the newest match, and drives bot, recording and page from it. */
export class MatchStage implements Stage {
  readonly #options: MatchStageOptions;
  #situation: Known;
  #transport: Transport | undefined;
  #faulty: Pick<FaultyTransport, "faults"> | undefined;
  #recorder: Recorder | undefined;
  #bot: ReturnType<typeof createBot> | undefined;
  #seed = 0;
  #lookedMs = -Infinity;

  constructor(options: MatchStageOptions) {
    const { welcome, invite, canLeave } = options;
    const { slot, room, rules } = welcome;
    this.#options = options;
    this.#situation = {
      room,
      invite,
      me: slot,
      rules,
      players: [],
      match: "",
      transport: "",
      link: { up: true, detail: "" },
      rejectedByTransport: 0,
      session: undefined,
      log: new ConfirmedLog(),
      startsAtMs: null,
      watchers: 0,
      rematch: null,
      awaySinceMs: [],
      canLeave,
    };
  }

  /** Of the newest match; `undefined` before the first one. */
  get session(): Session | undefined {
    return this.#situation.session;
  }

  /** The own slot. */
  get slot(): number {
    return this.#situation.me;
  }

  /** The ID of the player with that slot; empty where there is none. */
  idAt(slot: number): string {
    const { players } = this.#situation;
    return players.find((player) => player.slot === slot)?.id ?? "";
  }

  view(): StageView {
    const view = viewOf(this.#now());
    // Each view tells the deepest rollback since the one before.
    const work = this.session?.play?.rollbackWork;
    if (view.network && work) work.deepestTicks = 0;
    return view;
  }

  status(): unknown {
    return statusOf(this.#now());
  }

  take(request: PageRequest): void {
    if (request.kind === "faults") this.#worsen(request.faults);
    else this.#options.onRequest(request);
  }

  recording(): Asset | undefined {
    const recorder = this.#recorder;
    if (recorder === undefined) return undefined;
    const { match, me } = this.#situation;
    return {
      type: "application/octet-stream",
      body: new Uint8Array(recorder.bytes()),
      name: replayFileName({ match, slot: me }),
    };
  }

  /** Takes in who waits in the room. */
  gather(
    { players, rules, watchers, startsInMs }: RosterMessage,
  ): void {
    const startsAtMs = startsInMs === null
      ? null
      : this.#options.nowMs() + startsInMs;
    const { id } = this.#options.welcome;
    const me = players.find((player) => player.id === id)?.slot;
    this.#change({
      players: players.toSorted((a, b) => a.slot - b.slot),
      me: me ?? this.#situation.me,
      ...{ rules, watchers, startsAtMs },
    });
  }

  setWatchers(watchers: number): void {
    const { session } = this.#situation;
    if (session) session.watchers = watchers;
    this.#change({ watchers });
  }

  setRematch(rematch: RematchView): void {
    this.#change({ rematch });
  }

  setLobbyGone(isLobbyGone: boolean): void {
    const { rematch } = this.#situation;
    if (rematch) this.#change({ rematch: { ...rematch, isLobbyGone } });
  }

  /** Begins a match with a new session, which the caller has to run. */
  begin(
    { start, slot, transport, faulty, isResumed }: MatchBeginning,
  ): Session {
    const { nowMs, randomBytes, graceMs, control } = this.#options;
    const { match, rules } = start;
    const players = start.players.toSorted((a, b) => a.slot - b.slot);
    const session = new Session({
      slot,
      rules,
      match,
      epochs: players.map(({ epoch }) => epoch),
      isResumed,
      sha256,
      secret: randomBytes(SECRET_BYTES),
      nowMs: nowMs(),
      timers: timersFor(graceMs),
    });
    session.watchers = this.#situation.watchers;
    this.#transport = transport;
    this.#faulty = faulty;
    this.#recorder = undefined;
    this.#bot = control.kind === "human" ? undefined : createBot({
      slot,
      skill: control.skill,
      seed: new DataView(randomBytes(4).buffer).getInt32(0),
    });
    this.#change({
      ...{ match, rules, players, session, me: slot },
      transport: start.transport.kind,
      link: transport.link,
      log: new ConfirmedLog(),
      startsAtMs: null,
      rematch: null,
      awaySinceMs: [],
    });
    log.info("Match {match} over {transport}: {players} players", {
      match,
      transport: start.transport.kind,
      players: rules.players,
    });
    return session;
  }

  /** The input for the next tick. */
  input(): number {
    const state = this.session?.play?.state;
    if (!this.#bot) return this.#options.page?.axis ?? 0;
    return state ? botInput(this.#bot, state) : 0;
  }

  /** Takes in what the session has done, and shows it; to be called after each advance. */
  update(): void {
    const session = this.session;
    const transport = this.#transport;
    if (!session || !transport) return;
    for (const event of session.takeEvents()) this.#takeEvent(event, session);
    const { play } = session;
    if (play) {
      this.#situation.log.take(play);
      this.#recorder?.take(play);
      if (!this.#bot) this.#options.page?.showStates(statesOf(play));
    }
    this.#noteLink(transport);
    const nowMs = this.#options.nowMs();
    if (nowMs - this.#lookedMs < VIEW_EVERY_MS) return;
    this.#lookedMs = nowMs;
    this.#change({ awaySinceMs: awaySinceMs(this.#now()) });
  }

  /** The whole recording of a match that is over; `undefined` where none was made. */
  finishedRecording(): Uint8Array | undefined {
    const { outcome } = this.session ?? {};
    return outcome && this.#recorder?.finish(outcome);
  }

  /** Begins a recording if one is wanted; in mid-match the seed is `null`. */
  #record(seed: number | null): void {
    const { match, room, rules, players, me } = this.#situation;
    if (!this.#options.isRecording) return;
    this.#recorder = new Recorder({
      ...{ match, room, rules, seed },
      protocol: WIRE_VERSION,
      recordedBy: me,
      players: players.map(({ slot, name, look, isBot }) => ({
        ...{ slot, name, look, isBot },
      })),
    });
  }

  #noteLink({ link, rejected }: Transport): void {
    if (link.detail !== this.#situation.link.detail) {
      if (link.up) log.info("The link is back");
      else log.warn("The link is down: {detail}", { ...link });
    }
    this.#situation = {
      ...this.#situation,
      link,
      rejectedByTransport: rejected,
    };
  }

  #takeEvent(event: SessionEvent, { play }: Session): void {
    switch (event.kind) {
      case "started":
        this.#seed = event.seed;
        this.#record(event.seed);
        log.info("Play begins");
        return;
      case "peer":
        log.info("{name} is {state}", {
          name: this.#nameOf(event.slot),
          state: event.state,
        });
        return;
      case "claim":
        this.#options.onClaim({
          match: this.#situation.match,
          ...event.claim,
        });
        return;
      case "out":
        log.warn("Out of the match: the others went on. Asking to come back");
        return;
      case "returned":
        if (play) {
          this.#situation.log.restart(play, event.keptTick);
          if (!this.#recorder) this.#record(null);
          this.#recorder?.restart(play, event.keptTick);
        }
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
    const { onResult, onDesync, onFinished } = this.#options;
    const result = resultOf(this.#now(), outcome);
    const { winner, score, confirmedTick, hash } = result;
    if (outcome.reason === "finished") {
      const { match } = this.#situation;
      onFinished({ match, winner, score, confirmedTick, hash });
    }
    if (outcome.reason === "desync") {
      onDesync(gatherEvidence(this.#now(), this.#seed));
    }
    onResult(result);
    this.#change({
      rematch: { wanted: [], gone: [], isLobbyGone: false },
    });
  }

  #worsen(settings: FaultSettings): void {
    const faulty = this.#faulty;
    if (faulty) faulty.faults = withSettings(faulty.faults, settings);
  }

  #change(news: Partial<Known>): void {
    this.#situation = { ...this.#situation, ...news };
    this.#options.page?.show();
  }

  #now(): Situation {
    const { page, nowMs } = this.#options;
    return {
      ...this.#situation,
      nowMs: nowMs(),
      statistics: this.#recorder?.statistics,
      isRecorded: this.#recorder !== undefined,
      localBotIds: this.#options.localBotIds(),
      isInspected: page?.isInspected ?? false,
      faults: this.#faulty ? settingsOf(this.#faulty.faults) : null,
    };
  }

  #nameOf(slot: number): string {
    const player = this.#situation.players.find((known) => known.slot === slot);
    return player?.name ?? `player ${slot + 1}`;
  }
}

/** The newest confirmed state and all predicted ones since, the newest last. */
function statesOf(play: Play): readonly State[] {
  return Array.from(
    { length: play.newestTick - play.confirmedTick + 1 },
    (_, i) => play.stateAt(play.confirmedTick + i),
  );
}
