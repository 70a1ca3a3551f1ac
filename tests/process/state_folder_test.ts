import { expect } from "@std/expect";
import { startLobby } from "../../lobby.ts";
import {
  findSeat,
  forgetSeat,
  keepSeat,
  openSeatFile,
  type SavedSeat,
} from "../../net/files/seat_file.ts";
import {
  defaultStateFolder,
  keepSecret,
  readState,
  StateFolderError,
  writeState,
} from "../../net/files/state_folder.ts";
import { FOREVER, temporaryFolder } from "../support/lobby.ts";

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

Deno.test("only the user can read the state folder and what is in it", async () => {
  await using temporary = await temporaryFolder();
  const folder = `${temporary.path}/new/pong`;

  await writeState(folder, "a", Uint8Array.of(1));
  await writeState(folder, "a", Uint8Array.of(2));

  expect(await readState(folder, "a")).toEqual(Uint8Array.of(2));
  expect([await modeOf(folder), await modeOf(`${folder}/a`)])
    .toEqual([0o700, 0o600]);
  expect([...Deno.readDirSync(folder)].map(({ name }) => name)).toEqual(["a"]);
});

Deno.test("a secret is made once and kept", async () => {
  await using folder = await temporaryFolder();

  const made = await keepSecret(folder.path, "key", Uint8Array.of(1, 2));
  const kept = await keepSecret(folder.path, "key", Uint8Array.of(3, 4));

  expect([[...made], [...kept]]).toEqual([[1, 2], [1, 2]]);
  await expect(keepSecret(folder.path, "key", new Uint8Array(3)))
    .rejects.toThrow("Delete it");
});

Deno.test("a lobby keeps its key for itself, and says what is wrong with its folder", async () => {
  await using folder = await temporaryFolder();
  const open = (stateFolder: string) =>
    startLobby({
      ...{ hostname: "127.0.0.1", port: 0, signal: FOREVER },
      stateFolder,
    });
  await using _lobby = await open(folder.path);
  const key = `${folder.path}/lobby.key`;
  expect(await modeOf(key)).toBe(0o600);
  expect((await Deno.readFile(key)).length).toBe(32);

  const opening = open(`${key}/below`);

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
});

Deno.test("the seat that was left last is found, among whatever else is there", async () => {
  await using folder = await temporaryFolder();
  const at = async (slot: number, seconds: number) => {
    (await keepSeat(folder.path, { ...SEAT, slot }))[Symbol.dispose]();
    const path = `${folder.path}/seat-0123abcd-1-${slot}.json`;
    await Deno.utime(path, seconds, seconds);
  };
  await at(0, 1000);
  await at(1, 3000);
  await at(2, 2000);
  for (const name of ["seat-x.json", "seat-y.json", "other", "seat-z.txt"]) {
    await Deno.writeTextFile(`${folder.path}/${name}`, '{"token":1}');
  }
  await Deno.mkdir(`${folder.path}/seat-folder.json`);
  await Deno.writeTextFile(`${folder.path}/seat-y.json`, "x".repeat(99_999));

  expect((await findSeat(folder.path))?.seat.slot).toBe(1);
});

Deno.test("no seat is found where there is no folder", async () => {
  await using folder = await temporaryFolder();

  expect(await findSeat(`${folder.path}/none`)).toBe(undefined);
  await expect(openSeatFile(`${folder.path}/none`))
    .rejects.toThrow("there is no such file");
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

  expect([...Deno.readDirSync(folder.path)]).toEqual([]);
});
