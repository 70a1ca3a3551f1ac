/**
 * One watcher's process: follows a room's matches, and shows them without taking part.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import type { LobbyAddress } from "../link/dial.ts";
import { messageOf, NetworkError } from "../link/network_error.ts";
import { aborted, pause } from "../link/pause.ts";
import type {
  RosterMessage,
  SeatedPlayer,
  StartMessage,
} from "../lobby/protocol.ts";
import { type LobbyWatch, watchLobby } from "../lobby/watch.ts";
import {
  openProcessPage,
  type PageAddresses,
  type ProcessPage,
  type ProcessPageOptions,
} from "../page/process_page.ts";
import type { View } from "../page/protocol.ts";
import { EMPTY_VIEW, type Stage, type StageView } from "../page/stage.ts";
import { openWatchTransport } from "../transport/open.ts";
import { type WatchedOutcome, Watching } from "./watching.ts";

const log = getLogger(["pong", "watcher"]);

/** Players of whom nothing is heard for so long won't come back. */
const SILENCE_SECONDS_MAX = 60;
/** How often arrivals are looked for between ticks. */
const LOOK_EVERY_MS = 4;

export interface WatcherOptions extends
  Pick<
    ProcessPageOptions,
    "assets" | "pagePort" | "isLan" | "nowMs" | "randomBytes"
  > {
  readonly lobby: LobbyAddress;
  /** The hosts of brokers to which the person has agreed, besides the lobby's. */
  readonly brokerHosts?: readonly string[] | undefined;
  /** If not given, that of the match that began last. */
  readonly room?: string | undefined;
  /** The authorities that may vouch for a broker, in PEM; those that the system knows if absent. */
  readonly brokerCa?: string | undefined;
  /** Whether to wait for the players' next match after one. */
  readonly stay: boolean;
  readonly signal: AbortSignal;
  /** Called once, when the page can be opened. */
  readonly onServing: (page: PageAddresses) => void;
}

/**
 * Watches until `signal` aborts or, without `stay`, a match is over. Returns how the last one
 * ended.
 *
 * @throws NetworkError or JoinError when the lobby can't be reached or refuses.
 */
export async function watchMatches(
  options: WatcherOptions,
): Promise<WatchedOutcome | undefined> {
  const { lobby, room, signal } = options;
  const links = new AbortController();
  const stop = () => links.abort();
  signal.addEventListener("abort", stop, { once: true });
  signal.throwIfAborted();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => signal.removeEventListener("abort", stop));
  const watch = stack.use(
    await watchLobby({ ...lobby, room, signal: links.signal }),
  );
  const stage = new WatchStage(watch.watching);
  const page = stack.use(
    await openProcessPage({
      ...options,
      stage,
    }),
  );
  options.onServing(page);
  return await follow(watch, { stage, page, options, links });
}

/** Does what the lobby's messages ask for, until its connection has ended. */
async function follow(
  watch: LobbyWatch,
  { stage, page, options, links }: {
    readonly stage: WatchStage;
    readonly page: ProcessPage;
    readonly options: WatcherOptions;
    readonly links: AbortController;
  },
): Promise<WatchedOutcome | undefined> {
  let match: Promise<void> | undefined;
  let failure: unknown;
  let current = new AbortController();
  // With a lobby that was away comes another start, whose token is good there.
  let isStartAwaited = false;

  async function play(start: StartMessage): Promise<void> {
    const signal = AbortSignal.any([links.signal, current.signal]);
    try {
      await watchMatch(start, { stage, page, options, signal });
    } catch (error) {
      if (!signal.aborted) failure = error;
    }
    if (isStartAwaited) failure = undefined;
    else if (!options.stay || failure) links.abort();
  }

  for (;;) {
    const event = await watch.next();
    switch (event.kind) {
      case "roster":
        stage.gather(event.roster);
        break;
      case "watchers":
        stage.watchers = event.count;
        break;
      case "again":
        break;
      case "link":
        isStartAwaited ||= event.trouble !== "";
        log.warn("{news}", { news: event.trouble || "The lobby is back." });
        if (match === undefined) stage.notice = event.trouble;
        break;
      case "start":
        isStartAwaited = false;
        stage.notice = "";
        current.abort();
        await match;
        current = new AbortController();
        match = play(event.start);
        break;
      case "refused":
        log.warn("The lobby says: {message}", { message: event.message });
        stage.notice = event.message;
        page.show();
        if (match === undefined) throw new NetworkError(event.message);
        // What there was to see stays on the page.
        if (options.stay) await aborted(options.signal);
        links.abort();
        await match;
        return stage.outcome;
      case "left":
        await match;
        if (failure !== undefined) throw failure;
        return stage.outcome;
    }
    page.show();
  }
}

/** Shows one match to its end. */
async function watchMatch(
  start: StartMessage,
  { stage, page, options, signal }: {
    readonly stage: WatchStage;
    readonly page: ProcessPage;
    readonly options: WatcherOptions;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { nowMs } = options;
  await using transport = await openWatchTransport({
    ...options,
    start,
    signal,
  });
  const players = start.players.toSorted((a, b) => a.slot - b.slot);
  const watching = new Watching({
    rules: start.rules,
    epochs: players.map(({ epoch }) => epoch),
    nowMs: nowMs(),
  });
  stage.begin(start, watching);
  let isOver = false;
  const end = (why: string) => {
    stage.notice = why;
    isOver = true;
  };
  void transport.closed.then((reason) => {
    if (reason.kind === "failed") end(reason.message);
  });
  let shownTick: number | undefined;
  while (!signal.aborted && !watching.outcome && !isOver) {
    const untilMs = Math.min(watching.nextTickMs - nowMs(), LOOK_EVERY_MS);
    await pause(Math.max(0, untilMs), signal);
    try {
      for (const received of transport.receive()) watching.receive(received);
      watching.advance(nowMs());
    } catch (error) {
      // Nothing that others send should come so far; if it does, it ends this match and no more.
      const why = messageOf(error);
      end(`This program made a mistake: ${why}`);
      log.error("{why}", { why: stage.notice });
      return;
    }
    const { state, tick } = watching;
    if (state && tick !== shownTick) {
      shownTick = tick;
      page.showStates(() => [state]);
    }
    stage.link = transport.link.detail;
    if (watching.secondsSinceNews >= SILENCE_SECONDS_MAX) {
      end("Nothing has been heard from the players for a minute.");
    }
    page.show();
  }
}

/** What the page shows to a watcher. */
class WatchStage implements Stage {
  watchers = 0;
  /** Why there is nothing to see any more; empty while there may be. */
  notice = "";
  /** What troubles the way to the players; empty where nothing does. */
  link = "";

  #room: string;
  #rules: View["rules"];
  #players: readonly SeatedPlayer[] = [];
  #match = "";
  #transport = "";
  #watching: Watching | undefined;

  constructor(
    { room, rules }: { readonly room: string; readonly rules: View["rules"] },
  ) {
    this.#room = room;
    this.#rules = rules;
  }

  get outcome(): WatchedOutcome | undefined {
    return this.#watching?.outcome;
  }

  gather({ room, players, rules, watchers }: RosterMessage): void {
    this.#room = room;
    this.#players = players.toSorted((a, b) => a.slot - b.slot);
    this.#rules = rules;
    this.watchers = watchers;
  }

  begin(
    { match, rules, players, transport }: StartMessage,
    watching: Watching,
  ): void {
    this.#match = match;
    this.#rules = rules;
    this.#transport = transport.kind;
    this.#players = players.toSorted((a, b) => a.slot - b.slot);
    this.#watching = watching;
  }

  view(): StageView {
    const watching = this.#watching;
    return {
      ...EMPTY_VIEW,
      role: "watcher",
      phase: watching?.phase ?? "lobby",
      room: this.#room,
      match: this.#match,
      transport: this.#transport,
      rules: this.#rules,
      players: this.#players.map((player) => this.#playerOf(player)),
      waitingFor: watching?.waitingFor ?? [],
      winner: watching?.outcome?.winner ?? null,
      reason: watching?.outcome?.reason ?? null,
      notice: this.notice || this.link,
      watchers: this.watchers,
    };
  }

  status(): unknown {
    const watching = this.#watching;
    const { players, phase, room, match, winner, reason } = this.view();
    return {
      ...{ role: "watcher", phase, room, match, players, winner, reason },
      tick: watching?.tick ?? 0,
      confirmedTick: watching?.log.tick ?? 0,
      hashes: watching?.log.hashes() ?? [],
      watchers: this.watchers,
      stats: watching?.stats,
    };
  }

  take(): void {}

  recording(): undefined {
    return undefined;
  }

  #playerOf(player: SeatedPlayer): View["players"][number] {
    const { slot, id, name, look, isBot } = player;
    const watching = this.#watching;
    const lives = this.#rules.players === 2 ? 0 : this.#rules.lives;
    const state = watching
      ? watching.linkStateOf(slot)
      : player.isReady
      ? "ready"
      : "waiting";
    const isAway = state === "away" || state === "suspect";
    return {
      ...{ slot, id, name, look, isBot, state },
      isLocalBot: false,
      score: watching?.scores[slot] ?? lives,
      rttMs: watching ? null : player.rttMs ?? null,
      jitterMs: null,
      awaySeconds: watching && isAway
        ? Math.floor(watching.silentMs(slot) / 1000)
        : null,
    };
  }
}
