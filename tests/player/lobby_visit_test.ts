/**
 * Visits to a lobby in this process: who sits, plays and leaves, and what is kept on file meanwhile.
 *
 * @module
 */
import { expect } from "@std/expect";
import { findSeat } from "../../net/files/seat_file.ts";
import { NetworkError } from "../../net/link/network_error.ts";
import type { PlayerView } from "../../net/page/protocol.ts";
import { EMPTY_VIEW, type Stage } from "../../net/page/stage.ts";
import { visitLobby, type VisitOptions } from "../../net/player/lobby_visit.ts";
import { NO_TRANSPORT_FAULTS } from "../../net/transport/faulty.ts";
import { openLobby, RawClient, temporaryFolder } from "../support/lobby.ts";
import { soon, until } from "../support/waiting.ts";
import { startOf } from "./matches.ts";

/** A person's visit, with a page that a test looks at and speaks for. */
function visit(
  { port }: { readonly port: number },
  { plan = {}, ...changes }: Partial<Omit<VisitOptions, "plan">> & {
    readonly plan?: Partial<VisitOptions["plan"]>;
  } = {},
) {
  const leave = new AbortController();
  const page = { axis: 0, isInspected: true, isAttended: true };
  const reasons: string[] = [];
  let stage: Stage | undefined;
  const lobby = { hostname: "127.0.0.1", port };
  const rest = { join: { name: "Ada" }, bots: 0, skill: "easy" as const };
  const over = visitLobby({
    plan: { lobby, ...rest, ...plan },
    page: Object.assign(page, {
      ...{ show() {}, showStates() {} },
      begin(next: Stage) {
        stage = next;
        stage.attend?.(page.isAttended);
      },
    }),
    control: { kind: "human", assets: new Map() },
    ...{ stay: true, canLeave: true, isRecording: true, graceMs: 20_000 },
    nowMs: () => performance.now(),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    signal: leave.signal,
    onResult: ({ reason }) => reasons.push(reason),
    onDesync: () => {},
    ...changes,
  });
  // Whether it fails is looked at when a test waits for it.
  over.catch(() => {});
  const view = () => stage?.view() ?? EMPTY_VIEW;
  return {
    ...{ reasons, view, leave: () => leave.abort() },
    over: () => soon(over, "The end of a visit"),
    /** Somebody comes to the page, or goes. */
    attend(isAttended: boolean) {
      page.isAttended = isAttended;
      stage?.attend?.(isAttended);
    },
    ask: (request: Parameters<Stage["take"]>[0]) => stage?.take(request),
    becomes: (phase: string) =>
      until(() => view().phase === phase, `Phase "${phase}"`),
    /** Waits until so many players are seen, or so many such players. */
    sees: (count: number, isSuch = (_player: PlayerView) => true) =>
      until(
        () => view().players.filter(isSuch).length === count,
        `${count} of such players`,
      ),
    async [Symbol.asyncDispose]() {
      leave.abort();
      await over.catch(() => {});
    },
  };
}

/** How many seats are on file, and recordings. */
function countFiles(folder: string): readonly [number, number] {
  const namesIn = (path: string) =>
    [...Deno.readDirSync(path)].map(({ name }) => name);
  const names = namesIn(folder);
  return [
    names.filter((name) => name.startsWith("seat-")).length,
    names.includes("replays") ? namesIn(`${folder}/replays`).length : 0,
  ];
}

/** A lobby that starts a match, to whose relay nobody gets by itself, and a visit there. */
async function startUnheard(changes: Parameters<typeof visit>[1] = {}) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const ada = visit(listener.addr, changes);
  const lobby = new RawClient(await listener.accept());
  const start = startOf(2, "m-1");
  await lobby.messageOf("join");
  await lobby.say({
    ...{ type: "welcome", id: "p0", slot: 0, start: { x: 0, y: 0 } },
    ...{ room: "ABCDEF", rules: start.rules, epoch: 0 },
  });
  await lobby.say(start);
  const relay = new RawClient(await listener.accept());
  return {
    ...{ ada, lobby, relay, listener },
    async [Symbol.asyncDispose]() {
      await ada[Symbol.asyncDispose]();
      for (const end of [lobby, relay]) end[Symbol.dispose]();
      listener.close();
    },
  };
}

Deno.test("the page leaves a room only where it leads back to somewhere", async () => {
  await using lobby = await openLobby();
  await using ada = visit(lobby);
  await using bea = visit(lobby, {
    canLeave: false,
    plan: { join: { name: "Bea", room: "OTHER" } },
  });
  await ada.sees(1);
  await bea.sees(1);

  bea.ask({ kind: "leave" });
  bea.ask({ kind: "ready", isReady: false });
  ada.ask({ kind: "leave" });

  expect(await ada.over()).toBeUndefined();
  await bea.sees(1, ({ state }) => state === "waiting");
  bea.leave();
  expect(await bea.over()).toBeUndefined();
});

Deno.test("a person is ready who wants to be and is at the page, until the match begins", async () => {
  await using lobby = await openLobby();
  await using mia = visit(lobby, { plan: { join: { name: "Mia" } } });
  await mia.sees(1);
  mia.attend(false);
  await using ada = visit(lobby);
  await ada.sees(2);
  const isReady = (who: string) => ({ name, state }: PlayerView) =>
    name === who && state === "ready";
  await ada.sees(0, isReady("Mia"));
  ada.attend(false);
  await mia.sees(0, isReady("Ada"));
  ada.ask({ kind: "ready", isReady: false });
  ada.attend(true);
  mia.attend(true);
  await ada.sees(1, isReady("Mia"));
  expect(ada.view().phase).toBe("lobby");

  ada.ask({ kind: "ready", isReady: true });

  for (const { becomes } of [ada, mia]) await becomes("playing");
  ada.attend(false);
  mia.leave();
  await ada.becomes("over");
});

Deno.test("a visit waits in its room for a lobby that is lost, one that can't begin fails", async () => {
  const lobby = await openLobby();
  await using ada = visit(lobby, {
    plan: { join: { name: "Ada", isReady: false }, bots: 1 },
  });
  await ada.sees(1, ({ isLocalBot }) => isLocalBot);
  const { room } = ada.view();

  await lobby[Symbol.asyncDispose]();
  await until(
    () => /is gone: .*Trying again\.$/.test(ada.view().notice),
    "The notice",
  );
  await expect(visit(lobby).over()).rejects.toThrow(NetworkError);

  // It has another key, so no ticket is good there: whoever comes gets a new seat.
  await using _next = await openLobby({}, { port: lobby.port });
  await until(
    () => ada.view().notice === "" && ada.view().room !== room,
    () => JSON.stringify([ada.view().notice, ada.view().room, room]),
  );
  await using gone = visit(lobby, { signal: AbortSignal.abort() });
  await expect(gone.over()).rejects.toThrow(DOMException);
});

Deno.test("who leaves a match says so, and the other has won and stays for its result", async () => {
  await using lobby = await openLobby();
  await using folder = await temporaryFolder();
  await using ada = visit(lobby, { stateFolder: folder.path });
  await using mia = visit(lobby);
  await ada.becomes("playing");
  await mia.becomes("playing");
  expect(countFiles(folder.path)[0]).toBe(1);

  mia.ask({ kind: "leave" });

  expect(await mia.over()).toMatchObject({ reason: "player left" });
  await ada.becomes("over");
  ada.ask({ kind: "rematch" });
  const rematch = () => ada.view().rematch;
  await until(() => rematch()?.gone.length === 1, "The news of Mia");
  expect(rematch()?.wanted.length).toBe(1);
  await lobby[Symbol.asyncDispose]();
  await until(() => rematch()?.isLobbyGone === true, "The lobby's end");
  expect(ada.view().players.map(({ state }) => state).toSorted())
    .toEqual(["left", "ok"]);
  ada.ask({ kind: "leave" });
  expect(await ada.over()).toMatchObject({ reason: "walkover" });
  expect([ada.reasons, mia.reasons]).toEqual([["walkover"], ["player left"]]);
  expect(countFiles(folder.path)).toEqual([0, 1]);
});

Deno.test("a visit for one match plays against a bot that it brings, and keeps no seat where the lobby is its own", async () => {
  await using lobby = await openLobby();
  await using folder = await temporaryFolder();
  await using ada = visit(lobby, {
    stay: false,
    stateFolder: folder.path,
    isRecording: false,
    plan: { join: { name: "Ada", isReady: false }, bots: 1, isLocal: true },
  });
  const isBot = (player: PlayerView) => player.isLocalBot && player.isBot;
  await ada.sees(1, isBot);
  const [{ slot }] = ada.view().players.filter(isBot);
  ada.ask({ kind: "removeBot", slot });
  await ada.sees(0, isBot);
  ada.ask({ kind: "addBot" });
  await ada.sees(1, isBot);
  ada.ask({ kind: "ready", isReady: true });
  await ada.becomes("playing");
  expect(countFiles(folder.path)).toEqual([0, 0]);

  ada.leave();

  expect(await ada.over()).toMatchObject({ reason: "player left" });
  expect(countFiles(folder.path)).toEqual([0, 0]);
});

Deno.test("a seat that another process takes ends the match here, and is kept on file for that one, which plays on", async () => {
  await using lobby = await openLobby();
  await using folder = await temporaryFolder();
  const stateFolder = folder.path;
  await using ada = visit(lobby, { stay: false, stateFolder });
  await using mia = visit(lobby, { plan: { join: { name: "Mia" } } });
  await ada.becomes("playing");
  // As long as this process lives nobody finds its seat.
  const [{ name: file }] = [...Deno.readDirSync(stateFolder)]
    .filter(({ name }) => name.startsWith("seat-"));
  const { seat } = JSON.parse(
    await Deno.readTextFile(`${stateFolder}/${file}`),
  );
  expect(seat).toMatchObject({
    ...{ name: "Ada", slot: ada.view().me, match: ada.view().match },
    ...{ lobby: { port: lobby.port }, control: { kind: "human" } },
  });

  await using successor = visit(lobby, {
    plan: {
      join: { name: "Ada", resume: seat.token },
      privateKey: seat.privateKey,
    },
  });

  expect(await ada.over()).toMatchObject({ reason: "connection lost" });
  expect((await findSeat(stateFolder))?.seat).toEqual(seat);
  await successor.becomes("playing");
  expect(successor.view().match).toBe(seat.match);
  successor.leave();
  expect(await successor.over()).toMatchObject({ reason: "player left" });
  mia.leave();
  expect(await mia.over()).toMatchObject({ reason: "walkover" });
});

Deno.test("a match is lost at once where another lobby is in the old one's place", async () => {
  const lobby = await openLobby();
  await using staying = visit(lobby);
  await using leaving = visit(lobby, { stay: false });
  for (const { becomes } of [staying, leaving]) await becomes("playing");

  await lobby[Symbol.asyncDispose]();
  await using _other = await openLobby({}, { port: lobby.port });

  expect(await leaving.over()).toMatchObject({ reason: "connection lost" });
  await staying.becomes("over");
  expect(staying.view().notice).not.toBe("");
  staying.leave();
  expect(await staying.over()).toMatchObject({ reason: "connection lost" });
});

Deno.test("a match is played with faults, and without a place for its files", async () => {
  await using lobby = await openLobby();
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(`${folder.path}/file`, "");
  await using ada = visit(lobby, {
    stateFolder: `${folder.path}/file`,
    faults: { ...NO_TRANSPORT_FAULTS, delayMs: 7 },
  });
  await using mia = visit(lobby);
  await ada.becomes("playing");

  const { network } = ada.view();
  ada.leave();
  mia.leave();

  expect(network?.faults?.latencyMs).toBe(7);
  expect(await ada.over()).toMatchObject({ reason: "player left" });
  await mia.over();
});

Deno.test("who leaves before the match's transport is open gives it up, and that is no failure", async () => {
  await using match = await startUnheard();

  match.ada.leave();

  expect(await match.ada.over()).toBeUndefined();
});

Deno.test("a visit whose match can't be opened fails, and leaves the lobby", async () => {
  await using match = await startUnheard();

  // A failure that may pass is told, and tried again.
  match.relay[Symbol.dispose]();
  using relay = new RawClient(await match.listener.accept());
  expect(match.ada.view().notice).toContain("Trying again.");
  await relay.say({ type: "error", code: "bad_token", message: "No." });

  await expect(match.ada.over()).rejects.toThrow(NetworkError);
  expect(await match.lobby.messageOf("none")).toBeUndefined();
});

Deno.test("a bot that stays wants another match as soon as anybody does, a person is asked", async () => {
  const wishes: unknown[] = [];
  for (const kind of ["bot", "human"] as const) {
    const control = { kind, skill: "easy", assets: new Map() } as const;
    await using match = await startUnheard({ control });
    const { ada, lobby } = match;

    await lobby.say({ type: "again", wanted: [1], gone: [] });
    await lobby.say({ type: "watchers", count: 3 });

    await until(() => ada.view().watchers === 3, "All news");
    ada.leave();
    wishes.push(await lobby.messageOf("again"));
    await ada.over();
  }
  expect(wishes).toEqual([{ type: "again", match: "m-1" }, undefined]);
});

Deno.test("who waits alone among strangers moves to other ones, with room, invite and bots", async () => {
  await using lobby = await openLobby();
  await using ada = visit(lobby, { plan: { join: { name: "A", players: 2 } } });
  const join = { name: "Bea", players: 4, isReady: false };
  await using bea = visit(lobby, { plan: { join } });
  await ada.sees(1);
  await bea.sees(1);
  const { room } = bea.view();

  ada.ask({ kind: "move", room });
  await ada.sees(2);
  ada.ask({ kind: "addBot" });

  await bea.sees(3);
  expect(ada.view()).toMatchObject({ room, rules: { players: 4 } });
  expect(ada.view().invite).toMatch(new RegExp(`--room ${room}$`));
});
