//! What a form holds, and how it is sent.

use api::browser::{FieldKind, Form, field};

/// Keeps what was typed and chosen in the page, so that showing it anew loses nothing.
pub fn keep(form: &mut Form, pairs: &[(String, String)]) {
    let held = |name: &str| pairs.iter().find(|(held, _)| held == name).map(|(_, value)| value);
    for input in &mut form.fields {
        match held(&input.name) {
            Some(value) => input.value.clone_from(value),
            // A box that is not ticked is not sent.
            None if input.kind == FieldKind::Box => input.value.clear(),
            None => {}
        }
    }
    if let (Some(choice), Some(chosen)) = (&mut form.plans, held(field::PLAN)) {
        for plan in &mut choice.plans {
            plan.is_chosen = plan.id == *chosen;
        }
    }
}

/// Writes pairs as `application/x-www-form-urlencoded` (WHATWG URL, section 5.2).
#[must_use]
pub fn urlencoded(pairs: &[(String, String)]) -> String {
    let mut body = String::new();
    for (name, value) in pairs {
        if !body.is_empty() {
            body.push('&');
        }
        push_encoded(&mut body, name);
        body.push('=');
        push_encoded(&mut body, value);
    }
    body
}

fn push_encoded(body: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                body.push(char::from(byte));
            }
            b' ' => body.push('+'),
            _ => {
                body.push('%');
                body.push(char::from(HEX[usize::from(byte >> 4)]));
                body.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
}
