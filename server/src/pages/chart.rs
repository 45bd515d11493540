//! The use of days as a picture: a bar a day, the device's own, shared and roaming stacked.
//!
//! Drawn without a `viewBox`: widths are parts of the page's, so that writing stays legible on a
//! narrow one. The kinds differ by fill and outline, not by colour alone. Not here: the table
//! that says the same ([`super::usage`]).

use domain::amount::Bytes;

use crate::http::reply::escape;

/// Where the highest bar ends, in pixels.
const TOP: u64 = 24;
/// How high it is.
const HEIGHT: u64 = 120;
/// Where the names of days stand.
const NAMES: u64 = 164;
/// The height of the picture.
const WHOLE: u64 = 172;
/// The part of its place that a bar fills, in percent.
const FILLED: u64 = 70;

/// What a day used, in bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayBar {
    /// Its name.
    pub name: String,
    /// All of it, in words.
    pub said: String,
    /// At home by the device itself, at home by others through it, roaming.
    pub parts: [Bytes; 3],
}

impl DayBar {
    fn total(&self) -> u64 {
        self.parts.iter().fold(Bytes(0), |sum, part| sum.plus(*part)).0
    }
}

/// The words of a picture.
pub struct Words<'a> {
    /// What it shows.
    pub title: &'a str,
    /// The names of the three kinds.
    pub kinds: [&'a str; 3],
    /// Writes the highest day.
    pub highest: &'a dyn Fn(Bytes) -> String,
}

/// Draws days, earliest first, with the key of the kinds; nothing where nothing was used.
#[must_use]
pub fn days(words: &Words<'_>, days: &[DayBar]) -> String {
    let highest = days.iter().map(DayBar::total).max().unwrap_or(0);
    if highest == 0 {
        return String::new();
    }
    let count = u64::try_from(days.len()).unwrap_or(1).max(1);
    let title = escape(words.title);
    let base = TOP.saturating_add(HEIGHT);
    let scale = escape(&(words.highest)(Bytes(highest)));
    let mut picture = format!(
        "<svg class=\"chart\" width=\"100%\" height=\"{WHOLE}\" role=\"img\" \
         aria-label=\"{title}\"><path class=\"line\" d=\"M0 {TOP}h9999M0 {base}h9999\"/>\
         <text class=\"scale\" x=\"0\" y=\"16\">{scale}</text>"
    );
    for (day, place) in days.iter().zip(0_u64..) {
        let (name, said) = (escape(&day.name), escape(&day.said));
        picture.push_str(&format!("<g><title>{name}: {said}</title>"));
        let mut below = base;
        for (part, class) in day.parts.iter().zip(["own", "shared", "roaming"]) {
            let height = pixels(part.0, highest);
            below = below.saturating_sub(height);
            if height > 0 {
                let (x, width) = (left(place, count), width(count));
                picture.push_str(&format!(
                    "<rect class=\"{class}\" x=\"{x}\" y=\"{below}\" width=\"{width}\" \
                     height=\"{height}\"/>"
                ));
            }
        }
        picture.push_str("</g>");
    }
    if let [first, .., last] = days {
        let (first, last) = (escape(&first.name), escape(&last.name));
        picture.push_str(&format!(
            "<text x=\"0\" y=\"{NAMES}\">{first}</text>\
             <text class=\"last\" x=\"100%\" y=\"{NAMES}\">{last}</text>"
        ));
    }
    picture.push_str("</svg><ul class=\"key\" role=\"list\">");
    for (kind, class) in words.kinds.iter().zip(["own", "shared", "roaming"]) {
        picture.push_str(&format!("<li class=\"{class}\">{}</li>", escape(kind)));
    }
    picture.push_str("</ul>");
    picture
}

/// The height of a part: at least one pixel of what is not nothing.
fn pixels(part: u64, highest: u64) -> u64 {
    if part == 0 {
        return 0;
    }
    let scaled = u128::from(part).saturating_mul(u128::from(HEIGHT));
    let height = scaled.checked_div(u128::from(highest)).unwrap_or(0);
    u64::try_from(height).unwrap_or(HEIGHT).max(1)
}

fn left(place: u64, count: u64) -> String {
    let margin = 100_u64.saturating_sub(FILLED).div_euclid(2);
    percent(place.saturating_mul(100).saturating_add(margin), count)
}

fn width(count: u64) -> String {
    percent(FILLED, count)
}

/// Writes hundredths of a place among `count` as percent of the whole, with two decimals.
fn percent(hundredths: u64, count: u64) -> String {
    let parts = hundredths.saturating_mul(100).checked_div(count).unwrap_or(0);
    format!("{}.{:02}%", parts.div_euclid(100), parts.rem_euclid(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(bars: &[DayBar]) -> String {
        let highest = |bytes: Bytes| format!("<{}>", bytes.0);
        let kinds = ["This device", "Shared & more", "Roaming"];
        days(&Words { title: "The last \"days\"", kinds, highest: &highest }, bars)
    }

    fn bar(name: &str, parts: [u64; 3]) -> DayBar {
        DayBar { name: name.into(), said: "a & b".into(), parts: parts.map(Bytes) }
    }

    #[test]
    fn days_are_stacked_to_scale_and_everything_is_escaped() {
        let picture = draw(&[bar("1 Mar", [50, 25, 25]), bar("2 <Mar>", [10, 0, 0])]);
        for part in [
            r#"aria-label="The last &quot;days&quot;""#,
            "&lt;100&gt;",
            "<title>1 Mar: a &amp; b</title>",
            r#"<rect class="own" x="7.50%" y="84" width="35.00%" height="60"/>"#,
            r#"<rect class="shared" x="7.50%" y="54" width="35.00%" height="30"/>"#,
            r#"<rect class="roaming" x="7.50%" y="24" width="35.00%" height="30"/>"#,
            r#"<rect class="own" x="57.50%" y="132" width="35.00%" height="12"/>"#,
            "2 &lt;Mar&gt;",
            r#"<li class="shared">Shared &amp; more</li>"#,
        ] {
            assert!(picture.contains(part), "{part} is not in {picture}");
        }
        assert_eq!(picture.matches("<rect").count(), 4, "{picture}");
    }

    #[test]
    fn little_is_seen_and_nothing_is_not_drawn() {
        let picture = draw(&[bar("a", [1, 0, 0]), bar("b", [u64::MAX, u64::MAX, 0])]);
        assert!(picture.contains(r#"height="1"/>"#), "{picture}");
        assert_eq!(draw(&[bar("a", [0, 0, 0])]), "");
        assert_eq!(draw(&[]), "");
    }
}
