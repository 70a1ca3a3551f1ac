import { expect } from "@std/expect";
import { Inbox } from "../../net/transport/inbox.ts";

Deno.test("an inbox keeps the newest 4096 packets, and gives each once, oldest first", () => {
  const inbox = new Inbox();
  const from = { slot: 0, epoch: 0 };
  const packet = new Uint8Array(1);
  for (let atMs = 0; atMs < 4_097; atMs++) inbox.push({ from, atMs, packet });

  const taken = inbox.take();

  expect(taken.map(({ atMs }) => atMs))
    .toEqual(Array.from({ length: 4_096 }, (_, i) => i + 1));
  inbox.push({ from, atMs: 5_000, packet });
  expect(taken.length).toBe(4_096);
  expect(inbox.take()).toEqual([{ from, atMs: 5_000, packet }]);
  expect(inbox.take()).toEqual([]);
});
