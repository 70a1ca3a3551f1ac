/** However a broker's address is written, nobody gets to read the password that is in it. */
import { expect } from "@std/expect";
import fc from "fast-check";
import { parseArgs } from "../../net/cli/command_line.ts";
import { keepExchange } from "../../net/transport/amqp.ts";
import {
  canonicalBrokerUrl,
  parseBrokerUrl,
} from "../../net/transport/broker_url.ts";
import { FakeBroker } from "../support/fake_broker.ts";
import { VirtualTime } from "../support/virtual_time.ts";

/** Of characters that mean something in an address, and some that mean nothing anywhere. */
const password = fc.string({
  unit: fc.oneof(
    fc.constantFrom(..."/@#?%:&= \\'\"[]ß🏓%4\u00A0"),
    fc.string({ minLength: 1, maxLength: 1 }),
  ),
  minLength: 1,
  maxLength: 12,
}).map((text) => `Q${text}z9`);

/** Cuts a part of the text out, and puts a few characters in its place. */
function damage(text: string, [at, length, news]: [number, number, string]) {
  const from = at % (text.length + 1);
  return text.slice(0, from) + news + text.slice(from + length);
}

const damages = fc.tuple(
  fc.nat(60),
  fc.nat(20),
  fc.constantFrom("", "", "@", "/", "#", "?", "%", ":", " ", "x", "://"),
);

/** All that is said to somebody who gives this as a broker, or where a broker doesn't belong. */
function saidOf(url: string): string {
  const parse = (args: string[], env = {}) =>
    parseArgs(args, { version: "1", env });
  const all = [
    ...[["lobby", "--broker", url], ["lobby", `--brokr=${url}`], [url]],
    ...[["lobby", url], ["lobby", "--port", url], ["play", `--host=${url}`]],
    ...[["play", "--name", url], ["play", `--faults=${url}`], ["help", url]],
  ].map((args) => parse(args));
  const variables = ["PONG_BROKER", "PONG_PORT", "PONG_HOST", "PONG_ONCE"]
    .map((name) => parse(["lobby"], { [name]: url }));
  return [...all, ...variables].map((parsed) =>
    parsed.kind === "run" ? parsed.warnings : Object.values(parsed)
  ).flat().join("\n");
}

Deno.test("no password is said, whatever is in it and whatever is wrong with its address", () => {
  fc.assert(
    fc.property(password, damages, fc.boolean(), (secret, wrong, isEncoded) => {
      const login = isEncoded ? encodeURIComponent(secret) : secret;
      const url = `amqp://mia:${login}@broker.example:5672/pong`;
      for (const text of [url, damage(url, wrong)]) {
        let said = saidOf(text);
        try {
          const { name, user, vhost } = parseBrokerUrl(text);
          said += [name, user, vhost].join("\n");
        } catch (error) {
          said += Deno.inspect(error);
        }
        expect(said).not.toContain(secret);
        expect(said).not.toContain(login);
      }
      const broker = parseBrokerUrl(url);
      expect(parseBrokerUrl(canonicalBrokerUrl(url))).toEqual(broker);
      if (isEncoded) expect(broker).toMatchObject({ password: secret });
    }),
    { numRuns: 300 },
  );
});

Deno.test("what the library or the broker says of an address is said without its password", async () => {
  for (const secret of ["verysecret", "very/se cret@"]) {
    using time = new VirtualTime();
    using broker = new FakeBroker(time);
    const url = `amqp://mia:${encodeURIComponent(secret)}@h`;
    broker.refusal = new Error(`cannot open ${url} with ${secret}`);
    const opening = keepExchange({ url, signal: new AbortController().signal });

    const error = await opening.then(() => undefined, (error) => error);

    expect(Deno.inspect(error)).toContain("cannot open amqp://mia:…@h with …");
    expect(Deno.inspect(error)).not.toContain(secret);
  }
});
