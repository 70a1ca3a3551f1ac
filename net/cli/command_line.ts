/**
 * The command line: words in, one `Command` out. Reads no environment but the one it is given.
 *
 * @module
 */
import {
  Command as Program,
  CommanderError,
  type CommandUnknownOpts,
} from "@commander-js/extra-typings";
import { type Command, createCommands } from "./commands.ts";

/** A command to run, a text that was asked for, or what was wrong with the words. */
export type ParsedArgs =
  | { readonly kind: "run"; readonly command: Command }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "usage"; readonly message: string };

export interface ParseContext {
  readonly version: string;
  /** `PONG_*` variables; flags win over them. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Parses the words after the program's name. */
export function parseArgs(
  args: readonly string[],
  { version, env }: ParseContext,
): ParsedArgs {
  let command: Command | undefined;
  let text = "";
  const program = createProgram(version, (parsed) => command = parsed);
  for (const each of [program, ...program.commands]) {
    each.exitOverride().configureOutput({
      writeOut: (out) => text += out,
      writeErr: (out) => text += out,
    });
  }
  const [name = "--help", ...rest] = args;
  const known = program.commands.find((each) => each.name() === name);
  const usage = (problem: string): ParsedArgs => {
    const help = known ? `pong ${name} --help` : "pong --help";
    return { kind: "usage", message: `pong: ${problem} (see ${help})` };
  };
  try {
    const set = known ? flagsIn(env, known) : [];
    program.parse([name, ...set, ...rest], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0
      ? { kind: "text", text }
      : usage(oneLine(text || error.message));
  }
  return command ? { kind: "run", command } : usage("no command was given");
}

function createProgram(
  version: string,
  done: (command: Command) => void,
): Program {
  const program = new Program("pong")
    .description("Pong between two to four computers.")
    .version(version, "-V, --version", "print the version")
    .helpCommand(false)
    .addHelpText(
      "after",
      "\nStart here:\n" +
        "  pong play                      choose on the page how to play\n" +
        "  pong lobby                     let others join from their computers\n" +
        "  pong play --host 192.168.1.20  join the lobby on that computer",
    );
  for (const command of createCommands(done)) program.addCommand(command);
  return program;
}

/** Returns the flags that the environment sets. They stand before those that were typed, which win. */
function flagsIn(
  env: ParseContext["env"],
  command: CommandUnknownOpts,
): readonly string[] {
  const flags: string[] = [];
  for (const option of command.options) {
    const variable = `PONG_${
      option.attributeName().replace(/[A-Z]/g, "_$&").toUpperCase()
    }`;
    const value = env[variable];
    if (value === undefined || value === "") continue;
    if (option.isBoolean() || option.negate) {
      if (isSwitchedOn(value, option.negate)) flags.push(option.long ?? "");
    } else flags.push(`${option.long}=${value}`);
  }
  return flags;
}

/** `PONG_ONCE=1` switches on; `PONG_OPEN=0` switches off what `--no-open` switches off. */
function isSwitchedOn(value: string, isNegated: boolean): boolean {
  const isTrue = !["0", "false", "no", "off"].includes(value.toLowerCase());
  return isTrue !== isNegated;
}

function oneLine(text: string): string {
  return text.replace(/^error: /, "").trim().replaceAll(/\s+/g, " ");
}
