/**
 * Stages of a room and its matches, without page and lobby, over a network in virtual time.
 *
 * @module
 */
import { expect } from "@std/expect";
import { BALL_X, type State, TICK } from "../../game/state.ts";
import type { RosterMessage } from "../../net/lobby/protocol.ts";
import type { Outcome } from "../../net/match/outcome.ts";
import type { Control } from "../../net/player/hand.ts";
import { MatchStage } from "../../net/player/match_stage.ts";
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
import {
  KEY_SEED_BYTES,
  privateKeyOf,
} from "../../net/transport/signing_keys.ts";
import { PLAYERS, rulesFor, startOf } from "./matches.ts";

const HUMAN: Control = { kind: "human", assets: new Map() };
const BOT: Control = { kind: "bot", skill: "hard" };

interface Running {
  readonly stage: MatchStage;
  readonly match: PlayedMatch;
  readonly transport: SimulatedTransport;
  readonly faulty: { faults: TransportFaults };
}

/** Stages on one network, and what they say to the outside; each line names who says what. */
function createTable(...controls: readonly Control[]) {
  const network = new SimulatedNetwork({
    random: () => 0.5,
    faults: () => ({ ...NO_FAULTS, delayMs: 20 }),
  });
  const said: unknown[][] = [];
  const seats = controls.map((control, slot) => {
    const page = {
      ...{ axis: 0, isInspected: false, shown: 0 },
      states: (): readonly State[] => [],
      show: () => page.shown++,
      showStates: (states: () => readonly State[]) => page.states = states,
    };
    const say = (what: string) => (news: unknown) =>
      void said.push([slot, what, news]);
    const seat = { id: `p${slot}`, slot: 3 - slot, room: "ABCDEF" };
    const stage = new MatchStage({
      ...{ page, control, welcome: { ...seat, rules: rulesFor(2) } },
      ...{ localBotIds: () => ["p1"], inviteTo: (room) => `pong ${room}` },
      ...{ canLeave: true, nowMs: () => network.nowMs },
      randomBytes: (length) => new Uint8Array(length).fill(slot + 1),
      onAttention: say("attention"),
      ...{ onRequest: say("request"), onClaim: say("claim") },
      ...{ onEra: say("era"), onConfirmed: () => {} },
      ...{ onDecided: say("decided"), onResult: say("result") },
      onDesync: say("desync"),
    });
    return { page, stage };
  });
  const running: Running[] = [];

  /** Begins for the seat's first process or, in a higher epoch, for one that takes it again. */
  const beginAt = (slot: number, epoch: number, match = "m-1"): Running => {
    const start = startOf(controls.length, match);
    const players = start.players
      .map((player) => player.slot === slot ? { ...player, epoch } : player);
    const { stage } = seats[slot];
    const transport = network.open({ slot, epoch });
    const faulty = { faults: NO_TRANSPORT_FAULTS };
    const begun = stage.begin({
      privateKey: privateKeyOf(new Uint8Array(KEY_SEED_BYTES).fill(slot)),
      ...{ start: { ...start, players }, slot, transport, faulty },
      isResumed: epoch > 0,
    });
    return running[slot] = { stage, match: begun, transport, faulty };
  };
  const begin = (match?: string) => seats.map((_, i) => beginAt(i, 0, match));

  /** Lets time pass, a millisecond at a time, until it holds; throws after ten minutes. */
  const run = (isReached: () => boolean, who: readonly Running[] = running) => {
    const untilMs = network.nowMs + 600_000;
    while (!isReached()) {
      network.nowMs++;
      if (network.nowMs > untilMs) throw new Error("It never came to that.");
      for (const { match, transport, stage } of who) {
        const { session } = match;
        for (const received of transport.receive()) session.receive(received);
        if (network.nowMs < session.nextTickMs) continue;
        session.isLinkUp = transport.link.up;
        const packets = session.advance(network.nowMs, match.input());
        for (const packet of packets) transport.send(packet);
        stage.update();
      }
    }
  };
  const runFor = (ms: number, who?: readonly Running[]) => {
    const untilMs = network.nowMs + ms;
    run(() => network.nowMs >= untilMs, who);
  };
  /** Plays on until all have an outcome, and returns the first one's. */
  const finish = (): Outcome => {
    run(() =>
      running.every(({ match }) => match.session.outcome !== undefined)
    );
    const { outcome } = running[0].match.session;
    if (outcome === undefined) throw new Error("There is no outcome.");
    return outcome;
  };
  const told = (what: string) => said.filter(([, it]) => it === what);
  return { network, said, told, seats, begin, beginAt, run, runFor, finish };
}

/** What the recording that a stage offers is proven to hold. */
function recordedBy(stage: MatchStage): VerifiedMatch {
  return verifyRecording(stage.recording()?.body ?? new Uint8Array());
}

Deno.test("a match ends with one result, which each stage tells once, shows and records", () => {
  const table = createTable(HUMAN, BOT);
  const [ada, mia] = table.seats;
  table.begin();

  const { winner, confirmedTick, hash } = table.finish();

  const score = [0, 1].map((slot) => slot === winner ? 1 : 0);
  const result = { match: "m-1", winner, score, confirmedTick, hash };
  expect(winner).not.toBeNull();
  expect(table.said.toSorted()).toEqual([0, 1].flatMap((slot) => [
    [slot, "decided", { ...result, reason: "finished" }],
    [slot, "result", { ...result, reason: "finished" }],
  ]));
  expect(ada.stage.view()).toMatchObject({
    ...{ phase: "over", me: 0, isRecorded: true },
    players: [{ name: "Ada" }, { name: "Mia", isLocalBot: true }],
    rematch: { wanted: [], gone: [], isLobbyGone: false },
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
      ...{ result: { winner, confirmedTick, hash }, isIncomplete: false },
    });
  }
});

Deno.test("a stage tells the lobby who broke off the start", () => {
  const table = createTable(HUMAN, BOT);
  table.beginAt(0, 0);

  const { reason } = table.finish();

  expect(reason).toBe("not ready");
  expect(table.told("decided")).toMatchObject([
    [0, "decided", { winner: null, reason, lateSlots: [1] }],
  ]);
});

Deno.test("a person's paddle goes where the page says, and a bot's by itself", () => {
  const { seats, begin, run } = createTable(HUMAN, BOT);
  const [{ match: { session } }] = begin();
  seats[0].page.axis = 127;

  run(() => (session.play?.confirmedTick ?? 0) >= 200);

  const [human, bot] = [0, 1].map((slot) =>
    Array.from({ length: 190 }, (_, i) => session.play?.inputAt(slot, i + 10))
  );
  expect(new Set(human)).toEqual(new Set([127]));
  expect(new Set(bot).size).toBeGreaterThan(1);
});

Deno.test("a view is offered to the page twenty times a second, and at once when the room changes", () => {
  const { seats: [{ page, stage }], begin, runFor } = createTable(HUMAN, BOT);
  const [{ match }] = begin();
  runFor(1000);
  page.shown = 0;

  runFor(3000);

  expect(page.shown).toBeGreaterThan(40);
  expect(page.shown).toBeLessThan(62);
  page.shown = 0;
  stage.setWatchers(3);
  stage.setRematch({ wanted: [1], gone: [], isLobbyGone: false });
  expect([page.shown, stage.view().watchers, match.session.watchers])
    .toEqual([2, 3, 3]);
});

Deno.test("a stage shows the room, in whose roster it finds its own slot", () => {
  const { network, seats: [, { stage }] } = createTable(HUMAN, HUMAN);
  const players = PLAYERS.slice(0, 2)
    .map((player) => ({ ...player, isReady: true, rttMs: 5 })).toReversed();
  const otherRooms = [{ room: "OTHER", rules: rulesFor(4), present: 2 }];
  stage.setOtherRooms(otherRooms);
  expect(stage.view().otherRooms).toEqual(otherRooms);
  const roster: RosterMessage = {
    ...{ type: "roster", room: "GHIJKL", players, rules: rulesFor(3) },
    ...{ watchers: 2, startsInMs: null },
  };
  network.nowMs = 5000;
  expect(stage.view()).toMatchObject({ me: 2, players: [] });

  stage.gather(roster);

  expect(stage.view()).toMatchObject({
    ...{ phase: "lobby", room: "GHIJKL", invite: "pong GHIJKL" },
    ...{ canLeave: true, otherRooms: [] },
    ...{ me: 1, watchers: 2, secondsLeft: null, rules: { players: 3 } },
    players: [{ slot: 0, name: "Ada" }, { slot: 1, name: "Mia" }],
  });
  expect(stage.recording()).toBeUndefined();
  expect([0, 1, 2].map((slot) => stage.idAt(slot))).toEqual(["p0", "p1", ""]);
  stage.gather({ ...roster, players: players.slice(1), startsInMs: 7000 });
  expect(stage.view()).toMatchObject({ me: 1, secondsLeft: 7 });
});

const FAULTS = { latencyMs: 9, jitterMs: 1, lossPercent: 50, isCut: false };

Deno.test("a stage worsens its own transport, and hands on what else the page asks for", () => {
  const { seats: [{ stage }], begin, said } = createTable(HUMAN, HUMAN);
  const cut = { kind: "faults", faults: { ...FAULTS, isCut: true } } as const;
  stage.take(cut);

  const [{ faulty }, other] = begin();
  stage.take(cut);
  stage.take({ kind: "rematch" });

  expect(faulty.faults).toEqual({
    ...NO_TRANSPORT_FAULTS,
    ...{ delayMs: 9, jitterMs: 1, loss: 0.5, cut: "both" },
  });
  expect(other.faulty.faults).toEqual(NO_TRANSPORT_FAULTS);
  expect(said).toEqual([[0, "request", { kind: "rematch" }]]);
  stage.take({ kind: "faults", faults: FAULTS });
  expect(faulty.faults.cut).toBe("none");
});

Deno.test("an inspected view tells the deepest rollback since the one before", () => {
  const { seats: [{ stage, page }], begin, runFor } = createTable(HUMAN, BOT);
  begin();
  stage.take({ kind: "faults", faults: FAULTS });
  runFor(5000);

  expect(stage.view().network).toBeNull();
  page.isInspected = true;
  const [first, second] = [stage.view().network, stage.view().network];
  expect(first?.faults).toEqual(FAULTS);
  expect(first?.rollbackTicks).toBeGreaterThan(0);
  expect(second?.rollbackTicks).toBe(0);
});

Deno.test("half of a match puts its claim before the witness, which is told of which match", () => {
  const { begin, runFor, told } = createTable(HUMAN, HUMAN);
  const [first] = begin();
  runFor(2000);

  runFor(25_000, [first]);

  expect(told("claim")[0])
    .toMatchObject([0, "claim", { match: "m-1", era: 1 }]);
  expect(first.stage.view().players[1])
    .toMatchObject({ state: "suspect", awaySeconds: 24 });
});

Deno.test("a link that is down is shown as it was when the match last looked", () => {
  const { begin, runFor } = createTable(HUMAN, HUMAN);
  const [{ transport, stage }] = begin();
  runFor(2000);
  transport.link = { up: false, detail: "The broker is gone." };
  runFor(100);

  expect(stage.view().notice).toBe("The broker is gone.");
  transport.link = { up: true, detail: "" };
  runFor(100);
  expect(stage.view().notice).toBe("");
  void transport[Symbol.asyncDispose]();
  expect(stage.view().notice).toBe("");
});

Deno.test("who was out of a match goes on with its hashes and its recording where it comes back", () => {
  const { begin, run, runFor } = createTable(BOT, BOT, BOT);
  const [ada, , { stage, match, transport }] = begin();
  runFor(3000);
  // The others drop whom they don't hear, and go on; what it sends is heard again later.
  const { send, receive } = transport;
  Object.assign(transport, { send: () => {}, receive: () => [] });
  runFor(4000);
  expect(ada.match.session.play?.era).toBe(1);
  Object.assign(transport, { send, receive });
  run(() => match.session.play?.era === 2);
  runFor(3000);

  const theirs = new Map(ada.match.log.hashes());
  const common = match.log.hashes().filter(([tick]) => theirs.has(tick));
  expect(common.length).toBeGreaterThan(100);
  expect(common).toEqual(common.map(([tick]) => [tick, theirs.get(tick)]));
  expect(recordedBy(stage).segments.length).toBe(2);
  expect(recordedBy(ada.stage).segments.length).toBe(1);
});

Deno.test("a process that takes a seat again records from where it is taken back", () => {
  const { begin, beginAt, run, runFor } = createTable(BOT, BOT, BOT);
  const [ada, mia, dead] = begin();
  const { session } = ada.match;
  runFor(3000);
  void dead.transport[Symbol.asyncDispose]();
  run(() => session.play?.era === 1, [ada, mia]);

  const { stage } = beginAt(2, 1);
  const { phase } = stage.view();
  run(() => session.play?.era === 2);
  runFor(2000);

  expect([phase, stage.view().phase]).toEqual(["paused", "playing"]);
  const { header, segments } = recordedBy(stage);
  expect([header.seed, segments.length]).toEqual([null, 1]);
});

Deno.test("another match on the same stage begins anew", () => {
  const { seats: [{ stage, page }], begin, finish } = createTable(HUMAN, BOT);
  begin();
  finish();
  stage.setRematch({ wanted: [1], gone: [], isLobbyGone: false });
  stage.setLobbyGone(true);
  expect(stage.view().rematch)
    .toEqual({ wanted: [1], gone: [], isLobbyGone: true });
  stage.setWatchers(4);
  page.shown = 0;

  const [{ match }] = begin("m-2");

  expect([page.shown, match.session.watchers]).toEqual([1, 4]);
  expect(stage.match).toBe(match);
  expect(stage.view()).toMatchObject({
    ...{ phase: "syncing", match: "m-2", winner: null, rematch: null },
    ...{ notice: "", isRecorded: false },
  });
  stage.setLobbyGone(true);
  expect(stage.view().rematch).toBeNull();
  expect(stage.recording()).toBeUndefined();
});

Deno.test("of three stages, the one whose state differs comes back with the others', and all keep evidence", () => {
  const { begin, runFor, told } = createTable(HUMAN, BOT, BOT);
  const [{ match: { session } }] = begin();
  runFor(2000);
  const { play } = session;
  const { confirmedTick = 0, newestTick = -1 } = play ?? {};
  for (let tick = confirmedTick; tick <= newestTick; tick++) {
    const state = play?.stateAt(tick) ?? [];
    state[BALL_X]++;
  }

  runFor(5000);

  const slots = told("desync").map(([slot]) => slot);
  expect([...new Set(slots)].toSorted()).toEqual([0, 1, 2]);
  expect(told("desync")[0]).toMatchObject([
    ...[0, "desync"],
    { name: expect.stringMatching(/^m-1-\d+-0\.pong-replay$/) },
  ]);
  expect(session.play?.members).toBe(0b111);
  expect(session.play?.hashes.differing).toBe(0);
});

Deno.test("two stages that hold different states tell so, with the evidence", () => {
  const { begin, runFor, finish, told } = createTable(HUMAN, BOT);
  const running = begin();
  runFor(2000);
  const [{ match: { session: { play } } }] = running;
  const { confirmedTick = 0, newestTick = -1 } = play ?? {};
  for (let tick = confirmedTick; tick <= newestTick; tick++) {
    const state = play?.stateAt(tick) ?? [];
    state[BALL_X]++;
  }

  expect(finish().reason).toBe("desync");

  expect(told("desync")).toMatchObject(
    [0, 1].map((slot) => [slot, "desync", { name: `m-1-${slot}.pong-replay` }]),
  );
  for (const { stage } of running) {
    const replay = openReplay(stage.recording()?.body ?? new Uint8Array());
    expect(sidesOf(replay).toSorted((a, b) => a.slot - b.slot)).toEqual([
      { slot: 0, hashes: `differ from tick ${confirmedTick + 1} on` },
      { slot: 1, hashes: "equal" },
    ]);
    expect(replay.match.result?.reason).toBe("desync");
  }
  expect(told("decided")).toEqual([]);
});
