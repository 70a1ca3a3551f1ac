/**
 * What the page is about while its player is in a room: the room, and the newest match there.
 *
 * @module
 */
import type { State } from "../../game/state.ts";
import type {
  OverMessage,
  ResultMessage,
  RosterMessage,
  WelcomeMessage,
} from "../lobby/protocol.ts";
import type { ClaimRequest, EraReport } from "../lobby/seat.ts";
import type { Outcome } from "../match/outcome.ts";
import type { Play } from "../match/play.ts";
import type { SessionEvent } from "../match/session_event.ts";
import type { Asset } from "../page/assets.ts";
import type { ProcessPage } from "../page/process_page.ts";
import type { RematchView, View } from "../page/protocol.ts";
import type { PageRequest } from "../page/server.ts";
import type { Stage, StageView } from "../page/stage.ts";
import { replayFileName } from "../recording/recording.ts";
import type { Evidence } from "./evidence.ts";
import { type Control, createHand } from "./hand.ts";
import {
  type MatchBeginning,
  PlayedMatch,
  type PlayedMatchOptions,
} from "./played_match.ts";
import { type ResultLine, resultOf, statusOf } from "./status.ts";
import { type RoomNow, type Seats, type Shown, viewOf } from "./view.ts";

/** How often the page is offered a view during play; it sends it on if it has changed. */
const VIEW_EVERY_MS = 50;

/** What a stage needs of a page. */
export type StagePage = Pick<
  ProcessPage,
  "axis" | "isInspected" | "show" | "showStates"
>;

/** What does not change from match to match, and whom to tell what. */
export interface MatchStageOptions
  extends Pick<PlayedMatchOptions, "nowMs" | "randomBytes"> {
  /** None for a local bot. */
  readonly page: StagePage | undefined;
  readonly control: Control;
  readonly welcome: Pick<WelcomeMessage, "id" | "slot" | "room" | "rules">;
  /** The player IDs of the local bots. */
  readonly localBotIds: () => readonly string[];
  /** Makes the command that a friend types to join a room. */
  readonly inviteTo: (room: string) => string;
  readonly canLeave: boolean;
  /** Gets what the page asks for and the stage can't do by itself. */
  readonly onRequest: (request: PageRequest) => void;
  /** Hears whether somebody is at the page. */
  readonly onAttention: (isAttended: boolean) => void;
  /** Gets what is to be put before the witness. */
  readonly onClaim: (claim: ClaimRequest) => void;
  /** Gets who is in the match, whenever that has changed. */
  readonly onEra: (report: EraReport) => void;
  /** Gets the newest confirmed tick; −1 while this player is out of the match. */
  readonly onConfirmed: (tick: number) => void;
  /**
   * The match has a result: its end, on which all members agree, nobody else was left, or who broke
   * off its start.
   */
  readonly onDecided: (result: Omit<ResultMessage, "type">) => void;
  readonly onResult: (result: ResultLine) => void;
  /** Two hosts disagreed: what a developer needs to find out why. */
  readonly onDesync: (evidence: Evidence) => void;
}

/** Holds what the lobby tells of the room, and the newest match. */
export class MatchStage implements Stage {
  readonly #options: MatchStageOptions;
  #id: string;
  #room: Omit<RoomNow, "localBotIds">;
  #roomSeats: Seats;
  #match: PlayedMatch | undefined;
  #shownMs = -Infinity;

  constructor(options: MatchStageOptions) {
    const { welcome, inviteTo, canLeave } = options;
    const { id, slot, room, rules } = welcome;
    this.#options = options;
    this.#id = id;
    this.#room = {
      ...{ code: room, invite: inviteTo(room), canLeave },
      startsAtMs: null,
      watchers: 0,
      otherRooms: [],
      rematch: null,
      trouble: "",
    };
    this.#roomSeats = { me: slot, rules, players: [] };
  }

  /** The newest match; `undefined` before the first one. */
  get match(): PlayedMatch | undefined {
    return this.#match;
  }

  /** The ID of the player with that slot; empty where there is none. */
  idAt(slot: number): string {
    const { players } = this.#seats;
    return players.find((player) => player.slot === slot)?.id ?? "";
  }

  view(): StageView {
    const view = viewOf(this.#now, this.#options.page?.isInspected ?? false);
    // Each view tells the deepest rollback since the one before.
    const work = this.#match?.session.play?.rollbackWork;
    if (view.network && work) work.deepestTicks = 0;
    return view;
  }

  status(): unknown {
    return statusOf(this.#now);
  }

  take(request: PageRequest): void {
    if (request.kind !== "faults") this.#options.onRequest(request);
    else if (this.#match) this.#match.faults = request.faults;
  }

  attend(isAttended: boolean): void {
    this.#options.onAttention(isAttended);
  }

  recording(): Asset | undefined {
    const match = this.#match;
    const bytes = match?.recording();
    if (!match || !bytes) return undefined;
    return {
      type: "application/octet-stream",
      body: new Uint8Array(bytes),
      name: replayFileName({ match: match.id, slot: match.seats.me }),
    };
  }

  /** Takes in that the lobby has given this player a seat again, or another one. */
  sit({ id, slot, room, rules }: WelcomeMessage): void {
    this.#id = id;
    this.#roomSeats = { ...this.#roomSeats, me: slot, rules };
    this.#change(this.#placeIn(room));
  }

  /** Takes in who waits in the room, which may be another one than before. */
  gather(
    { room: code, players, rules, watchers, startsInMs }: RosterMessage,
  ): void {
    const { nowMs } = this.#options;
    const me = players.find(({ id }) => id === this.#id)?.slot;
    this.#roomSeats = {
      me: me ?? this.#roomSeats.me,
      rules,
      players: players.toSorted((a, b) => a.slot - b.slot),
    };
    const startsAtMs = startsInMs === null ? null : nowMs() + startsInMs;
    const otherRooms = players.length > 1 ? [] : this.#room.otherRooms;
    const place = this.#placeIn(code);
    this.#change({ ...place, watchers, startsAtMs, otherRooms });
  }

  /** Where the room is: the line that invites there is made once, for rosters come often. */
  #placeIn(code: string): Partial<RoomNow> {
    if (code === this.#room.code) return {};
    return { code, invite: this.#options.inviteTo(code) };
  }

  /** Takes in where else this player could go. */
  setOtherRooms(otherRooms: View["otherRooms"]): void {
    this.#change({ otherRooms });
  }

  setWatchers(watchers: number): void {
    if (this.#match) this.#match.session.watchers = watchers;
    this.#change({ watchers });
  }

  setRematch(rematch: RematchView): void {
    this.#change({ rematch });
  }

  /** Says what keeps this player from its room or match; empty where nothing does. */
  setTrouble(trouble: string): void {
    this.#change({ trouble });
  }

  setLobbyGone(isLobbyGone: boolean): void {
    const { rematch } = this.#room;
    if (rematch) this.#change({ rematch: { ...rematch, isLobbyGone } });
  }

  /** Takes in how the newest match ended, which may have been while this player was away. */
  learnEnd({ match, ...end }: OverMessage): void {
    if (match !== this.#match?.id) return;
    this.#match.session.learnEnd(this.#options.nowMs(), end);
  }

  /** Begins a match, which the caller has to run. */
  begin(beginning: MatchBeginning): PlayedMatch {
    const { control, page, randomBytes } = this.#options;
    const { slot } = beginning;
    const axis = () => page?.axis ?? 0;
    const match = new PlayedMatch({
      ...this.#options,
      ...beginning,
      room: this.#room.code,
      hand: createHand(control, { slot, axis, randomBytes }),
    });
    match.session.watchers = this.#room.watchers;
    this.#match = match;
    this.#change({ startsAtMs: null, rematch: null, trouble: "" });
    return match;
  }

  /** Tells and shows what the match has done; to be called after each advance. */
  update(): void {
    const { page, nowMs, onConfirmed } = this.#options;
    const match = this.#match;
    if (!match) return;
    for (const event of match.update()) this.#tell(event, match);
    const { play, isReturning } = match.session;
    if (play) onConfirmed(play.confirmedTick);
    else if (isReturning) onConfirmed(-1);
    if (play) page?.showStates(() => statesOf(play));
    if (nowMs() - this.#shownMs < VIEW_EVERY_MS) return;
    this.#shownMs = nowMs();
    match.noteAway();
    page?.show();
  }

  #tell(event: SessionEvent, match: PlayedMatch): void {
    if (event.kind === "over") this.#finish(event.outcome, match);
    if (event.kind === "claim") {
      this.#options.onClaim({ match: match.id, ...event.claim });
    }
    // Of two, the match ends, and leaves its own.
    if (event.kind === "difference" && match.seats.players.length > 2) {
      this.#keepEvidence(match, `${event.difference.tick}`);
    }
    if (event.kind === "era") {
      const { era, seats } = event;
      this.#options.onEra({ era, seats });
    }
  }

  #finish(outcome: Outcome, match: PlayedMatch): void {
    const { onResult, onDesync, onDecided } = this.#options;
    const { reason, ...result } = resultOf({ ...this.#now, match }, outcome);
    const { lateSlots } = match.session.opening.failure ?? {};
    const isDecided = reason === "finished" || reason === "walkover";
    // What the lobby told needs no report.
    if (isDecided && !outcome.score) onDecided({ ...result, reason });
    if (reason === "not ready" && lateSlots) {
      onDecided({ ...result, reason, lateSlots });
    }
    const evidence = reason === "desync" ? this.recording() : undefined;
    if (evidence) onDesync(evidence);
    onResult({ ...result, reason });
    this.#change({ rematch: { wanted: [], gone: [], isLobbyGone: false } });
  }

  /** `what` tells it from other evidence of the same match. */
  #keepEvidence(match: PlayedMatch, what: string): void {
    const bytes = match.evidence();
    if (!bytes) return;
    const name = { match: `${match.id}-${what}`, slot: match.seats.me };
    this.#options.onDesync({
      name: replayFileName(name),
      body: new Uint8Array(bytes),
    });
  }

  #change(news: Partial<RoomNow>): void {
    this.#room = { ...this.#room, ...news };
    this.#options.page?.show();
  }

  get #seats(): Seats {
    return this.#match?.seats ?? this.#roomSeats;
  }

  get #now(): Shown & { readonly match: PlayedMatch | undefined } {
    const { nowMs, localBotIds } = this.#options;
    return {
      nowMs: nowMs(),
      room: { ...this.#room, localBotIds: localBotIds() },
      seats: this.#seats,
      match: this.#match,
    };
  }
}

/** The newest confirmed state and all predicted ones since, the newest last. */
function statesOf(play: Play): readonly State[] {
  return Array.from(
    { length: play.newestTick - play.confirmedTick + 1 },
    (_, i) => play.stateAt(play.confirmedTick + i),
  );
}
