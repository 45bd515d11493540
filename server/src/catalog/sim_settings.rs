//! Settings of a SIM in `[[cosa]]`: what the COSA/APN database says beside how to connect.
//!
//! A profile of the database has one block of them [MATCH-96], so of its rows one may say a
//! setting, or several the same. Not here: the spreadsheet's columns ([`super::import_cosa`],
//! [`super::export_cosa`]). Implements the catalogue's side of [MATCH-100].

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use domain::cosa::{NameReach, Roaming, SimSettings, Tethering};
use toml::de::DeValue;

use crate::config::document::Section;
use crate::config::values::{self, Read};

/// Longest name of a brand or of a list's entry.
const NAME_CHARS_MAX: usize = 64;
/// Longest name of an icon's file.
const ICON_CHARS_MAX: usize = 255;
/// How such a name ends.
const ICON_EXTENSION: &str = ".ico";

/// Edges of the images that an icon needs, in points [MATCH-100].
const ICON_EDGES: [u16; 5] = [256, 48, 32, 24, 16];
/// Octets of an entry of an icon's list.
const ICON_ENTRY: usize = 16;
/// So much of an icon is looked at: its list of up to 64 images.
const ICON_HEAD: u64 = 6 + 64 * 16;

/// `UseBrandingNameOnRoaming`, in the order of its numbers.
pub(crate) const REACHES: &[(&str, NameReach)] = &[
    ("home", NameReach::Home),
    ("domestic", NameReach::Domestic),
    ("international", NameReach::International),
];
/// `Roaming`, in the order of its numbers.
pub(crate) const ROAMINGS: &[(&str, Roaming)] = &[
    ("home", Roaming::Home),
    ("all", Roaming::All),
    ("home-and-domestic", Roaming::HomeAndDomestic),
    ("domestic-roaming", Roaming::DomesticRoaming),
    ("international-roaming", Roaming::InternationalRoaming),
    ("any-roaming", Roaming::AnyRoaming),
];
/// `Hotspot`, as Windows spells it.
pub(super) const HOTSPOTS: &[(&str, Tethering)] = &[
    ("Never", Tethering::Never),
    ("Always", Tethering::Always),
    ("EntitlementCheckRequired", Tethering::EntitlementCheckRequired),
];

/// Reads the settings of a row; the icon's file counts from `folder`.
pub(super) fn read(row: &mut Section<'_>, folder: &Path) -> SimSettings {
    let branding_icon = row.optional("branding_icon", icon);
    if let Some(message) = branding_icon.as_ref().and_then(|icon| odd_icon(&folder.join(icon))) {
        row.warn("branding_icon", message);
    }
    SimSettings {
        branding_name: row.optional("branding_name", values::line(NAME_CHARS_MAX)),
        branding_icon,
        name_reach: row.optional("branding_name_reach", values::one_of(REACHES)),
        hotspot: row.optional("hotspot", values::one_of(HOTSPOTS)),
        ui_name: row.optional("ui_name", values::line(NAME_CHARS_MAX)),
        ui_order: row.optional("ui_order", |value| {
            let order = values::integer(0..=i64::from(u16::MAX))(value)?;
            u16::try_from(order).map_err(|error| error.to_string())
        }),
        roaming: row.optional("roaming", values::one_of(ROAMINGS)),
        data_marketplace: row.optional("data_marketplace", values::boolean),
        data_marketplace_roaming_ui: row.optional("data_marketplace_roaming_ui", values::boolean),
        auto_slot_switch: row.optional("auto_slot_switch", values::boolean),
        ..SimSettings::default()
    }
}

fn icon(value: &DeValue<'_>) -> Read<String> {
    let name = values::line(ICON_CHARS_MAX)(value)?;
    is_icon(&name)
        .then_some(name)
        .ok_or_else(|| format!("needs a file that ends in {ICON_EXTENSION}"))
}

/// Tells whether a file is named as an icon is.
pub(super) fn is_icon(name: &str) -> bool {
    let (stem, extension) =
        name.split_at_checked(name.len().saturating_sub(ICON_EXTENSION.len())).unwrap_or_default();
    !stem.is_empty() && extension.eq_ignore_ascii_case(ICON_EXTENSION)
}

/// Says what is odd about an icon's file, which is submitted beside the database's rows.
fn odd_icon(path: &Path) -> Option<String> {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(ICON_HEAD).read_to_end(&mut head));
    let shown = path.display();
    if let Err(error) = read {
        return Some(format!("{shown} cannot be read: {error}; Windows needs it beside the row"));
    }
    let Some(edges) = edges(&head) else { return Some(format!("{shown} is no icon file")) };
    let lacking = ICON_EDGES.iter().filter(|edge| !edges.contains(edge));
    let lacking: Vec<String> = lacking.map(u16::to_string).collect();
    (!lacking.is_empty()).then(|| {
        let list = lacking.join(", ");
        format!("{shown} has no image with an edge of {list}; Windows shows each size [MATCH-100]")
    })
}

/// Returns the edges of an icon's images, in points.
fn edges(head: &[u8]) -> Option<Vec<u16>> {
    let (start, entries) = head.split_first_chunk::<6>()?;
    let [0, 0, 1, 0, low, high] = start else { return None };
    let count = usize::from(u16::from_le_bytes([*low, *high]));
    let (entries, _) = entries.as_chunks::<ICON_ENTRY>();
    let edge = |entry: &[u8; ICON_ENTRY]| match entry {
        // One octet is too short for 256.
        [0, 0, ..] => 256,
        [width, height, ..] => u16::from(*width).max(u16::from(*height)),
    };
    (count > 0 && count <= entries.len()).then(|| entries.iter().take(count).map(edge).collect())
}

/// Adds the settings of another row of a profile, and returns the keys that say something else.
pub(super) fn add(settings: &mut SimSettings, more: SimSettings) -> Vec<&'static str> {
    let mut differ = Vec::new();
    let SimSettings {
        branding_name,
        branding_icon,
        name_reach,
        account_experience_url: _,
        app_id: _,
        hotspot,
        dedicated_hotspot: _,
        ui_name,
        ui_order,
        roaming,
        data_marketplace,
        data_marketplace_roaming_ui,
        auto_slot_switch,
    } = more;
    let own = settings;
    put(&mut own.branding_name, branding_name, "branding_name", &mut differ);
    put(&mut own.branding_icon, branding_icon, "branding_icon", &mut differ);
    put(&mut own.name_reach, name_reach, "branding_name_reach", &mut differ);
    put(&mut own.hotspot, hotspot, "hotspot", &mut differ);
    put(&mut own.ui_name, ui_name, "ui_name", &mut differ);
    put(&mut own.ui_order, ui_order, "ui_order", &mut differ);
    put(&mut own.roaming, roaming, "roaming", &mut differ);
    put(&mut own.data_marketplace, data_marketplace, "data_marketplace", &mut differ);
    let key = "data_marketplace_roaming_ui";
    put(&mut own.data_marketplace_roaming_ui, data_marketplace_roaming_ui, key, &mut differ);
    put(&mut own.auto_slot_switch, auto_slot_switch, "auto_slot_switch", &mut differ);
    differ
}

fn put<T: PartialEq>(
    own: &mut Option<T>,
    more: Option<T>,
    key: &'static str,
    differ: &mut Vec<&'static str>,
) {
    match (&own, more) {
        (Some(own), Some(more)) if *own != more => differ.push(key),
        (None, more @ Some(_)) => *own = more,
        (Some(_), Some(_)) | (_, None) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// [MATCH-100]
    #[test]
    fn an_icon_has_an_image_of_each_size() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.ico");
        let icon = |edges: &[u8]| {
            let mut bytes = vec![0, 0, 1, 0, u8::try_from(edges.len()).expect("few"), 0];
            for edge in edges {
                bytes.extend([[*edge; 2].as_slice(), &[0; 14]].concat());
            }
            bytes
        };
        for (bytes, expected) in [
            (icon(&[0, 48, 32, 24, 16]), None),
            (icon(&[0, 16, 24, 48, 32, 64]), None),
            (icon(&[48, 32, 16]), Some("has no image with an edge of 256, 24;")),
            (icon(&[]), Some("is no icon file")),
            (icon(&[0, 48, 32, 24, 16])[..60].to_vec(), Some("is no icon file")),
            (b"\x89PNG\r\n".to_vec(), Some("is no icon file")),
            (Vec::new(), Some("is no icon file")),
        ] {
            std::fs::write(&path, bytes).expect("written");
            let found = odd_icon(&path);
            let is_it = match (&found, expected) {
                (Some(found), Some(expected)) => found.contains(expected),
                (found, expected) => found.is_none() && expected.is_none(),
            };
            assert!(is_it, "{found:?} {expected:?}");
        }
        let none = odd_icon(&folder.path().join("b.ico")).expect("odd");
        assert!(none.contains("cannot be read"), "{none}");
    }
}
