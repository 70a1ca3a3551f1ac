import { expect } from "@std/expect";
import { NetworkError } from "../../net/link/network_error.ts";
import {
  brokerUrlFor,
  parseBrokerUrl,
} from "../../net/transport/broker_url.ts";

for (
  const [what, text, expected] of [
    ["fills in what an address leaves out", "amqp://host", {
      ...{ secure: false, host: "host", port: 5672, name: "host:5672" },
      ...{ user: "guest", password: "guest", vhost: "/" },
    }],
    [
      "decodes user, password and virtual host",
      "amqps://%C3%A4:p%40%2F@[::1]:7/a%2Fb",
      {
        ...{ secure: true, host: "::1", port: 7, name: "[::1]:7" },
        ...{ user: "ä", password: "p@/", vhost: "a/b" },
      },
    ],
    ["takes a bare percent sign literally", "amqp://u:100%@h", {
      ...{ secure: false, host: "h", port: 5672, name: "h:5672" },
      ...{ user: "u", password: "100%", vhost: "/" },
    }],
  ] as const
) {
  Deno.test(`parseBrokerUrl() ${what}`, () => {
    expect(parseBrokerUrl(text)).toEqual(expected);
  });
}

for (
  const text of ["", "host", "host:5672", "http://host", "amqp:", "amqp://"]
) {
  Deno.test(`parseBrokerUrl() refuses "${text}"`, () => {
    expect(() => parseBrokerUrl(text)).toThrow(NetworkError);
  });
}

for (
  const [url, lobbyHost, expected] of [
    ["amqp://u:p@localhost/v", "10.0.0.5", "amqp://u:p@10.0.0.5/v"],
    ["amqp://127.0.0.1:99", "lobby.lan", "amqp://lobby.lan:99"],
    ["amqps://[::1]:99/v", "fe80::1", "amqps://[fe80::1]:99/v"],
    ["amqp://localhost", "[::1]", "amqp://[::1]"],
    ["amqp://LOCALHOST:1", "h", "amqp://h:1"],
    ["amqp://broker:5672/v", "10.0.0.5", "amqp://broker:5672/v"],
    ["amqp://localhost.lan", "10.0.0.5", "amqp://localhost.lan"],
  ] as const
) {
  Deno.test(`brokerUrlFor() makes ${expected} of ${url} for ${lobbyHost}`, () => {
    expect(brokerUrlFor(url, lobbyHost)).toBe(expected);
  });
}
