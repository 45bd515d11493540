//! `[look]`: colours that can be read, and whom a customer may ask.
//!
//! Not here: style sheets. Contrast is that of WCAG 2.1, success criterion 1.4.3 (AA, 4.5 : 1).

use domain::brand::{Colour, Look};
use toml::de::DeValue;

use crate::config::document::Section;
use crate::config::values::{self, Read};

const WHITE: Colour = Colour(0x00ff_ffff);
const BLACK: Colour = Colour(0);
/// The least contrast between text and what is behind it (WCAG 2.1, 1.4.3).
const CONTRAST_MIN: f64 = 4.5;
/// Colours of a brand that names none: 7.2 : 1 with white, 9.8 : 1 with black.
const DEFAULT: Look =
    Look { accent: Colour(0x001c_54a8), accent_dark: Colour(0x008a_b8ff), support_phone: None };
/// Longest telephone number as it is shown: 15 digits (E.164) with as many separators.
const PHONE_CHARS_MAX: usize = 32;

/// Reads the look of a brand's pages.
pub(super) fn read(section: &mut Section<'_>) -> Look {
    section.table("look", read_look).unwrap_or(DEFAULT)
}

fn read_look(section: &mut Section<'_>) -> Look {
    let accent = section.optional("accent", |value| colour(value, WHITE, "white"));
    let accent_dark = section.optional("accent_dark", |value| colour(value, BLACK, "black"));
    let support_phone = section.optional("support_phone", phone);
    Look {
        accent: accent.unwrap_or(DEFAULT.accent),
        accent_dark: accent_dark.unwrap_or(DEFAULT.accent_dark),
        support_phone,
    }
}

fn colour(value: &DeValue<'_>, text: Colour, text_name: &str) -> Read<Colour> {
    let wanted = || "needs a colour such as #1c54a8".to_owned();
    let colour = Colour::parse(values::text(value)?).ok_or_else(wanted)?;
    let ratio = contrast(colour, text);
    if ratio >= CONTRAST_MIN {
        return Ok(colour);
    }
    // Rounded down, so that 4.49 is not shown as the 4.5 that it misses.
    let shown = (ratio * 100.0).floor() / 100.0;
    let change = if text == WHITE { "darken" } else { "lighten" };
    let fault = format!("{text_name} text on {colour} has a contrast of {shown:.2} : 1");
    Err(format!("{fault}; {change} it to reach 4.5 : 1"))
}

fn phone(value: &DeValue<'_>) -> Read<String> {
    let phone = values::line(PHONE_CHARS_MAX)(value)?;
    let fits = |b: u8| b.is_ascii_digit() || b"+ ()-./*#".contains(&b);
    if phone.bytes().all(fits) && phone.bytes().any(|b| b.is_ascii_digit()) {
        Ok(phone)
    } else {
        Err("needs a telephone number, such as \"+47 800 00 100\"".to_owned())
    }
}

/// Returns the contrast of two colours, 1 to 21 (WCAG 2.1, "contrast ratio").
fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Returns the relative luminance, 0 to 1 (WCAG 2.1, "relative luminance").
fn luminance(colour: Colour) -> f64 {
    let [_, red, green, blue] = colour.0.to_be_bytes().map(|channel| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.03928 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_agrees_with_published_ratios() {
        for (colour, with_white, with_black) in [
            (0x00ff_ffff, 1.0, 21.0),
            (0, 21.0, 1.0),
            (0x0076_7676, 4.54, 4.62),
            (0x0077_7777, 4.48, 4.69),
            (0x00ff_0000, 4.00, 5.25),
        ] {
            let near = |a: f64, b: f64| (a - b).abs() < 0.01;
            assert!(near(contrast(Colour(colour), WHITE), with_white), "{colour:06x} with white");
            assert!(near(contrast(Colour(colour), BLACK), with_black), "{colour:06x} with black");
        }
    }

    #[test]
    fn the_default_colours_can_be_read() {
        assert!(contrast(DEFAULT.accent, WHITE) >= 7.0);
        assert!(contrast(DEFAULT.accent_dark, BLACK) >= 7.0);
    }
}
