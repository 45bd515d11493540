// TextEncoder and TextDecoder for engines of EdgeHTML's time: UTF-8 only, no streaming, no `fatal`.
// Not here: other encodings; the glue asks for none. Errors of the input become U+FFFD exactly as
// the Encoding Standard has it (one for each maximal part of a sequence).

function encodeInto(text, bytes) {
  let read = 0;
  let written = 0;
  while (read < text.length) {
    let point = text.codePointAt(read);
    const units = point > 0xffff ? 2 : 1;
    if (point >> 11 === 0x1b) point = 0xfffd; // Half of a surrogate pair.
    const more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    if (written + more >= bytes.length) break;
    // The array keeps the low 8 bits, which turns 0x7f80 into the mark of a sequence's length.
    bytes[written++] = more ? (0x7f80 >> more) | (point >> (6 * more)) : point;
    for (let n = more; n--; ) bytes[written++] = 0x80 | ((point >> (6 * n)) & 0x3f);
    read += units;
  }
  return { read, written };
}

function encode(text = "") {
  const bytes = new Uint8Array(text.length * 3);
  return bytes.slice(0, encodeInto(text, bytes).written);
}

function decode(source = []) {
  const bytes = new Uint8Array(source.buffer || source, source.byteOffset, source.byteLength);
  let text = "";
  let at = 0;
  while (at < bytes.length) {
    let point = bytes[at++];
    if (point > 0x7f) {
      let more = point < 0xc2 || point > 0xf4 ? 0 : point < 0xe0 ? 1 : point < 0xf0 ? 2 : 3;
      // The second byte may not make the sequence too long, a surrogate or above U+10FFFF.
      let low = point === 0xe0 ? 0xa0 : point === 0xf0 ? 0x90 : 0x80;
      let high = point === 0xed ? 0x9f : point === 0xf4 ? 0x8f : 0xbf;
      point = more ? point & (0x3f >> more) : 0xfffd;
      for (; more; more--) {
        const next = bytes[at];
        if (!(next >= low && next <= high)) {
          point = 0xfffd;
          break;
        }
        at++;
        point = (point << 6) | (next & 0x3f);
        low = 0x80;
        high = 0xbf;
      }
    }
    text += String.fromCodePoint(point);
  }
  return this.ignoreBOM || text[0] !== "\ufeff" ? text : text.slice(1);
}

if (!self.TextEncoder) {
  self.TextEncoder = function () {};
  TextEncoder.prototype = { encode, encodeInto };
}
if (!self.TextDecoder) {
  self.TextDecoder = function (label, options) {
    this.ignoreBOM = options && options.ignoreBOM;
  };
  TextDecoder.prototype = { decode };
}
