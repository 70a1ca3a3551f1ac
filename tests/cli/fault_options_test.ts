import { expect } from "@std/expect";
import { parseFaults } from "../../net/cli/fault_options.ts";
import { NO_TRANSPORT_FAULTS } from "../../net/transport/faulty.ts";

Deno.test("parseFaults reads what a person writes", () => {
  for (
    const [text, faults] of [
      ["latency=80,jitter=20,loss=5,duplicate=1,reorder=2.5,cut=in", {
        ...{ delayMs: 80, jitterMs: 20, loss: 0.05, duplication: 0.01 },
        ...{ reordering: 0.025, cut: "in" },
      }],
      ["latency=5000", { delayMs: 5_000 }],
      ["loss=100", { loss: 1 }],
      [" cut=both , latency=0", { cut: "both" }],
    ] as const
  ) {
    expect(parseFaults(text)).toEqual({
      kind: "faults",
      faults: { ...NO_TRANSPORT_FAULTS, ...faults },
    });
  }
});

for (
  const [text, problem] of [
    ["", '"" is no fault'],
    ["loss", '"loss" is no fault'],
    ["delay=5", "There are latency=, jitter=, loss="],
    ["loss=5,", '"" is no fault'],
    ["loss=5;cut=in", '"loss" takes 0 to 100 percent, not "5;cut=in"'],
    ["loss=101", '"loss" takes 0 to 100 percent'],
    ["loss=-1", '"loss" takes 0 to 100 percent'],
    ["loss=0x5", '"loss" takes 0 to 100 percent'],
    ["latency=5001", '"latency" takes 0 to 5000 milliseconds'],
    ["latency=80ms", '"latency" takes 0 to 5000 milliseconds'],
    ["cut=up", '"cut" takes none, in, out, both, not "up"'],
    ["loss=1,loss=2", '"loss" is named twice'],
  ] as const
) {
  Deno.test(`parseFaults says what is wrong with "${text}"`, () => {
    const parsed = parseFaults(text);

    expect(parsed.kind === "wrong" && parsed.message).toContain(problem);
  });
}
