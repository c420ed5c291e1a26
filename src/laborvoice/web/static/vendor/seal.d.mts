export function sha256(bytes: Uint8Array): Uint8Array;
export function seal(publicKey: Uint8Array, info: Uint8Array, plain: Uint8Array): Promise<Uint8Array>;
export function open(seed: Uint8Array, info: Uint8Array, sealed: Uint8Array): Promise<Uint8Array>;
export function publicOf(seed: Uint8Array): Promise<Uint8Array>;
