// Starts the portal's WebAssembly over the page that is already there and works without it.
// Not here: anything a customer needs; whatever fails, the plain page goes on.
// `portal-glue` is what wasm-bindgen wrote; the build gives it this name.
import "./text-codec.js";
import start from "portal-glue";

// Only known while this script is first run.
const script = document.currentScript;
const address = script && script.getAttribute("data-wasm");

// The smallest module: a content security policy or a policy of the device may forbid what the
// engine could do, and then the portal need not be fetched.
const EMPTY = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);

function isAbsent() {
  return typeof WebAssembly !== "object" || typeof WebAssembly.instantiate !== "function";
}

function report(reason) {
  if (typeof console === "object") {
    console.warn("The page goes on without WebAssembly:", reason);
  }
}

if (!address || isAbsent()) {
  report(address ? "the engine has none" : "no data-wasm on the script element");
} else {
  try {
    WebAssembly.instantiate(EMPTY)
      .then(() => start({ module_or_path: address }))
      .catch(report);
  } catch (error) {
    report(error);
  }
}
