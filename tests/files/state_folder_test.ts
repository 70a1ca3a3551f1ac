import { expect } from "@std/expect";
import {
  findSeat,
  forgetSeat,
  keepSeat,
  openSeatFile,
  type SavedSeat,
} from "../../net/files/seat_file.ts";
import {
  defaultSettings,
  readSettings,
  writeSettings,
} from "../../net/files/settings_file.ts";
import {
  defaultStateFolder,
  keepSecret,
  openStateFolder,
  readState,
  StateFolderError,
  writeState,
} from "../../net/files/state_folder.ts";
import { openLobby, temporaryFolder } from "../support/lobby.ts";

const SEAT: SavedSeat = {
  match: "0123abcd-1",
  slot: 1,
  lobby: { hostname: "192.168.1.20", port: 5555 },
  token: "text.mac",
  name: "Mia",
  control: { kind: "bot", skill: "hard" },
  privateKey: "secret",
};

async function modeOf(path: string): Promise<number | undefined> {
  const { mode } = await Deno.stat(path);
  return mode === null ? undefined : mode & 0o777;
}

function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).toSorted();
}

for (
  const [env, isWindows, folder] of [
    [{ HOME: "/home/mia" }, false, "/home/mia/.local/state/pong"],
    [{ HOME: "/home/mia", XDG_STATE_HOME: "/s" }, false, "/s/pong"],
    [{ HOME: "/h", XDG_STATE_HOME: "s" }, false, "/h/.local/state/pong"],
    [{ LOCALAPPDATA: "C:\\L", HOME: "/h" }, true, "C:\\L\\pong"],
    [{}, false, undefined],
    [{ HOME: "/h" }, true, undefined],
  ] as const
) {
  Deno.test(`state is kept in ${folder ?? "no folder"} for ${JSON.stringify(env)}`, () => {
    const told = () => defaultStateFolder(env, isWindows);
    if (folder === undefined) expect(told).toThrow(StateFolderError);
    else expect(told()).toBe(folder);
  });
}

Deno.test("a folder that somebody names has to work, and the system's costs memory only", async () => {
  await using temporary = await temporaryFolder();
  const { path } = temporary;
  await Deno.writeTextFile(`${path}/file`, "");
  const open = (HOME: string, named?: string) =>
    openStateFolder(named, { HOME }, false);
  const below = `${path}/.local/state/pong`;

  expect(await open(path)).toEqual({ path: below });
  expect(filesIn(below)).toEqual([]);
  expect(await open("", path)).toEqual({ path });
  expect(await open("")).toEqual({
    problem: expect.stringContaining("no home folder"),
  });
  for (const home of [`${path}/file`, "/proc/1/none"]) {
    const folder = `${home}/.local/state/pong`;
    const problem = expect.stringContaining(folder);
    expect(await open(home)).toEqual({ path: folder, problem });
    await expect(open(path, folder)).rejects.toThrow(StateFolderError);
  }
});

Deno.test("only the user can read the state folder and what is in it", async () => {
  await using temporary = await temporaryFolder();
  const folder = `${temporary.path}/new/pong`;

  for (const byte of [1, 2]) await writeState(folder, "a", Uint8Array.of(byte));

  expect(await readState(folder, "a")).toEqual(Uint8Array.of(2));
  expect([await modeOf(folder), await modeOf(`${folder}/a`)])
    .toEqual([0o700, 0o600]);
  expect(filesIn(folder)).toEqual(["a"]);
});

Deno.test("a secret is made once and kept", async () => {
  await using folder = await temporaryFolder();
  const secret = Uint8Array.of(1, 2);

  for (const fresh of [secret, Uint8Array.of(3, 4)]) {
    expect(await keepSecret(folder.path, "key", fresh)).toEqual(secret);
  }
  await expect(keepSecret(folder.path, "key", new Uint8Array(3)))
    .rejects.toThrow("Delete it");
});

Deno.test("a lobby keeps its key for itself, and says what is wrong with its folder", async () => {
  await using folder = await temporaryFolder();
  await using _lobby = await openLobby({}, { stateFolder: folder.path });
  const key = `${folder.path}/lobby.key`;
  expect(await modeOf(key)).toBe(0o600);
  expect((await Deno.readFile(key)).length).toBe(32);

  const opening = openLobby({}, { stateFolder: `${key}/below` });

  await expect(opening).rejects.toThrow(StateFolderError);
  await expect(opening).rejects.toThrow("--state-folder");
});

Deno.test("a seat is on file for its user alone, and found when its process is gone", async () => {
  await using folder = await temporaryFolder();
  using kept = await keepSeat(folder.path, SEAT);
  const path = `${folder.path}/seat-0123abcd-1-1.json`;
  expect(await modeOf(path)).toBe(0o600);
  expect(await findSeat(folder.path)).toBe(undefined);
  await expect(openSeatFile(path)).rejects.toThrow("still runs");

  kept[Symbol.dispose]();

  expect(await findSeat(folder.path)).toEqual({ path, seat: SEAT });
  expect(await openSeatFile(path)).toEqual({ path, seat: SEAT });
  // A file of an older version names a process, which may be another one by now.
  await Deno.writeTextFile(path, JSON.stringify({ pid: Deno.pid, seat: SEAT }));
  expect(await findSeat(folder.path)).toEqual({ path, seat: SEAT });
  expect(await findSeat(`${folder.path}/none`)).toBe(undefined);
  await expect(openSeatFile(`${folder.path}/none`))
    .rejects.toThrow("there is no such file");
});

Deno.test("where a file system knows no locks, a seat counts as left", async () => {
  await using folder = await temporaryFolder();
  const { lock, tryLock } = Deno.FsFile.prototype;
  const fail = () => Promise.reject(new Error("ENOLCK"));
  try {
    // As in Deno 2.6, with which executables are made in some places.
    Reflect.deleteProperty(Deno.FsFile.prototype, "tryLock");
    {
      using _kept = await keepSeat(folder.path, SEAT);
      expect(await findSeat(folder.path)).toBe(undefined);
    }
    expect((await findSeat(folder.path))?.seat).toEqual(SEAT);
    Object.assign(Deno.FsFile.prototype, { lock: fail, tryLock: fail });
    using _kept = await keepSeat(folder.path, SEAT);
    expect((await findSeat(folder.path))?.seat).toEqual(SEAT);
  } finally {
    Object.assign(Deno.FsFile.prototype, { lock, tryLock });
  }
});

Deno.test("the seat that was left last is found, among whatever else is there", async () => {
  await using folder = await temporaryFolder();
  const at = async (slot: number, seconds: number) => {
    (await keepSeat(folder.path, { ...SEAT, slot }))[Symbol.dispose]();
    const path = `${folder.path}/seat-0123abcd-1-${slot}.json`;
    await Deno.utime(path, seconds, seconds);
  };
  for (const slot of [0, 1, 2]) await at(slot, 1_000);
  for (const name of ["seat-x.json", "seat-y.json", "other", "seat-z.txt"]) {
    await Deno.writeTextFile(`${folder.path}/${name}`, '{"token":1}');
  }
  await Deno.mkdir(`${folder.path}/seat-folder.json`);
  await Deno.writeTextFile(`${folder.path}/seat-y.json`, "x".repeat(99_999));

  for (const slot of [0, 2, 1]) {
    await at(slot, 2_000 + slot);
    await at((slot + 1) % 3, 1_000);
    expect((await findSeat(folder.path))?.seat.slot).toBe(slot);
  }
});

Deno.test("a seat's file of more than 16 KiB, or with a wrong field, is nobody's", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/seat-a-0.json`;
  const lobby = { hostname: "h", port: 65_535 };
  const human = { ...SEAT, lobby, control: { kind: "human" } };
  const isFound = async (changed: object, length = 0) => {
    const seat = { ...human, ...changed };
    const text = JSON.stringify({ pid: 0, seat });
    await Deno.writeTextFile(path, text.padEnd(length));
    const found = await findSeat(folder.path);
    if (found) expect(found).toEqual({ path, seat });
    return found !== undefined;
  };

  expect(await isFound({}, 16_384)).toBe(true);
  expect(await isFound({}, 16_385)).toBe(false);
  for (
    const wrong of [
      ...[{ match: "a b" }, { match: "" }, { match: "x".repeat(65) }],
      ...[{ slot: 4 }, { slot: -1 }, { token: 0 }, { name: 0 }],
      ...[0, 65_536].map((port) => ({ lobby: { ...lobby, port } })),
      ...[{ lobby: { ...lobby, hostname: "" } }, { privateKey: 0 }],
      { control: { kind: "bot", skill: "clever" } },
    ]
  ) expect([wrong, await isFound(wrong)]).toEqual([wrong, false]);
  expect(await isFound({ slot: 3, match: "x".repeat(64) })).toBe(true);
});

Deno.test("a state folder that can't be read or written is said, with what to do", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/file`;
  await Deno.writeTextFile(file, "");

  const write = (folder: string, name: string) =>
    writeState(folder, name, new Uint8Array(1));
  await Deno.mkdir(`${folder.path}/taken`);

  for (
    const [doing, why] of [
      [() => write(`${file}/below`, "a"), "Make it writable"],
      [() => write(folder.path, "taken"), "Make it writable"],
      [() => readState(folder.path, ""), "Make it readable"],
      [() => findSeat(file), "Cannot look into the state folder"],
    ] as const
  ) {
    await expect(doing()).rejects.toThrow(StateFolderError);
    await expect(doing()).rejects.toThrow(why);
  }
  expect(filesIn(folder.path)).toEqual(["file", "taken"]);
});

Deno.test("settings are remembered, and begun anew where they can't be understood or kept", async () => {
  await using folder = await temporaryFolder();
  const fresh = defaultSettings("Mia");
  const chosen = {
    join: { ...fresh.join, mode: "room", host: "h", room: "ABC" },
    preferences: { ...fresh.preferences, volume: 7 },
  } as const;
  expect(fresh.join).toEqual({
    ...{ name: "Mia", look: 0, mode: "bots", host: "", port: 5555, room: "" },
    ...{ players: 2, points: 11, lives: 5, skill: "normal", quickPlayers: 0 },
  });
  expect(await readSettings(folder.path, fresh)).toBe(fresh);

  await writeSettings(folder.path, chosen);

  expect(await readSettings(folder.path, fresh)).toEqual(chosen);
  const { quickPlayers: _, ...older } = chosen.join;
  const text = JSON.stringify({ ...chosen, join: older });
  await Deno.writeTextFile(`${folder.path}/settings.json`, text);
  expect(await readSettings(folder.path, fresh)).toEqual(chosen);
  for (const text of ["{", '{"join":{}}']) {
    await Deno.writeTextFile(`${folder.path}/settings.json`, text);
    expect(await readSettings(folder.path, fresh)).toBe(fresh);
  }
  // Nothing can be written below a file; that is no reason to end.
  await writeSettings(`${folder.path}/settings.json`, chosen);
  expect(await readSettings(`${folder.path}/settings.json`, fresh)).toBe(fresh);
});

Deno.test("a seat's file is removed at the end of its match, a newer one's never", async () => {
  await using folder = await temporaryFolder();
  const old = await keepSeat(folder.path, SEAT);
  using kept = await keepSeat(folder.path, { ...SEAT, token: "newer.mac" });
  await old.forget();
  kept[Symbol.dispose]();
  const found = await findSeat(folder.path);
  expect(found?.seat.token).toBe("newer.mac");

  await forgetSeat({ path: found?.path ?? "", seat: SEAT });
  expect(await findSeat(folder.path)).toEqual(found);
  await kept.forget();
  const lost = await keepSeat(folder.path, SEAT);
  await Deno.remove(found?.path ?? "");
  lost[Symbol.dispose]();

  expect(filesIn(folder.path)).toEqual([]);
});
