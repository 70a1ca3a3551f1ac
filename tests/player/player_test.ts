/**
 * A player's process without its command line: start screen, visits, and back again.
 *
 * @module
 */
import { expect } from "@std/expect";
import {
  defaultSettings,
  readSettings,
  type Settings,
  writeSettings,
} from "../../net/files/settings_file.ts";
import { JoinError } from "../../net/lobby/join_error.ts";
import type { JoinRequest } from "../../net/lobby/seat.ts";
import {
  DEFAULT_PREFERENCES,
  type PageMessage,
} from "../../net/page/message.ts";
import type { View } from "../../net/page/protocol.ts";
import { type PlayerOptions, runPlayer } from "../../net/player/player.ts";
import {
  exportPublicKey,
  KEY_SEED_BYTES,
  privateKeyOf,
} from "../../net/transport/signing_keys.ts";
import { join, openLobby, temporaryFolder } from "../support/lobby.ts";
import { ASSETS } from "../support/page_client.ts";
import { soon, until } from "../support/waiting.ts";
import { FakeLobby } from "../support/wire.ts";

/** What a lobby says to the first of two who join, and when their match begins, over a broker. */
const WELCOME = {
  ...{ type: "welcome", id: "p0", slot: 0, room: "ABC", epoch: 0 },
  rules: { players: 2, points: 11, lives: 5, graceMs: 20_000 },
  start: { x: 0, y: 0 },
};
const BEGIN = {
  ...{ type: "start", match: "m", rules: WELCOME.rules },
  transport: { kind: "amqp", url: "amqp://u:p@mq.invalid", exchange: "pong" },
  token: "0123456789abcdef",
  players: [0, 1].map((slot) => ({
    ...{ id: `p${slot}`, slot, name: "Bob", look: slot, isBot: false },
    ...{ epoch: 0, start: WELCOME.start },
    publicKey: exportPublicKey(privateKeyOf(new Uint8Array(KEY_SEED_BYTES))),
  })),
};

const START: Settings["join"] = defaultSettings("Ada").join;

/** Runs a process, and waits for the address of its page. */
async function run(changes: Partial<PlayerOptions>) {
  const stop = new AbortController();
  const served = Promise.withResolvers<{ url: URL; lanUrl: string }>();
  const over = runPlayer({
    ...{ plan: undefined, name: "Ada", stay: true, isRecording: false },
    ...{ graceMs: 20_000, pagePort: 0, isLan: false },
    control: { kind: "human", assets: ASSETS },
    nowMs: () => performance.now(),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    openLobby: () => openLobby(),
    onServing: ({ url, lanUrl }) =>
      served.resolve({ url: new URL(url), lanUrl }),
    onResult: () => {},
    onDesync: () => {},
    signal: stop.signal,
    ...changes,
  });
  // Whether it fails is looked at when a test waits for it.
  over.catch(served.reject);
  return { over, stop, ...await soon(served.promise, "The page") };
}

/** Runs a process, with the page of the person who plays. */
async function startPlayer(changes: Partial<PlayerOptions> = {}) {
  const { over, stop, url } = await run(changes);
  const socket = new WebSocket(
    `ws://${url.host}/socket${url.search}`,
    { headers: { origin: `http://${url.host}` } },
  );
  let view: View | undefined;
  let wake = Promise.withResolvers<void>();
  socket.onmessage = ({ data }) => {
    if (typeof data !== "string") return;
    view = JSON.parse(data);
    wake.resolve();
    wake = Promise.withResolvers();
  };
  await soon(new Promise((resolve) => socket.onopen = resolve), "A page");
  const say = (message: PageMessage) => socket.send(JSON.stringify(message));
  return {
    ...{ over, stop: () => stop.abort(), say },
    /** Somebody looks at the page, for two seconds at least. */
    look: () => say({ kind: "alive" }),
    /** The first view from now on in which that is so. */
    async view(is: (view: View) => boolean): Promise<View> {
      while (view === undefined || !is(view)) {
        await soon(wake.promise, `A view other than ${JSON.stringify(view)}`);
      }
      return view;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await soon(over.catch(() => {}), "The process's end");
    },
  };
}

/** What to play in a lobby without asking. */
function planFor(port: number, join: JoinRequest) {
  const lobby = { hostname: "127.0.0.1", port };
  return { lobby, join, bots: 0, skill: "easy" } as const;
}

Deno.test("what was chosen on the start screen is played, remembered, and shown again after it", async () => {
  await using lobby = await openLobby();
  await using folder = await temporaryFolder();
  const stateFolder = folder.path;
  const preferences = { ...DEFAULT_PREFERENCES, volume: 3 };
  const before = { ...START, look: 3 };
  await writeSettings(stateFolder, { join: before, preferences });
  const wishes = { points: 7 };
  await using player = await startPlayer({ stateFolder, wishes });
  const first = await player.view(({ start }) => start !== null);
  expect([first.phoneUrl, first.preferences]).toEqual(["", preferences]);
  const shown = { settings: { ...before, points: 7 }, problem: "", broker: "" };
  expect(first.start).toEqual({ ...shown, isBusy: false });
  const settings = {
    ...START,
    ...{ host: "127.0.0.1", port: lobby.port, look: 2 },
    ...{ mode: "room" as const, players: 3 },
  };

  player.say({ kind: "join", settings });
  const room = await player.view(({ phase }) => phase === "lobby");
  const louder = { ...preferences, volume: 4 };
  player.say({ kind: "preferences", preferences: louder });
  player.say({ kind: "leave" });
  const again = await player.view(({ start }) => start !== null);

  expect(room).toMatchObject({ rules: { players: 3 }, canLeave: true });
  expect(room.room).toMatch(/^[A-Z0-9]{4,}$/);
  expect(room.players)
    .toMatchObject([{ name: "Ada", look: 2, state: "waiting" }]);
  expect(again.start).toEqual({
    settings,
    problem: "",
    broker: "",
    isBusy: false,
  });
  player.stop();
  expect(await player.over).toBeUndefined();
  expect(await readSettings(stateFolder, defaultSettings("Somebody")))
    .toEqual({ join: settings, preferences: louder });
});

Deno.test("what can't be played is told on the start screen, where it can be put right", async () => {
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = silent.addr;
  await using player = await startPlayer();
  const settings = { ...START, mode: "quick", port } as const;

  player.say({ kind: "join", settings });
  const asked = await silent.accept();
  const busy = await player.view(({ start }) => start?.isBusy === true);
  player.say({ kind: "join", settings: START });
  player.say({ kind: "leave" });
  asked.close();
  const { start } = await player.view(({ start }) => !!start?.problem);

  expect(busy.start).toEqual({
    settings,
    problem: "",
    broker: "",
    isBusy: true,
  });
  expect(start).toMatchObject({ settings, isBusy: false });
  expect(start?.problem).toContain(`127.0.0.1:${port}`);
});

Deno.test("a broker on another computer is asked for on the page, once for each lobby", async () => {
  await using folder = await temporaryFolder();
  await using player = await startPlayer({ stateFolder: folder.path });
  using lobby = new FakeLobby();
  const settings = { ...START, mode: "quick", host: "evil.example" } as const;
  /** Joins, and returns what is said of the match that begins. */
  const play = async (broker?: string) => {
    const before = lobby.dialled.length;
    player.say({ kind: "join", settings, ...(broker && { broker }) });
    await until(() => lobby.dialled.length > before, "nobody joined");
    const { client } = lobby;
    await client.say(WELCOME);
    await client.say(BEGIN);
    await player.view(({ start }) => start === null);
    return await player.view(({ start, notice }) =>
      !!start?.problem || !!notice
    );
  };

  const asked = await play();
  expect(asked.start).toMatchObject({
    broker: "mq.invalid",
    problem: expect.stringMatching(/another computer, mq\.invalid\.$/),
  });
  expect((await play("other.invalid")).start?.broker).toBe("mq.invalid");
  expect((await play("mq.invalid")).notice).toMatch(/no machine/);
  player.stop();
  await player.over;
  expect(await readSettings(folder.path, defaultSettings("Somebody")))
    .toMatchObject({ brokers: { "evil.example": ["mq.invalid"] } });
});

Deno.test("a mistake of ours ends the process, and is no problem to put right", async () => {
  const mistake = new TypeError("There is no lobby.");
  await using player = await startPlayer({
    openLobby: () => Promise.reject(mistake),
  });

  player.say({ kind: "join", settings: START });

  await expect(soon(player.over, "The end")).rejects.toThrow(mistake);
});

Deno.test("against bots a process opens a lobby of its own, and sits down with them", async () => {
  await using player = await startPlayer();

  player.look();
  player.say({ kind: "join", settings: { ...START, players: 3 } });
  const { players, rules } = await player.view(({ phase }) =>
    phase === "syncing" || phase === "playing"
  );

  expect(rules.players).toBe(3);
  expect(players.filter(({ isLocalBot }) => isLocalBot).length).toBe(2);
});

for (const [what, room] of [["one who is told", "ROOM1"], ["anybody", ""]]) {
  Deno.test(`a quick match or a known room takes the rules that ${what} finds there`, async () => {
    await using lobby = await openLobby();
    const asked = { room: room || undefined, players: 4, isReady: false };
    await using _mia = await join(lobby, asked);
    await using player = await startPlayer();
    const mode = room === "" ? "quick" : "room";
    const where = { mode, room, port: lobby.port } as const;
    // What was chosen for other ways to play is no wish here.
    const settings = { ...START, ...where, points: 1 };

    player.say({ kind: "join", settings });

    const { rules } = await player.view(({ players }) => players.length === 2);
    expect(rules.players).toBe(4);
  });
}

Deno.test("a plan is played before the start screen, whose page is announced with the seat", async () => {
  await using lobby = await openLobby();
  const plan = planFor(lobby.port, { name: "Ada" });
  await using player = await startPlayer({ plan });
  const { phase } = await player.view(() => true);
  player.say({ kind: "leave" });
  await player.view(({ start }) => start !== null);

  expect(phase).toBe("lobby");
  await expect(startPlayer({ plan: { ...plan, join: { name: "" } } }))
    .rejects.toThrow(JoinError);
});

Deno.test("in a lobby of its own a process waits for its person, however long that takes", async () => {
  await using lobby = await openLobby();
  const plan = {
    ...planFor(lobby.port, { name: "Ada" }),
    ...{ bots: 1, isLocal: true },
  };
  await using player = await startPlayer({ plan });
  const { phase, players } = await player.view(() => true);
  expect([phase, players, lobby.counts().rooms]).toEqual(["lobby", [], 0]);

  player.look();

  await player.view(({ phase }) => phase === "playing");
  await using other = await startPlayer({ plan });
  other.stop();
  expect(await other.over).toBeUndefined();
});

Deno.test("a bot's process has no page for people, remembers nothing, and ends with its visit", async () => {
  await using lobby = await openLobby();
  await using folder = await temporaryFolder();
  const bot = await run({
    plan: planFor(lobby.port, { name: "Bot", isBot: true }),
    control: { kind: "bot", skill: "easy" },
    ...{ isLan: true, stay: false, stateFolder: folder.path },
  });

  const answer = await fetch(bot.url);

  expect(bot.lanUrl).toBe("");
  expect(await answer.json()).toMatchObject({ phase: "lobby", slot: 0 });
  bot.stop.abort();
  expect(await bot.over).toBeUndefined();
  expect(Array.from(Deno.readDirSync(folder.path))).toEqual([]);
});
