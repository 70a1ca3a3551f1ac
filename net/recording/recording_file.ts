/**
 * Recordings on disk, written while the match runs:
 * `<state folder>/replays/<match>-<slot>.pong-replay`, the newest hundred.
 *
 * Whatever is in the file at any moment is a recording, so a process that is killed leaves one of
 * the match up to then; and it never changes what it has written, nor what another process has: one
 * that takes a seat again after a crash writes another file. A match is worth more than its
 * recording: what can't be written is told once, and the match goes on.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { removeFile } from "../files/state_folder.ts";
import { messageOf } from "../link/network_error.ts";
import { REPLAY_ENDING, replayFileName, type ReplayName } from "./recording.ts";

const log = getLogger(["pong", "recording"]);

/** A few MB in all, as a match takes 20 to 200 KB; beyond it the oldest are removed. */
const REPLAYS_MAX = 100;

/** The file of one match. It is there once something was offered; disposing writes the rest. */
export class RecordingFile implements AsyncDisposable {
  readonly #folder: string;
  readonly #name: ReplayName;
  #offered: Uint8Array = new Uint8Array();
  #written = 0;
  /** Never rejects; set while bytes are on their way, and for good after a failure. */
  #writing: Promise<void> | undefined;
  #file: Deno.FsFile | undefined;

  constructor({ stateFolder, ...name }: ReplayName & {
    readonly stateFolder: string;
  }) {
    this.#folder = `${stateFolder}/replays`;
    this.#name = name;
  }

  /** Takes the recording as far as it is known: what was offered before, and more. Never waits. */
  offer(recording: Uint8Array): void {
    this.#offered = recording;
    if (this.#written < recording.length) this.#writing ??= this.#write();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
    this.#writing = Promise.resolve();
    this.#file?.close();
    this.#file = undefined;
  }

  async #write(): Promise<void> {
    try {
      this.#file ??= await this.#create();
      while (this.#written < this.#offered.length) {
        const rest = this.#offered.subarray(this.#written);
        this.#written += await this.#file.write(rest);
      }
      this.#writing = undefined;
    } catch (error) {
      log.warn(
        "The match goes on, but can't be recorded in {folder}: {why}. " +
          "Free some space or make it writable, or name another one with " +
          "--state-folder.",
        {
          folder: this.#folder,
          why: messageOf(error),
        },
      );
    }
  }

  /** Makes the file: that of the seat's first process or, where that is taken, a later one's. */
  async #create(): Promise<Deno.FsFile> {
    const folder = this.#folder;
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of (await namesByAge(folder)).slice(REPLAYS_MAX - 1)) {
      await removeFile(`${folder}/${name}`);
    }
    for (let part = 1;; part++) {
      const path = `${folder}/${replayFileName(this.#name, part)}`;
      try {
        const how = { write: true, createNew: true, mode: 0o600 };
        const file = await Deno.open(path, how);
        log.info("The match is recorded in {path}", { path });
        return file;
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      }
    }
  }
}

/** Names of the recordings in a folder, newest first. */
async function namesByAge(folder: string): Promise<readonly string[]> {
  const found: { readonly name: string; readonly atMs: number }[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(REPLAY_ENDING)) continue;
    try {
      const { mtime } = await Deno.stat(`${folder}/${name}`);
      found.push({ name, atMs: mtime?.getTime() ?? 0 });
    } catch {
      // Another process has removed it meanwhile.
    }
  }
  return found.sort((a, b) => b.atMs - a.atMs).map(({ name }) => name);
}
