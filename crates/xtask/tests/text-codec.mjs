// Compares static/text-codec.js with Node's own TextEncoder and TextDecoder.
// Usage: node text-codec.mjs PATH-OF-text-codec.js
import assert from "node:assert";
import { readFileSync } from "node:fs";
import vm from "node:vm";

const own = { encoder: new TextEncoder(), decoder: new TextDecoder() };
const ownKeepingMark = new TextDecoder("utf-8", { ignoreBOM: true });

// A fresh global object of a context has neither class, like the engines the codec is for.
const context = vm.createContext({ Uint8Array });
vm.runInContext("self = this", context);
vm.runInContext(readFileSync(process.argv[2], "utf8"), context);
const encoder = vm.runInContext("new TextEncoder()", context);
const decoder = vm.runInContext("new TextDecoder('utf-8')", context);
const keepingMark = vm.runInContext("new TextDecoder('utf-8', { ignoreBOM: true })", context);

let seed = 7;
function below(limit) {
  seed = (seed * 1103515245 + 12345) & 0x7fffffff;
  return (seed >> 8) % limit;
}
function any(list) {
  return list[below(list.length)];
}

const UNITS = [0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xfeff, 0xffff];
function text() {
  let made = "";
  for (let n = below(8); n--; ) {
    const pair = String.fromCodePoint(0x10000 + below(0xfffff));
    made += any([pair, String.fromCharCode(any(UNITS)), String.fromCharCode(below(0x10000))]);
  }
  return made;
}

const LEADS = [0xe0, 0xed, 0xf0, 0xf4, 0xc1, 0xf5, 0xef, 0xbb, 0xbf];
function bytes() {
  const random = () => any([below(256), 0x80 + below(64), 0xc0 + below(64), any(LEADS)]);
  return new Uint8Array(below(10)).map(random);
}

for (let round = 0; round < 20000; round++) {
  const source = text();
  const where = JSON.stringify(source);
  assert.deepEqual([...encoder.encode(source)], [...own.encoder.encode(source)], where);
  const [ours, theirs] = [new Uint8Array(round % 20), new Uint8Array(round % 20)];
  const [did, expected] = [encoder.encodeInto(source, ours), own.encoder.encodeInto(source, theirs)];
  assert.equal(did.read, expected.read, where);
  assert.equal(did.written, expected.written, where);
  assert.deepEqual(ours, theirs, where);

  const input = bytes();
  assert.equal(decoder.decode(input), own.decoder.decode(input), String(input));
  assert.equal(keepingMark.decode(input), ownKeepingMark.decode(input), String(input));
  const part = input.subarray(1);
  assert.equal(keepingMark.decode(part), ownKeepingMark.decode(part), String(part));
}
assert.equal(decoder.decode(), "");
assert.equal(encoder.encode().length, 0);
assert.equal(decoder.decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x41]).buffer), "A");
