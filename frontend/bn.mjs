/** What @cloudflare/blindrsa-ts asks of sjcl's big numbers, said with BigInt. Bits are bytes here. */
const hex = (bytes) => "0x0" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

class BN {
  constructor(value) {
    this.v = BigInt(value);
  }
  static fromBits = (bytes) => new BN(hex(bytes));
  toBits() {
    const text = this.v.toString(16);
    return (text.length % 2 ? "0" + text : text).match(/../g).map((pair) => parseInt(pair, 16));
  }
  bitLength = () => this.v.toString(2).length;
  equals = (other) => this.v === new BN(other.v ?? other).v;
  greaterEquals = (other) => this.v >= other.v;
  mulmod = (other, n) => new BN((this.v * other.v) % n.v);
  powermod(e, n) {
    let [out, base] = [1n, this.v % n.v];
    for (const bit of e.v.toString(2)) out = (out * out * (bit === "1" ? base : 1n)) % n.v;
    return new BN(out);
  }
  inverseMod(n) {
    let [a, b, x, y] = [this.v % n.v, n.v, 1n, 0n];
    while (a) [a, b, x, y] = [b % a, a, y - (b / a) * x, x];
    if (b !== 1n) throw new Error("not invertible");
    return new BN(((y % n.v) + n.v) % n.v);
  }
}

const base64url = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const same = (bytes) => bytes;

export default { bn: BN, codec: { bytes: { toBits: same, fromBits: same }, base64url: { toBits: base64url } } };
