/// <reference lib="deno.worker" />
/**
 * Plays histories for `sim_pool.ts`, one after the other.
 *
 * @module
 */
import { type History, play } from "./sim_kinds.ts";

self.onmessage = ({ data }: MessageEvent<History>) => {
  self.postMessage(play(data));
};
