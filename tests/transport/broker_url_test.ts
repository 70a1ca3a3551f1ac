import { expect } from "@std/expect";
import { NetworkError } from "../../net/link/network_error.ts";
import { agreedBrokerUrl } from "../../net/transport/broker_consent.ts";
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

/** Who is where, by name. */
const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  "lobby.example": ["192.0.2.1", "192.0.2.2"],
  "alias.example": ["192.0.2.2"],
  "half.example": ["192.0.2.1", "10.0.0.1"],
  "router.lan": ["192.168.1.1"],
};

for (
  const [host, lobby, used, ...brokerHosts] of [
    ["LOBBY.example.", "lobby.example", "LOBBY.example."],
    ["localhost", "lobby.example", "lobby.example"],
    ["127.0.0.1", "lobby.example", "lobby.example"],
    ["192.0.2.2", "lobby.example", "lobby.example"],
    ["alias.example", "lobby.example", "lobby.example"],
    ["[2001:DB8::1]", "2001:db8::1", "[2001:DB8::1]"],
    ["mq.example", "lobby.example", "mq.example", "a", "mq.example"],
    ["router.lan", "lobby.example", "router.lan", "router.lan"],
    ["mq.example", "lobby.example", undefined, "example"],
    ["half.example", "lobby.example", undefined],
    ["router.lan", "lobby.example", undefined],
    ["192.168.1.1", "lobby.example", undefined],
    ["169.254.169.254", "lobby.example", undefined],
    ["127.1", "lobby.example", undefined],
    ["2130706433", "lobby.example", undefined],
    ["0.0.0.0", "lobby.example", undefined],
    ["[::ffff:127.0.0.1]", "lobby.example", undefined],
    ["unknown.example", "nowhere.example", undefined],
  ] as const
) {
  const hosts = brokerHosts.length > 0 ? ` and ${brokerHosts}` : "";
  Deno.test(`a player who named ${lobby}${hosts} goes to ${used ?? "nobody"} for a broker at ${host}`, async () => {
    const consent = { lobby: { hostname: lobby, port: 5555 }, brokerHosts };
    const lookUp = (host: string) => Promise.resolve(ADDRESSES[host] ?? [host]);
    const nowhere = () => Promise.resolve([]);

    const url = `amqp://mia:secret@${host}:1/v`;
    const agreed = agreedBrokerUrl(
      url,
      consent,
      host === "unknown.example" ? nowhere : lookUp,
    );

    if (used) return expect(await agreed).toBe(url.replace(host, used));
    const bare = host.replace(/^\[(.*)\]$/, "$1");
    await expect(agreed).rejects.toThrow(NetworkError);
    await expect(agreed).rejects.toThrow(`--broker-host ${bare}.`);
    await expect(agreed).rejects.not.toThrow("secret");
  });
}
