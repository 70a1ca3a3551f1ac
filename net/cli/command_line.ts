/**
 * The command line: words in, one `Command` out. Reads no environment but the one it is given.
 *
 * @module
 */
import {
  Command as Program,
  CommanderError,
} from "@commander-js/extra-typings";
import { type Command, createCommands } from "./commands.ts";
import { addOpposites, applyEnvironment } from "./environment.ts";

/** A command to run, a text that was asked for, or what was wrong with the words. */
export type ParsedArgs =
  | {
    readonly kind: "run";
    readonly command: Command;
    /** Sentences for a person: what was ignored, or better said otherwise. */
    readonly warnings: readonly string[];
  }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "usage"; readonly message: string };

export interface ParseContext {
  readonly version: string;
  /** How this program is started here, for example "deno task"; "pong" if not given. */
  readonly pong?: string;
  /** `PONG_*` variables; flags win over them. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Parses the words after the program's name. */
export function parseArgs(
  args: readonly string[],
  { version, env, pong = "pong" }: ParseContext,
): ParsedArgs {
  let command: Command | undefined;
  const warnings: string[] = [];
  let text = "";
  const done = (parsed: Command, ...said: string[]) => {
    command = parsed;
    warnings.push(...said);
  };
  const program = createProgram({ version, pong, done });
  program.hook("preAction", (_, each) => {
    warnings.push(...applyEnvironment(each, env));
  });
  for (const each of [program, ...program.commands]) {
    each.exitOverride().configureOutput({
      writeOut: (out) => text += out,
      writeErr: (out) => text += out,
    });
  }
  // `pong help play` is `pong play --help`.
  const [name = "--help", ...rest] = args[0] === "help"
    ? [...args.slice(1), "--help"]
    : args;
  const known = program.commands.some((each) => each.name() === name);
  const usage = (problem: string): ParsedArgs => {
    const help = known ? `${pong} ${name} --help` : "pong --help";
    return { kind: "usage", message: `pong: ${problem} (see ${help})` };
  };
  try {
    program.parse([name, ...rest], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0
      ? { kind: "text", text }
      : usage(oneLine(shorten(text || error.message, args)));
  }
  return command
    ? { kind: "run", command, warnings }
    : usage("no command was given");
}

function createProgram(
  { version, pong, done }: Required<Omit<ParseContext, "env">> & {
    readonly done: Parameters<typeof createCommands>[0];
  },
): Program {
  const program = new Program("pong")
    .description(
      "Pong between two to four computers.\n\nStart here:\n" +
        Object.entries({
          demo: "play at once, against a bot",
          play: "choose on the page how to play",
          lobby: "let others join from their computers",
          "play --host 192.168.1.20": "join the lobby on that computer",
        }).map(([words, what]) => `  ${pong} ${words.padEnd(25)} ${what}`)
          .join("\n"),
    )
    .version(version, "-V, --version", "print the version")
    .helpCommand(false);
  for (const command of createCommands(done, pong)) {
    addOpposites(command);
    program.addCommand(command);
  }
  return program;
}

/** Blanks out each word that might hold a password, of those that commander repeats. */
function shorten(text: string, args: readonly string[]): string {
  const words = args.flatMap((arg) => [arg, arg.replace(/^[^=]*=/, "")])
    .filter((word) => word.length > 24 || /[^\w.-]/.test(word))
    .toSorted((a, b) => b.length - a.length);
  return words.reduce((left, word) => {
    const shown = `${/^--[\w-]+(?==)/.exec(word)?.[0] ?? ""}…`;
    const quoted = left.replaceAll(`'${word}'`, `'${shown}'`);
    // So short a word holds no password, but may well be part of the sentence.
    return word.length > 3 ? quoted.replaceAll(word, shown) : quoted;
  }, text);
}

function oneLine(text: string): string {
  return text.replace(/^error: /, "").trim().replaceAll(/\s+/g, " ");
}
