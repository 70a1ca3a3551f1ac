/**
 * What the environment says of a command's options: `PONG_PAGE_PORT` for `--page-port`.
 *
 * A variable counts where nothing was typed. One that is no value of its option is ignored with a
 * warning, for it may be meant for somebody else: beside a service called "pong", Kubernetes sets
 * PONG_PORT to `tcp://10.0.0.1:5555`.
 *
 * @module
 */
import type { CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { messageOf } from "../link/network_error.ts";

const YES = ["1", "true", "yes", "on"];
const NO = ["0", "false", "no", "off"];

/**
 * Gives each option to switch something on the one that switches it off, and the other way round:
 * what a variable has switched can then be typed otherwise. Helps don't show them.
 */
export function addOpposites(command: CommandUnknownOpts): void {
  for (const option of [...command.options]) {
    const name = option.long?.replace(/^--(no-)?/, "");
    if (!isSwitch(option) || name === undefined) continue;
    const flag = option.negate ? `--${name}` : `--no-${name}`;
    command.addOption(command.createOption(flag).hideHelp());
    if (!option.negate) continue;
    // What stands alone is on by itself; what has an opposite has to be told.
    command.setOptionValueWithSource(option.attributeName(), true, "default");
  }
}

/** Sets what was not typed as the environment says it; returns the warnings. */
export function applyEnvironment(
  command: CommandUnknownOpts,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const warnings: string[] = [];
  for (const option of command.options) {
    const name = option.attributeName();
    const variable = `PONG_${name.replace(/[A-Z]/g, "_$&").toUpperCase()}`;
    const value = env[variable]?.trim() ?? "";
    if (option.hidden || value === "") continue;
    if (command.getOptionValueSource(name) === "cli") continue;
    try {
      const meant = valueOf(option, value);
      command.setOptionValueWithSource(name, meant, "env");
    } catch (error) {
      // Never the value itself: it may be a password.
      const why = messageOf(error);
      warnings.push(
        `${variable} is ignored, for it is no value of ${option.long}. ${why}`,
      );
    }
  }
  return warnings;
}

/** @throws {Error} When it is no value of the option; its message says what is. */
function valueOf(option: Option, value: string): unknown {
  if (isSwitch(option)) {
    const word = value.toLowerCase();
    if (YES.includes(word)) return option.presetArg ?? true;
    if (NO.includes(word)) return option.optional ? undefined : false;
    if (!option.optional) throw new Error("It takes 1 or 0.");
  }
  // Every parser takes what came before, which the types don't tell.
  const parse = option.parseArg as
    | ((text: string, before?: unknown) => unknown)
    | undefined;
  return parse ? parse(value) : value;
}

/** Whether it switches something, or may stand without a value. */
function isSwitch(option: Option): boolean {
  return option.isBoolean() || option.negate || option.optional;
}
