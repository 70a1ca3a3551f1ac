import { configureSync, resetSync } from "@logtape/logtape";
import { expect } from "@std/expect";
import {
  RECORDING_BYTES_MAX,
  ReplayError,
} from "../../net/recording/recording.ts";
import { RecordingFile } from "../../net/recording/recording_file.ts";
import { loadReplay } from "../../net/recording/replay_file.ts";
import { temporaryFolder } from "../support/lobby.ts";
import { recordScripted } from "./recorded_match.ts";

const SEAT = { match: "0123abcd-1", slot: 0 };

/** Sealed recordings of the first seconds of one match, each longer than the one before. */
function sealedSeconds(seconds: number): readonly Uint8Array[] {
  const { recorder, pass } = recordScripted({});
  return Array.from({ length: seconds }, () => {
    pass(60);
    return recorder.sealed;
  });
}

function namesIn(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).toSorted();
}

/** Waits until a file holds these bytes. */
async function untilHolds(path: string, bytes: Uint8Array): Promise<void> {
  while ((await Deno.readFile(path).catch(() => [])).length < bytes.length);
  expect(await Deno.readFile(path)).toEqual(bytes);
}

Deno.test("a recording is in its file while the match runs, for its user alone", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/replays/0123abcd-1-0.pong-replay`;
  const seconds = sealedSeconds(5);
  {
    await using file = new RecordingFile({ stateFolder: folder.path, ...SEAT });
    expect(namesIn(folder.path)).toEqual([]);
    file.offer(seconds[0]);
    await untilHolds(path, seconds[0]);
    // What comes while it still writes isn't lost, and disposing waits for it.
    for (const sealed of seconds) file.offer(sealed);
  }

  expect(await Deno.readFile(path)).toEqual(seconds[4]);
  expect((await loadReplay(path)).view.lastTick).toBe(300);
  expect(((await Deno.stat(path)).mode ?? 0o600) & 0o777).toBe(0o600);
});

Deno.test("a later process of a seat leaves the file of the former one alone", async () => {
  await using folder = await temporaryFolder();
  const seconds = sealedSeconds(3);
  for (const sealed of seconds) {
    await using file = new RecordingFile({ stateFolder: folder.path, ...SEAT });
    file.offer(sealed);
  }

  const names = ["", ".2", ".3"].map((part) =>
    `0123abcd-1-0${part}.pong-replay`
  );
  expect(namesIn(`${folder.path}/replays`)).toEqual(names.toSorted());
  for (const [i, name] of names.entries()) {
    expect(await Deno.readFile(`${folder.path}/replays/${name}`))
      .toEqual(seconds[i]);
  }
});

Deno.test("of saved recordings the newest hundred are kept, and other files left alone", async () => {
  await using folder = await temporaryFolder();
  const replays = `${folder.path}/replays`;
  const bytes = Uint8Array.of(1);
  await Deno.mkdir(replays);
  await Deno.writeFile(`${replays}/notes.txt`, bytes);
  for (let i = 0; i < 103; i++) {
    const path = `${replays}/old-${i}-0.pong-replay`;
    await Deno.writeFile(path, bytes);
    // By name the other way round than by time; some in the future, as clocks are.
    await Deno.utime(path, 4e9 - i, 4e9 - i);
  }

  const seat = { match: "new", slot: 1 };
  await using file = new RecordingFile({ stateFolder: folder.path, ...seat });
  file.offer(bytes);
  await untilHolds(`${replays}/new-1.pong-replay`, bytes);

  const kept = Array.from({ length: 99 }, (_, i) => `old-${i}-0.pong-replay`);
  expect(namesIn(replays))
    .toEqual(["new-1.pong-replay", "notes.txt", ...kept].toSorted());
});

Deno.test("what can't be loaded or saved is said in a sentence", async () => {
  await using folder = await temporaryFolder();
  const [none, text, huge] = ["none", "text", "huge"]
    .map((name) => `${folder.path}/${name}`);
  await Deno.writeTextFile(text, "hello");
  await Deno.writeFile(huge, new Uint8Array(RECORDING_BYTES_MAX + 1));
  for (
    const [path, why] of [
      [none, "there is no file"],
      [folder.path, "is no file"],
      [text, "no recording"],
      [huge, "larger than 2 MB"],
    ]
  ) {
    await expect(loadReplay(path)).rejects.toThrow(ReplayError);
    await expect(loadReplay(path)).rejects.toThrow(why);
  }
  const said: string[] = [];
  configureSync({
    sinks: { said: ({ message }) => said.push(message.join("")) },
    loggers: [
      { category: "pong", sinks: ["said"] },
      { category: ["logtape", "meta"], sinks: [] },
    ],
  });
  for (
    const [stateFolder, match] of [
      [text, "m"], // Where a folder should be there is a file.
      [folder.path, "m".repeat(300)], // No file system takes such a name.
    ]
  ) {
    const before = said.length;
    await using file = new RecordingFile({ stateFolder, match, slot: 0 });
    const [first, second] = sealedSeconds(2);
    file.offer(first);
    while (said.length === before) await Deno.stat(text);
    file.offer(second);
  }
  resetSync();
  const once = expect.stringMatching(/^The match goes on, but can't .*\.$/);
  expect(said).toEqual([once, once]);
});
