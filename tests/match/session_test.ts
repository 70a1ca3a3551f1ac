import { expect } from "@std/expect";
import { Members } from "./members.ts";

Deno.test("a process that was out fifteen times comes back no more", () => {
  const match = new Members({ players: 3 });
  match.begin();
  const [, , flaky] = match.members;
  const has = (kind: string) =>
    flaky.events.some((event) => event.kind === kind);

  for (let outs = 1; outs <= 15; outs++) {
    flaky.events.length = 0;
    match.isCut = (from, to) => from === 2 || to === 2;
    match.run(3_000);
    match.isCut = () => false;
    expect(match.run(2_000, () => has("returned"))).toBe(true);
    match.run(1_000);
  }
  match.isCut = (from, to) => from === 2 || to === 2;
  match.run(3_000);
  match.isCut = () => false;
  match.run(2_000);

  expect(flaky.session.outcome).toMatchObject({
    reason: "connection lost",
    winner: null,
    message: "You were away too often.",
  });
  expect(match.members[0].session.play?.members).toBe(0b011);
});
