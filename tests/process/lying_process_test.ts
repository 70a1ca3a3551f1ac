/**
 * One process of a match lies, over the relay: for the others it is as if it weren't there.
 *
 * @module
 */
import { together } from "./fault_match.ts";
import { playAgainstLiar } from "./lying_match.ts";

Deno.test("one of three that accuses and one of four that tells wrong hashes take nothing from the others", () =>
  together([
    () => playAgainstLiar(3, "accuse"),
    () => playAgainstLiar(4, "wrong hashes"),
  ]));
