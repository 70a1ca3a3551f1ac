import { expect } from "@std/expect";
import config from "../../deno.json" with { type: "json" };
import { filesOf, PARTS } from "./suite.ts";

Deno.test("every part of the tests has files, and is run by ok or by ok:parts", () => {
  const said = [config.tasks.ok, config.tasks["ok:parts"]]
    .flatMap(({ command }) => command.split("tests/house/suite.ts ")[1])
    .flatMap((names) => names.split(" "));

  expect(said.toSorted()).toEqual(PARTS.map(({ name }) => name).toSorted());
  for (const name of said) expect(filesOf(name)).not.toEqual([]);
});
