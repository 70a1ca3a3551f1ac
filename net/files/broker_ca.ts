/**
 * The authorities that somebody trusts to vouch for a broker, from a file.
 *
 * @module
 */
import { X509Certificate } from "node:crypto";
import { messageOf } from "../link/network_error.ts";

const CERTIFICATE =
  /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * Reads the certificates in a PEM file; `undefined` where no file is given.
 *
 * @throws {Error} When it can't be read, or holds no certificate; the message says why.
 */
export async function readBrokerCa(
  file: string | undefined,
): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const problem = (why: string) =>
    new Error(`Cannot use ${file} as --broker-ca: ${why}.`);
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    throw problem(messageOf(error));
  }
  const certificates = text.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) {
    throw problem(
      'it holds no certificate in PEM, which begins with "-----BEGIN CERTIFICATE-----"',
    );
  }
  try {
    for (const certificate of certificates) new X509Certificate(certificate);
  } catch {
    throw problem("a certificate in it is damaged");
  }
  return certificates.join("\n");
}
