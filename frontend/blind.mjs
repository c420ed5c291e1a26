/** Blinding and finalising of RSABSSA-SHA384-PSS-Deterministic (RFC 9474): the client's half of it. */
import { BlindRSA, PrepareType } from "@cloudflare/blindrsa-ts/lib/src/blindrsa.js";

const suite = new BlindRSA({ hash: "SHA-384", saltLength: 48, prepareType: PrepareType.Deterministic });
const algorithm = { name: "RSA-PSS", hash: "SHA-384" };

const load = (spki) => crypto.subtle.importKey("spki", spki, algorithm, true, ["verify"]);

/** `spki`: under rsaEncryption. */
export async function blind(spki, message) {
  const { blindedMsg, inv } = await suite.blind(await load(spki), message);
  return { blinded: blindedMsg, inverse: inv };
}

/** The signature on `message`; throws where the issuer signed with another key. */
export async function finalise(spki, message, blindSignature, inverse) {
  return suite.finalize(await load(spki), message, blindSignature, inverse);
}
