/**
 * Shows a recording on the page, and lets the page steer it.
 *
 * @module
 */
import { TICK_MS } from "../../game/court.ts";
import { OVER, PHASE } from "../../game/state.ts";
import { pause } from "../link/pause.ts";
import type { Asset } from "../page/assets.ts";
import {
  openProcessPage,
  type PageAddresses,
  type ProcessPageOptions,
} from "../page/process_page.ts";
import type { View } from "../page/protocol.ts";
import type { PageRequest } from "../page/server.ts";
import { EMPTY_VIEW, type Stage, type StageView } from "../page/stage.ts";
import { sidesOf } from "./dispute.ts";
import type { Replay } from "./replay.ts";

export interface ReplayStageOptions extends
  Pick<
    ProcessPageOptions,
    "assets" | "pagePort" | "isLan" | "nowMs" | "randomBytes"
  > {
  readonly replay: Replay;
  readonly signal: AbortSignal;
  /** Called once, when the page can be opened. */
  readonly onServing: (page: PageAddresses) => void;
}

/** What `pong replay --check` prints of a recording that is sound. */
export function summaryOf(replay: Replay): Record<string, unknown> {
  const { header, segments, statistics, chains, result } = replay.match;
  return {
    match: header.match,
    players: header.players.map(({ name }) => name),
    winner: result?.winner ?? null,
    reason: result?.reason ?? null,
    confirmedTick: segments[segments.length - 1].lastTick,
    hash: result?.hash ?? null,
    isIncomplete: replay.view.isIncomplete,
    isUnfinished: replay.view.isUnfinished,
    ...statistics,
    ...(chains.length > 0 && { sides: sidesOf(replay) }),
  };
}

/** Serves a page on which the recording plays and can be steered, until `signal` aborts. */
export async function showReplay(options: ReplayStageOptions): Promise<void> {
  const { replay, nowMs, signal, onServing } = options;
  await using page = await openProcessPage({
    ...options,
    stage: replayStage(replay),
  });
  onServing(page);
  replay.run(true);
  let shownTick = -1;
  while (!signal.aborted) {
    replay.advance(nowMs());
    if (replay.tick !== shownTick) {
      shownTick = replay.tick;
      page.showStates(() => [replay.state]);
    }
    page.show();
    await pause(TICK_MS / 2, signal);
  }
}

function replayStage(replay: Replay): Stage {
  return {
    view: () => viewOf(replay),
    status: () => ({ role: "replay", ...replay.view }),
    take: (request) => steer(replay, request),
    recording: (): Asset | undefined => undefined,
  };
}

function viewOf(replay: Replay): StageView {
  const { header, statistics, result } = replay.match;
  const isOver = replay.state[PHASE] === OVER;
  return {
    ...EMPTY_VIEW,
    role: "replay",
    phase: isOver ? "over" : "playing",
    room: header.room,
    match: header.match,
    rules: header.rules,
    players: playersOf(replay),
    winner: isOver ? result?.winner ?? null : null,
    reason: isOver ? "finished" : null,
    replay: replay.view,
    statistics: isOver
      ? { ...statistics, rollbacks: 0, resimulatedTicks: 0 }
      : null,
  };
}

function playersOf({ match, scores }: Replay): View["players"] {
  return match.header.players.map(({ slot, name, look, isBot }) => ({
    slot,
    id: `${slot}`,
    name,
    look,
    isBot,
    isLocalBot: false,
    score: scores[slot],
    state: "ok",
    rttMs: null,
    jitterMs: null,
    awaySeconds: null,
  }));
}

function steer(replay: Replay, request: PageRequest): void {
  switch (request.kind) {
    case "run":
      return replay.run(request.isRunning);
    case "speed":
      return replay.setSpeed(request.speed);
    case "seek":
      return replay.seek(request.tick);
    default: // Of a match.
  }
}
