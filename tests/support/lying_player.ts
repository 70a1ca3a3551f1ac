/**
 * Loaded before `main.ts`, it makes a real player lie in each packet of play, by the strategy that
 * the environment names, from two seconds after its first one on.
 *
 * @module
 */
import { Play } from "../../net/match/play.ts";
import { LyingMember, STRATEGIES } from "./lying_member.ts";
import { createRandom } from "./simulation.ts";

const TRUE_MS = 2000;

const strategy = STRATEGIES.find((name) => name === Deno.env.get("LIE"));
if (!strategy) throw new TypeError("LIE names no strategy");
const { say } = Play.prototype;
let liar: LyingMember | undefined;
let fromMs: number | undefined;

Play.prototype.say = function (said) {
  const packet = say.call(this, said);
  const { slot, have } = packet.record;
  const nowMs = performance.now();
  fromMs ??= nowMs + TRUE_MS;
  liar ??= new LyingMember(
    { slot, strategy, fromMs, to: 15 },
    have.length,
    createRandom(1),
  );
  return nowMs < fromMs ? packet : liar.lie(packet, this, nowMs);
};
