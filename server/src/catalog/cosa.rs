//! A brand's rows as profiles of the COSA/APN database [MATCH-96].
//!
//! Rows with one source and the same targets are one profile. Not here: the rows' keys
//! ([`super::connections`]), and which profile a SIM gets ([`domain::cosa::select`]).

use domain::brand::Brand;
use domain::cosa::{Connection, Origin, Profile, SimSettings, Target};

use super::connections::Row;
use super::sim_settings;

/// Returns the profiles in the order of their first rows.
pub(super) fn profiles(brand: &Brand, rows: Vec<Row>) -> Vec<Profile> {
    let mut profiles: Vec<Profile> = Vec::new();
    for row in rows {
        let is_its = |profile: &Profile| is_of(profile, row.origin, &row.targets);
        let at = profiles.iter().position(is_its).unwrap_or(profiles.len());
        if at == profiles.len() {
            let added = u64::try_from(at).unwrap_or(u64::MAX);
            profiles.push(empty(brand, row.origin, row.targets, added));
        }
        let Some(Profile { settings, connections, .. }) = profiles.get_mut(at) else { continue };
        // What differs was refused with its row.
        sim_settings::add(settings, row.settings);
        let kind = row.purpose.map_or("other", |purpose| purpose.name());
        let name = format!("{kind}-{}", connections.len().saturating_add(1));
        connections.push(Connection {
            name,
            friendly_name: row.friendly_name,
            purposes: row.purpose.into_iter().collect(),
            access: row.access,
            ip_type: row.ip_type,
            always_on: row.always_on,
            auto_connect_order: row.auto_connect_order,
        });
    }
    for profile in &mut profiles {
        profile.settings.branding_name.get_or_insert_with(|| brand.name.clone());
    }
    profiles
}

fn is_of(profile: &Profile, origin: Origin, targets: &[Target]) -> bool {
    profile.origin == origin && profile.targets == targets
}

fn empty(brand: &Brand, origin: Origin, targets: Vec<Target>, added: u64) -> Profile {
    let settings = SimSettings {
        account_experience_url: brand.portal.account_experience_url.clone(),
        app_id: brand.portal.app_id.clone(),
        ..SimSettings::default()
    };
    Profile { brand: brand.id.clone(), origin, added, targets, settings, connections: Vec::new() }
}
