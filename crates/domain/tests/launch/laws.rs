//! What holds for any query at all.

use domain::identity::{CdmaDevice, CdmaDeviceKind, Iccid, Imei, Imsi, Min};
use domain::launch::Property::{DevId, IccId, SubId};
use domain::launch::{Device, Launch, Parsed, Subscriber, Technology, Warning};
use proptest::prelude::*;

use crate::{read, shown};

/// Writes a launch as Windows would: documented names, in the documented order [PORT-18].
fn rendered(launch: &Launch) -> String {
    let sub_id = launch.subscriber.as_ref().map(|subscriber| match subscriber {
        Subscriber::Imsi(imsi) => imsi.reveal(),
        Subscriber::Min(min) => min.reveal(),
    });
    let dev_id = launch.device.as_ref().map(|device| match device {
        Device::Imei(imei) => imei.reveal(),
        Device::Cdma(cdma) => cdma.reveal(),
    });
    let icc_id = launch.iccid.as_ref().map(Iccid::reveal);
    let pairs = [(SubId, sub_id), (DevId, dev_id), (IccId, icc_id)];
    let pairs = pairs
        .into_iter()
        .filter_map(|(property, value)| value.map(|value| format!("{}={value}", property.name())));
    pairs.collect::<Vec<_>>().join("&")
}

/// Tells whether every value found has one of the forms of [PORT-20] and [PORT-21].
fn is_allowed(launch: &Launch) -> bool {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let hex = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b));
    let subscriber = launch.subscriber.as_ref().is_none_or(|subscriber| match subscriber {
        Subscriber::Imsi(imsi) => digits(imsi.reveal()) && (6..=15).contains(&imsi.reveal().len()),
        Subscriber::Min(min) => digits(min.reveal()) && min.reveal().len() == 10,
    });
    let device = launch.device.as_ref().is_none_or(|device| match device {
        Device::Imei(imei) => digits(imei.reveal()) && matches!(imei.reveal().len(), 14 | 15),
        Device::Cdma(cdma) => match (cdma.kind(), cdma.reveal().len()) {
            (CdmaDeviceKind::Esn, 8) | (CdmaDeviceKind::Meid, 14) => hex(cdma.reveal()),
            (CdmaDeviceKind::Esn, 11) | (CdmaDeviceKind::Meid, 17 | 18) => digits(cdma.reveal()),
            (CdmaDeviceKind::Esn | CdmaDeviceKind::Meid, _) => false,
        },
    });
    let iccid = launch.iccid.as_ref();
    let iccid = iccid.is_none_or(|i| digits(i.reveal()) && matches!(i.reveal().len(), 19 | 20));
    subscriber && device && iccid
}

/// Longest run of digits in a text.
fn longest_number(text: &str) -> usize {
    text.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0)
}

/// Queries that are nearly right: the rest of all texts is rarely anything.
fn queries() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        4 => prop::sample::select(vec!["SubId", "DevId", "IccId", "subid", "DEVID", "iccid"])
            .prop_map(str::to_owned),
        1 => "[a-zA-Z%+ é]{0,6}",
    ];
    let value = prop_oneof![
        4 => "[0-9]{5,21}",
        1 => "[0-9]{19,20}[Ff]?",
        1 => "[0-9A-Fa-f]{8}|[0-9A-Fa-f]{14}",
        1 => "[+ ]?[0-9]{10}(%20)?",
        1 => "(%[0-9a-f]{2}|%|[0-9]|é|\\+){0,20}",
    ];
    let pair = (name, value).prop_map(|(name, value)| format!("{name}={value}"));
    prop::collection::vec(pair, 0..6).prop_map(|pairs| pairs.join("&"))
}

proptest! {
    #[test]
    fn no_text_panics(query: String) {
        let parsed = read(&query);
        prop_assert!(is_allowed(&parsed.launch));
    }

    #[test]
    fn values_found_have_an_allowed_form_and_warnings_carry_no_digits(query in queries()) {
        let Parsed { launch, warnings } = read(&query);
        prop_assert!(is_allowed(&launch), "{}", shown(&launch));
        // Offsets and lengths have two digits here, the shortest identifier has six.
        let (warnings, launch) = (format!("{warnings:?}"), format!("{launch:?}"));
        prop_assert!(longest_number(&warnings) <= 2, "{}", warnings);
        prop_assert!(longest_number(&launch) <= 6, "{}", launch);
    }

    #[test]
    fn what_is_found_reads_back_from_the_documented_spelling(query in queries()) {
        let launch = read(&query).launch;
        let again = read(&rendered(&launch));
        prop_assert_eq!(&again.launch, &launch);
        let mended = |warning: &Warning| *warning != Warning::Normalised(DevId);
        prop_assert!(!again.warnings.iter().any(mended), "{:?}", again.warnings);
    }

    #[test]
    fn order_case_and_padding_of_a_query_do_not_matter(
        imsi in "[0-9]{15}", imei in "[0-9]{15}", iccid in "[0-9]{19,20}",
    ) {
        let launch = read(&format!("SubId={imsi}&DevId={imei}&IccId={iccid}")).launch;
        prop_assert_eq!(&launch, &Launch {
            subscriber: Imsi::parse(&imsi).ok().map(Subscriber::Imsi),
            device: Imei::parse(&imei).ok().map(Device::Imei),
            iccid: Iccid::parse(&iccid).ok(),
            technology: Technology::Gsm,
        });
        let other = read(&format!("ICCID={iccid}+&x&devid=%20{imei}&SUBID={imsi}"));
        prop_assert_eq!(other, Parsed { launch, warnings: Vec::new() });
    }

    #[test]
    fn ten_digits_and_a_cdma_device_are_a_min(min in "[0-9]{10}", device in "[0-9]{11}|[0-9]{17}") {
        let parsed = read(&format!("SubId={min}&DevId={device}"));
        let (device, _) = CdmaDevice::parse(&device).expect("eleven or seventeen digits");
        prop_assert_eq!(parsed.launch, Launch {
            subscriber: Min::parse(&min).ok().map(Subscriber::Min),
            device: Some(Device::Cdma(device)),
            iccid: None,
            technology: Technology::Cdma,
        });
    }
}
