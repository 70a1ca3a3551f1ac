/** What is printed can be typed: the program is called as it was started. */
import { expect } from "@std/expect";
import { programName } from "../../net/cli/program_name.ts";

for (
  const [executable, start, expected] of [
    ["/home/mia/.deno/bin/deno", {}, "deno task"],
    ["/r/.npm/_npx/05/node_modules/deno/deno", {}, "npx -y deno task"],
    ["C:\\n\\node_modules\\deno\\deno.exe", {}, "npx -y deno task"],
    ["/usr/bin/pong", { isStandalone: true }, "pong"],
    ["/g/pong", { isStandalone: true }, "./pong"],
    ["/g/dist/pong", { isStandalone: true }, "./dist/pong"],
    ["/gg/pong", { isStandalone: true }, "/gg/pong"],
    ["/g/my games/pong", { isStandalone: true }, '"./my games/pong"'],
    ["C:\\g\\pong.exe", {
      ...{ isStandalone: true, isWindows: true, folder: "C:\\g" },
    }, ".\\pong.exe"],
    ["C:\\b\\pong.exe", {
      ...{ isStandalone: true, isWindows: true, searched: "C:\\a;C:\\b" },
    }, "pong"],
  ] as const
) {
  Deno.test(`${executable}, where ${JSON.stringify(start)}, is called ${expected}`, () => {
    const usual = { isStandalone: false, isWindows: false, folder: "/g" };
    const searched = "/bin:/usr/bin";
    expect(programName({ ...usual, searched, executable, ...start }))
      .toBe(expected);
  });
}
