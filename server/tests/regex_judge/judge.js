// Asks V8: reads a file of [{pattern, texts}], writes a line of JSON for each pattern.
//
// "refused" where it is no pattern, else for each text null (no match of the whole text) or the
// groups, each null or its [start, end] in code units.
"use strict";

const fs = require("fs");

function judged({ pattern, texts }) {
  let whole;
  try {
    new RegExp(pattern);
    whole = new RegExp("^(?:" + pattern + ")$", "d");
  } catch (error) {
    if (error instanceof SyntaxError) {
      return "refused";
    }
    throw error;
  }
  return texts.map((text) => {
    const found = whole.exec(text);
    return found && found.indices.slice(1).map((place) => place || null);
  });
}

const cases = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
process.stdout.write(cases.map((one) => JSON.stringify(judged(one)) + "\n").join(""));
