//! What the host is while a document is applied: its version and its devices.
//!
//! Not here: what earlier documents left on it ([`super::Stored`]).
//! Implements [XML-26] and the facts for [XML-92], [XML-199] and [XML-205].

use crate::document::{DeviceId, Global, SubscriberId};

/// Names the version of Windows that the host follows: the year and month of Windows 10 and
/// later, such as 1709; 0 for Windows 8 and 8.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HostProfile(pub u16);

impl HostProfile {
    /// Says whether branding of documents is ignored, as from Windows 10 1709 on [XML-92].
    #[must_use]
    pub const fn ignores_branding(self) -> bool {
        self.0 >= 1709
    }
}

/// Says whether Wi-Fi profiles can be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WlanService {
    /// There is an adapter, and the service runs.
    Running,
    /// There is an adapter, but the service is stopped.
    Stopped,
    /// There is no adapter.
    NoAdapter,
}

/// Names a modem of the host, for as long as it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ModemId(pub u32);

/// Holds a modem and the SIM in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Modem {
    /// Its name on this host.
    pub id: ModemId,
    /// Its IMEI, in one or more forms.
    pub device_ids: Vec<DeviceId>,
    /// What a document may call its subscription: IMSI and ICCID, on CDMA SID and provider name
    /// [XML-26]. Empty without a SIM. Print masked.
    pub subscriber_ids: Vec<SubscriberId>,
}

/// Holds the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// The version of Windows that it follows.
    pub profile: HostProfile,
    /// Whether Wi-Fi profiles can be stored.
    pub wlan: WlanService,
    /// The modems, in the order in which their outcomes count [XML-205].
    pub modems: Vec<Modem>,
    /// Addresses of other devices that a document may name [XML-22].
    pub other_device_ids: Vec<DeviceId>,
}

impl Host {
    /// Returns the modems that a document is for: all with its device and its SIM [XML-26].
    ///
    /// A modem without a SIM takes every subscription; an address that another device of the
    /// host has says nothing about modems.
    #[must_use]
    pub fn modems_for(&self, global: &Global) -> Vec<ModemId> {
        let has_sim = |modem: &&Modem| {
            modem.subscriber_ids.is_empty() || modem.subscriber_ids.contains(&global.subscriber_id)
        };
        self.devices_for(global).filter(has_sim).map(|modem| modem.id).collect()
    }

    /// Returns the modems that `DeviceId` allows, whatever SIM they have.
    pub(super) fn devices_for(&self, global: &Global) -> impl Iterator<Item = &Modem> {
        let wanted = global.device_id.as_ref();
        let wanted = wanted.filter(|id| !self.other_device_ids.iter().any(|o| is_same(o, id)));
        self.modems.iter().filter(move |modem| {
            wanted.is_none_or(|id| modem.device_ids.iter().any(|own| is_same(own, id)))
        })
    }
}

/// MAC addresses are written with letters of either case.
fn is_same(one: &DeviceId, other: &DeviceId) -> bool {
    one.reveal().eq_ignore_ascii_case(other.reveal())
}
