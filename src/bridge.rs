//! The way to `window.external`, which `static/bridge.js` wraps for page and WebAssembly alike.
//!
//! Passes the document on as the string that it is [PORT-50]. Not here: how the host is found
//! and called [PORT-44], [PORT-47], [PORT-48] (`bridge.js`), when (`flow`).

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// What Windows is taken to have said when it said nothing [PORT-47].
const GENERAL_FAILURE: u32 = 1;

/// Tells whether the host can take a document.
pub(crate) fn is_available() -> bool {
    call("available", None).is_some_and(|answer| answer.is_truthy())
}

/// Tells whether the plain page is handing a document over at this moment.
pub(crate) fn is_busy() -> bool {
    call("busy", None).is_some_and(|answer| answer.is_truthy())
}

/// Hands the document over and returns the number of Windows [PORT-46].
pub(crate) fn provision(xml: &str) -> u32 {
    let answer = call("provision", Some(&JsValue::from_str(xml)));
    let number = answer.and_then(|answer| answer.as_f64());
    // A number out of range saturates; the server takes what it does not know for a failure.
    number.map_or(GENERAL_FAILURE, |number| number as u32)
}

fn call(name: &str, argument: Option<&JsValue>) -> Option<JsValue> {
    let bridge = Reflect::get(&js_sys::global(), &"broadgateBridge".into()).ok()?;
    let function: Function = Reflect::get(&bridge, &name.into()).ok()?.dyn_into().ok()?;
    match argument {
        Some(argument) => function.call1(&bridge, argument),
        None => function.call0(&bridge),
    }
    .ok()
}
