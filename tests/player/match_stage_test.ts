/**
 * Stages of a room and its matches, without page and lobby: two of them play over a network in
 * virtual time, and what each tells and shows is looked at.
 *
 * @module
 */
import { expect } from "@std/expect";
import { BALL_X, type State, TICK } from "../../game/state.ts";
import type { RosterMessage, StartMessage } from "../../net/lobby/protocol.ts";
import type { Outcome } from "../../net/match/outcome.ts";
import type { Control } from "../../net/player/hand.ts";
import {
  MatchStage,
  type MatchStageOptions,
} from "../../net/player/match_stage.ts";
import type { PlayedMatch } from "../../net/player/played_match.ts";
import { sidesOf } from "../../net/recording/dispute.ts";
import { openReplay } from "../../net/recording/replay.ts";
import {
  type VerifiedMatch,
  verifyRecording,
} from "../../net/recording/verified_match.ts";
import {
  SimulatedNetwork,
  type SimulatedTransport,
} from "../../net/simulation/simulated.ts";
import {
  NO_TRANSPORT_FAULTS,
  type TransportFaults,
} from "../../net/transport/faulty.ts";
import { NO_FAULTS } from "../../net/transport/link_faults.ts";
import { PLAYERS, rulesFor, startOf } from "./matches.ts";

const HUMAN: Control = { kind: "human", assets: new Map() };
const BOT: Control = { kind: "bot", skill: "hard" };

/** A network, and what stages say to the outside; each line names who says what. */
function createTable(controls: readonly Control[]) {
  const network = new SimulatedNetwork({
    random: () => 0.5,
    faults: () => ({ ...NO_FAULTS, delayMs: 20 }),
  });
  const said: unknown[][] = [];
  const seats = controls.map((control, slot) => {
    const page = {
      axis: 0,
      isInspected: false,
      shown: 0,
      states: (): readonly State[] => [],
      show: () => page.shown++,
      showStates: (statesNow: () => readonly State[]) =>
        page.states = statesNow,
    };
    const say = (what: string) => (news: unknown) =>
      void said.push([slot, what, news]);
    const options: MatchStageOptions = {
      page,
      control,
      welcome: {
        id: `p${slot}`,
        slot: 3 - slot,
        room: "ABCDEF",
        rules: rulesFor(2),
      },
      localBotIds: () => ["p1"],
      invite: "pong play",

      canLeave: true,
      nowMs: () => network.nowMs,
      randomBytes: (length) => new Uint8Array(length).fill(slot + 1),
      onRequest: say("request"),
      onClaim: say("claim"),
      onEra: say("era"),
      onConfirmed: () => {},
      onDecided: say("decided"),
      onResult: say("result"),
      onDesync: say("desync"),
    };
    return { page, stage: new MatchStage(options) };
  });
  return { network, said, seats };
}

type Table = ReturnType<typeof createTable>;

interface Running {
  readonly match: PlayedMatch;
  readonly transport: SimulatedTransport;
  readonly faulty: { faults: TransportFaults };
}

function begin(table: Table, match = "m-1"): readonly Running[] {
  const start = startOf(table.seats.length, match);
  return table.seats.map((_, slot) => beginAt(table, slot, start));
}

/** Begins for the seat's first process or, in a higher epoch, for another one that takes it again. */
function beginAt(
  { network, seats }: Table,
  slot: number,
  start: StartMessage,
): Running {
  const epoch = start.players.find((player) => player.slot === slot)?.epoch ??
    0;
  const transport = network.open({ slot, epoch });
  const faulty = { faults: NO_TRANSPORT_FAULTS };
  const isResumed = epoch > 0;
  const match = seats[slot].stage
    .begin({ start, slot, transport, faulty, isResumed });
  return { match, transport, faulty };
}

/** Lets time pass, a millisecond at a time, until the condition holds; throws after ten minutes. */
function run(
  { network, seats }: Table,
  running: readonly Running[],
  isReached: () => boolean,
): void {
  const untilMs = network.nowMs + 600_000;
  while (!isReached()) {
    network.nowMs++;
    if (network.nowMs > untilMs) throw new Error("It never came to that.");
    running.forEach(({ match, transport }, slot) => {
      const { session } = match;
      for (const received of transport.receive()) session.receive(received);
      if (network.nowMs < session.nextTickMs) return;
      session.isLinkUp = transport.link.up;
      const packets = session.advance(network.nowMs, match.input());
      for (const packet of packets) transport.send(packet);
      seats[slot].stage.update();
    });
  }
}

function runFor(table: Table, running: readonly Running[], ms: number): void {
  const untilMs = table.network.nowMs + ms;
  run(table, running, () => table.network.nowMs >= untilMs);
}

/** Plays on until all have an outcome, and returns the first one's. */
function finish(table: Table, running: readonly Running[]): Outcome {
  run(
    table,
    running,
    () => running.every(({ match }) => match.session.outcome !== undefined),
  );
  const { outcome } = running[0].match.session;
  if (outcome === undefined) throw new Error("There is no outcome.");
  return outcome;
}

/** What the recording that a stage offers is proven to hold. */
function recordedBy(stage: MatchStage): VerifiedMatch {
  const { body = new Uint8Array() } = stage.recording() ?? {};
  return verifyRecording(body);
}

Deno.test("a match ends with one result, which each stage tells once, shows and records", () => {
  const table = createTable([HUMAN, BOT]);
  const [ada, mia] = table.seats;

  const { winner, confirmedTick, hash } = finish(table, begin(table));

  const score = [0, 1].map((slot) => slot === winner ? 1 : 0);
  const result = { match: "m-1", winner, score, confirmedTick, hash };
  expect(winner).not.toBeNull();
  expect(table.said.toSorted()).toEqual([0, 1].flatMap((slot) => [
    [slot, "decided", { ...result, reason: "finished" }],
    [slot, "result", { ...result, reason: "finished" }],
  ]));
  expect(ada.stage.view()).toMatchObject({
    phase: "over",
    me: 0,
    players: [{ name: "Ada" }, { name: "Mia", isLocalBot: true }],
    rematch: { wanted: [], gone: [], isLobbyGone: false },
    isRecorded: true,
  });
  expect(mia.stage.status())
    .toMatchObject({ phase: "over", slot: 1, winner, transport: "relay" });
  expect(ada.page.states().map((state) => state[TICK]))
    .toContain(confirmedTick);
  for (const [slot, { stage }] of table.seats.entries()) {
    expect(stage.recording()?.name).toBe(`m-1-${slot}.pong-replay`);
    expect(recordedBy(stage)).toMatchObject({
      header: {
        ...{ match: "m-1", room: "ABCDEF", recordedBy: slot },
        players: [{ name: "Ada" }, { name: "Mia" }],
      },
      result: { winner, confirmedTick, hash },
      isIncomplete: false,
    });
  }
});

Deno.test("a person's paddle goes where the page says, and a bot's by itself", () => {
  const table = createTable([HUMAN, BOT]);
  const running = begin(table);
  const [{ page }] = table.seats;
  page.axis = 127;

  run(
    table,
    running,
    () => (running[0].match.session.play?.confirmedTick ?? 0) >= 200,
  );

  const { play } = running[0].match.session;
  const inputs = [0, 1].map((slot) =>
    Array.from({ length: 190 }, (_, i) => play?.inputAt(slot, i + 10))
  );
  expect(new Set(inputs[0])).toEqual(new Set([127]));
  expect(new Set(inputs[1]).size).toBeGreaterThan(1);
});

Deno.test("a view is offered to the page twenty times a second, and at once when the room changes", () => {
  const table = createTable([HUMAN, BOT]);
  const running = begin(table);
  const [{ page, stage }] = table.seats;
  runFor(table, running, 1000);
  page.shown = 0;

  runFor(table, running, 3000);

  expect(page.shown).toBeGreaterThan(40);
  expect(page.shown).toBeLessThan(62);
  page.shown = 0;
  stage.setWatchers(3);
  stage.setRematch({ wanted: [1], gone: [], isLobbyGone: false });
  expect(page.shown).toBe(2);
  expect(stage.view().watchers).toBe(3);
  expect(running[0].match.session.watchers).toBe(3);
});

Deno.test("a stage shows the room, in whose roster it finds its own slot", () => {
  const { network, seats: [, { stage }] } = createTable([HUMAN, HUMAN]);
  const players = PLAYERS.slice(0, 2)
    .map((player) => ({ ...player, isReady: true, rttMs: 5 })).toReversed();
  const roster: RosterMessage = {
    ...{ type: "roster", room: "ABCDEF", players, rules: rulesFor(3) },
    ...{ watchers: 2, startsInMs: null },
  };
  network.nowMs = 5000;
  expect(stage.view()).toMatchObject({ me: 2, players: [] });

  stage.gather(roster);

  expect(stage.view()).toMatchObject({
    phase: "lobby",
    ...{ room: "ABCDEF", invite: "pong play", canLeave: true },
    ...{ me: 1, watchers: 2, secondsLeft: null },
    rules: { players: 3 },
    players: [{ slot: 0, name: "Ada" }, { slot: 1, name: "Mia" }],
  });
  expect(stage.recording()).toBeUndefined();
  expect([0, 1, 2].map((slot) => stage.idAt(slot))).toEqual(["p0", "p1", ""]);
  stage.gather({ ...roster, players: players.slice(1), startsInMs: 7000 });
  expect(stage.view()).toMatchObject({ me: 1, secondsLeft: 7 });
});

Deno.test("a stage worsens its own transport, and hands on what else the page asks for", () => {
  const table = createTable([HUMAN, HUMAN]);
  const [{ stage }] = table.seats;
  const faults = { latencyMs: 9, jitterMs: 1, lossPercent: 50, isCut: true };
  stage.take({ kind: "faults", faults });

  const [{ faulty }, other] = begin(table);
  stage.take({ kind: "faults", faults });
  stage.take({ kind: "rematch" });

  expect(faulty.faults).toEqual({
    ...NO_TRANSPORT_FAULTS,
    ...{ delayMs: 9, jitterMs: 1, loss: 0.5, cut: "both" },
  });
  expect(other.faulty.faults).toEqual(NO_TRANSPORT_FAULTS);
  expect(table.said).toEqual([[0, "request", { kind: "rematch" }]]);
  stage.take({ kind: "faults", faults: { ...faults, isCut: false } });
  expect(faulty.faults.cut).toBe("none");
});

Deno.test("an inspected view tells the deepest rollback since the one before", () => {
  const table = createTable([HUMAN, BOT]);
  const running = begin(table);
  const [{ stage, page }] = table.seats;
  const faults = { latencyMs: 9, jitterMs: 1, lossPercent: 50, isCut: false };
  stage.take({ kind: "faults", faults });
  runFor(table, running, 5000);

  const before = stage.view();
  page.isInspected = true;
  const views = [stage.view(), stage.view()];

  expect(before.network).toBeNull();
  expect(views[0].network?.faults).toEqual(faults);
  expect(views[0].network?.rollbackTicks).toBeGreaterThan(0);
  expect(views[1].network?.rollbackTicks).toBe(0);
});

Deno.test("half of a match puts its claim before the witness, which is told of which match", () => {
  const table = createTable([HUMAN, HUMAN]);
  const running = begin(table);
  runFor(table, running, 2000);

  runFor(table, running.slice(0, 1), 25_000);

  const claims = table.said.filter(([, what]) => what === "claim");
  expect(claims[0]).toMatchObject([0, "claim", { match: "m-1", era: 1 }]);
  expect(table.seats[0].stage.view().players[1]).toMatchObject({
    state: "suspect",
    awaySeconds: 24,
  });
});

Deno.test("a link that is down is shown as it was when the match last looked", () => {
  const table = createTable([HUMAN, HUMAN]);
  const running = begin(table);
  const [{ transport }] = running;
  const [{ stage }] = table.seats;
  runFor(table, running, 2000);
  transport.link = { up: false, detail: "The broker is gone." };
  runFor(table, running, 100);

  expect(stage.view().notice).toBe("The broker is gone.");
  transport.link = { up: true, detail: "" };
  runFor(table, running, 100);
  expect(stage.view().notice).toBe("");
  void transport[Symbol.asyncDispose]();
  expect(stage.view().notice).toBe("");
});

Deno.test("who was out of a match goes on with its hashes and its recording where it comes back", () => {
  const table = createTable([BOT, BOT, BOT]);
  const running = begin(table);
  const [, , { match, transport }] = running;
  runFor(table, running, 3000);
  // The others drop whom they don't hear, and go on; what it sends is heard again later.
  const [send, receive] = [transport.send, transport.receive];
  transport.send = () => {};
  transport.receive = () => [];
  runFor(table, running, 4000);
  expect(running[0].match.session.play?.era).toBe(1);
  transport.send = send;
  transport.receive = receive;
  run(table, running, () => (match.session.play?.era ?? 0) === 2);
  runFor(table, running, 3000);

  const hashes = running.map(({ match: { log } }) => new Map(log.hashes()));
  const common = [...hashes[2]].filter(([tick]) => hashes[0].has(tick));
  expect(common.length).toBeGreaterThan(100);
  for (const [tick, hash] of common) expect(hashes[0].get(tick)).toBe(hash);
  expect(recordedBy(table.seats[2].stage).segments.length).toBe(2);
  expect(recordedBy(table.seats[0].stage).segments.length).toBe(1);
});

Deno.test("a process that takes a seat again records from where it is taken back", () => {
  const table = createTable([BOT, BOT, BOT]);
  const [ada, mia, dead] = begin(table);
  const { session } = ada.match;
  runFor(table, [ada, mia, dead], 3000);
  void dead.transport[Symbol.asyncDispose]();
  run(table, [ada, mia], () => session.play?.era === 1);
  const start = startOf(3, "m-1");
  const players = start.players.map((player) => ({
    ...player,
    epoch: player.slot === 2 ? 1 : 0,
  }));

  const resumed = beginAt(table, 2, { ...start, players });
  const [, , { stage }] = table.seats;
  const { phase } = stage.view();
  run(table, [ada, mia, resumed], () => session.play?.era === 2);
  runFor(table, [ada, mia, resumed], 2000);

  expect([phase, stage.view().phase]).toEqual(["paused", "playing"]);
  const { header, segments } = recordedBy(stage);
  expect(header.seed).toBeNull();
  expect(segments.length).toBe(1);
});

Deno.test("another match on the same stage begins anew", () => {
  const table = createTable([HUMAN, BOT]);
  const [{ stage, page }] = table.seats;
  finish(table, begin(table));
  stage.setRematch({ wanted: [1], gone: [], isLobbyGone: false });
  stage.setLobbyGone(true);
  expect(stage.view().rematch)
    .toEqual({ wanted: [1], gone: [], isLobbyGone: true });
  stage.setWatchers(4);
  page.shown = 0;

  const [{ match }] = begin(table, "m-2");

  expect(page.shown).toBe(1);

  expect(match.session.watchers).toBe(4);
  expect(stage.match).toBe(match);
  expect(stage.view()).toMatchObject({
    ...{ phase: "syncing", match: "m-2", winner: null, rematch: null },
    ...{ notice: "", isRecorded: false },
  });
  stage.setLobbyGone(true);
  expect(stage.view().rematch).toBeNull();
  expect(stage.recording()).toBeUndefined();
});

Deno.test("two stages that hold different states tell so, with the evidence", () => {
  const table = createTable([HUMAN, BOT]);
  const running = begin(table);
  runFor(table, running, 2000);
  const [{ match: { session: { play } } }] = running;
  const { confirmedTick = 0, newestTick = -1 } = play ?? {};
  for (let tick = confirmedTick; tick <= newestTick; tick++) {
    const state = play?.stateAt(tick) ?? [];
    state[BALL_X]++;
  }

  expect(finish(table, running).reason).toBe("desync");

  const told = table.said.filter(([, what]) => what === "desync");
  expect(told).toMatchObject([
    [0, "desync", { name: "m-1-0.pong-replay" }],
    [1, "desync", { name: "m-1-1.pong-replay" }],
  ]);
  for (const { stage } of table.seats) {
    const replay = openReplay(stage.recording()?.body ?? new Uint8Array());
    expect(sidesOf(replay).toSorted((a, b) => a.slot - b.slot)).toEqual([
      { slot: 0, hashes: `differ from tick ${confirmedTick + 1} on` },
      { slot: 1, hashes: "equal" },
    ]);
    expect(replay.match.result?.reason).toBe("desync");
  }
  expect(table.said.filter(([, what]) => what === "finished")).toEqual([]);
});
