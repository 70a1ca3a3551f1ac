/**
 * What a page is about at the moment: a start screen, a room and its matches, a match that is
 * watched, or a replay.
 *
 * @module
 */
import { DEFAULT_RULES } from "../../game/court.ts";
import type { Asset } from "./assets.ts";
import type { View } from "./protocol.ts";
import type { PageRequest } from "./server.ts";

/** What a stage shows; `process_page.ts` adds the rest of a view. */
export type StageView = Omit<View, "phoneUrl" | "preferences">;

/** A view of nothing; each stage overrides what it knows. */
export const EMPTY_VIEW: StageView = {
  role: "player",
  phase: "start",
  me: -1,
  room: "",
  invite: "",
  match: "",
  transport: "",
  rules: DEFAULT_RULES,
  players: [],
  waitingFor: [],
  secondsLeft: null,
  winner: null,
  reason: null,
  notice: "",
  inputDelayTicks: 0,
  watchers: 0,
  otherRooms: [],
  start: null,
  rematch: null,
  statistics: null,
  replay: null,
  network: null,
  isRecorded: false,
  canLeave: false,
};

/** What the page is about at the moment. */
export interface Stage {
  /** What to show now; asked for at any time. */
  view(): StageView;
  /** The answer to `GET /status`. */
  status(): unknown;
  /** Hears what a page asks for; ignores what makes no sense now. */
  take(request: PageRequest): void;
  /** Hears whether somebody is at a page: when the stage begins, and when that changes. */
  attend?(isAttended: boolean): void;
  /** What `GET /replay` gives; `undefined` where there is nothing to save. */
  recording(): Asset | undefined;
}
