import { expect } from "@std/expect";
import { StateFolderError } from "../../net/files/state_folder.ts";
import { Recorder } from "../../net/recording/recorder.ts";
import {
  RECORDING_BYTES_MAX,
  ReplayError,
} from "../../net/recording/recording.ts";
import { loadReplay, saveReplay } from "../../net/recording/replay_file.ts";
import { temporaryFolder } from "../support/lobby.ts";
import { createScripted, headerFor } from "./recorded_match.ts";

/** A recording of a second. */
function sample(): Uint8Array {
  const terms = { rules: { players: 2, points: 1, lives: 1 }, seed: 1 };
  const match = createScripted({ ...terms, inputFor: () => 0 });
  const recorder = new Recorder(headerFor(terms.rules, { seed: 1, slot: 0 }));
  match.advance(60);
  recorder.take(match.play);
  return recorder.bytes();
}

Deno.test("a saved recording is read again, by its user alone", async () => {
  await using folder = await temporaryFolder();

  const path = await saveReplay({
    ...{
      stateFolder: folder.path,
      match: "0123abcd-1",
      slot: 0,
      bytes: sample(),
    },
  });

  expect(path).toBe(`${folder.path}/replays/0123abcd-1-0.pong-replay`);
  expect((await loadReplay(path)).view.lastTick).toBe(60);
  expect(((await Deno.stat(path)).mode ?? 0o600) & 0o777).toBe(0o600);
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

  await saveReplay({ stateFolder: folder.path, match: "new", slot: 1, bytes });

  const names = [...Deno.readDirSync(replays)].map(({ name }) => name);
  expect(names.length).toBe(101);
  expect(names).toEqual(expect.arrayContaining([
    ...["notes.txt", "new-1.pong-replay"],
    ...["old-0-0.pong-replay", "old-98-0.pong-replay"],
  ]));
});

Deno.test("what can't be loaded or saved is said in a sentence", async () => {
  await using folder = await temporaryFolder();
  const inFolder = async (name: string, bytes: Uint8Array) => {
    await Deno.writeFile(`${folder.path}/${name}`, bytes);
    return `${folder.path}/${name}`;
  };
  const text = await inFolder("text", new TextEncoder().encode("hello"));
  const huge = await inFolder("huge", new Uint8Array(RECORDING_BYTES_MAX + 1));
  const saving = (stateFolder: string, match: string) =>
    saveReplay({ stateFolder, match, slot: 0, bytes: sample() });

  for (
    const [path, why] of [
      [`${folder.path}/none`, "there is no file"],
      [folder.path, "is no file"],
      [text, "no recording"],
      [huge, "larger than 2 MB"],
    ]
  ) {
    await expect(loadReplay(path)).rejects.toThrow(ReplayError);
    await expect(loadReplay(path)).rejects.toThrow(why);
  }
  await expect(saving(text, "m")).rejects.toThrow(StateFolderError);
  await expect(saving(folder.path, "../m")).rejects.toThrow(RangeError);
});
