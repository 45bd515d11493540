//! The launch query: the vectors of [PORT-25] and the edges of [PORT-18] to [PORT-23].

mod laws;

use domain::identity::{CdmaDeviceKind, IdentityError};
use domain::launch::Property::{DevId, IccId, SubId};
use domain::launch::{
    Device, Launch, Parsed, Property, QUERY_BYTES_MAX, Subscriber, Technology, Warning, parse,
};

/// The operators' ranges begin with 00101.
fn is_imsi_prefix(digits: &str) -> bool {
    digits.starts_with("00101")
}

fn read(query: &str) -> Parsed {
    parse(query.strip_prefix('?').unwrap_or(query), is_imsi_prefix)
}

/// Writes everything that a launch says, one word per value.
fn shown(launch: &Launch) -> String {
    let mut words = vec![match launch.technology {
        Technology::Gsm => "gsm".to_owned(),
        Technology::Cdma => "cdma".to_owned(),
        Technology::Unknown => "unknown".to_owned(),
    }];
    words.extend(launch.subscriber.as_ref().map(|subscriber| match subscriber {
        Subscriber::Imsi(imsi) => format!("imsi={}", imsi.reveal()),
        Subscriber::Min(min) => format!("min={}", min.reveal()),
    }));
    words.extend(launch.device.as_ref().map(|device| match device {
        Device::Imei(imei) => format!("imei={}", imei.reveal()),
        Device::Cdma(cdma) => match cdma.kind() {
            CdmaDeviceKind::Esn => format!("esn={}", cdma.reveal()),
            CdmaDeviceKind::Meid => format!("meid={}", cdma.reveal()),
        },
    }));
    words.extend(launch.iccid.as_ref().map(|iccid| format!("iccid={}", iccid.reveal())));
    words.join(" ")
}

#[track_caller]
fn check(id: &str, query: &str, launch: &str, warnings: &[Warning]) {
    let parsed = read(query);
    let found = (shown(&parsed.launch), parsed.warnings.as_slice());
    assert_eq!(found, (launch.to_owned(), warnings), "[{id}] {query}");
    assert_eq!(parsed.launch.is_empty(), launch == "unknown", "[{id}] {query}");
}

fn repeated(property: Property) -> Warning {
    Warning::Repeated(property)
}

fn empty(property: Property) -> Warning {
    Warning::Empty(property)
}

fn normalised(property: Property) -> Warning {
    Warning::Normalised(property)
}

fn length(property: Property, found: usize, min: usize, max: usize) -> Warning {
    Warning::Dropped(property, IdentityError::Length { found, min, max })
}

fn character(property: Property, at: usize) -> Warning {
    Warning::Dropped(property, IdentityError::Character { at })
}

#[test]
fn the_vectors_of_port_25_are_read_as_it_says() {
    check(
        "PORT-25 QV-1",
        "?SubId=001012345678901&DevId=004999010640000&IccId=89990112345678901234",
        "gsm imsi=001012345678901 imei=004999010640000 iccid=89990112345678901234",
        &[],
    );
    check(
        "PORT-25 QV-2",
        "?SubId=5035550142&DevId=09504123456",
        "cdma min=5035550142 esn=09504123456",
        &[],
    );
    check(
        "PORT-25 QV-3",
        "?SubId=5035550142&DevId=26843546101234567",
        "cdma min=5035550142 meid=26843546101234567",
        &[],
    );
    check("PORT-25 QV-4", "?IccId=8999011234567890123", "unknown iccid=8999011234567890123", &[]);
    check("PORT-25 QV-5", "", "unknown", &[]);
    check("PORT-25 QV-6", "?SubId=0010123456789012", "unknown", &[length(SubId, 16, 6, 15)]);
    check(
        "PORT-25 QV-7",
        "?DevId=004999010640000&DevId=111111111111111",
        "gsm imei=004999010640000",
        &[repeated(DevId)],
    );
    check(
        "PORT-25 QV-8",
        "?IccId=8999011234567890123F",
        "unknown iccid=8999011234567890123",
        &[normalised(IccId)],
    );
    check("PORT-25 QV-9", "?subid=001012345678901&foo=bar", "gsm imsi=001012345678901", &[]);
    check("PORT-25 QV-10", "?SubId=", "unknown", &[empty(SubId)]);
}

#[test]
fn each_value_is_kept_at_the_bounds_of_its_form_and_dropped_beyond_them() {
    let id = "PORT-20";
    check(id, "SubId=00101", "unknown", &[length(SubId, 5, 6, 15)]);
    check(id, "SubId=001012", "unknown imsi=001012", &[]);
    check(id, "SubId=001019999999999", "gsm imsi=001019999999999", &[]);
    check(id, "SubId=00101234567890a", "unknown", &[character(SubId, 14)]);
    check(id, "SubId=-01012345678901", "unknown", &[character(SubId, 0)]);

    check(id, "DevId=0049990106400", "unknown", &[length(DevId, 13, 14, 15)]);
    check(id, "DevId=00499901064000", "gsm imei=00499901064000", &[]);
    check(id, "DevId=004999010640000", "gsm imei=004999010640000", &[]);
    check(id, "DevId=0049990106400001", "unknown", &[length(DevId, 16, 14, 15)]);
    check(id, "DevId=0950412345", "unknown", &[length(DevId, 10, 14, 15)]);
    check(id, "DevId=09504123456", "cdma esn=09504123456", &[]);
    check(id, "DevId=0950412345A", "unknown", &[character(DevId, 10)]);
    check(id, "DevId=095041234567", "unknown", &[length(DevId, 12, 14, 15)]);
    check(id, "DevId=2684354610123456A", "unknown", &[character(DevId, 16)]);

    check(id, "IccId=899901123456789012", "unknown", &[length(IccId, 18, 19, 20)]);
    check(id, "IccId=8999011234567890123", "unknown iccid=8999011234567890123", &[]);
    check(id, "IccId=89990112345678901234", "unknown iccid=89990112345678901234", &[]);
    check(id, "IccId=899901123456789012345", "unknown", &[length(IccId, 21, 19, 20)]);
    check(id, "IccId=8999-11234567890123", "unknown", &[character(IccId, 4)]);
}

#[test]
fn a_bad_value_leaves_the_others_alone() {
    check(
        "PORT-20",
        "SubId=x&DevId=004999010640000&IccId=89",
        "gsm imei=004999010640000",
        &[character(SubId, 0), length(IccId, 2, 19, 20)],
    );
    check(
        "PORT-20",
        "SubId=001012345678901&DevId=y&IccId=8999011234567890123",
        "gsm imsi=001012345678901 iccid=8999011234567890123",
        &[character(DevId, 0)],
    );
}

#[test]
fn warnings_come_in_the_order_of_reading() {
    check(
        "PORT-20",
        "IccId=&SubId=x&DevId=y&subid=z",
        "unknown",
        &[repeated(SubId), empty(IccId), character(DevId, 0), character(SubId, 0)],
    );
}

#[test]
fn known_foreign_forms_are_normalised() {
    let id = "PORT-21";
    check(
        id,
        "IccId=8999011234567890123f",
        "unknown iccid=8999011234567890123",
        &[normalised(IccId)],
    );
    check(
        id,
        "IccId=89990112345678901234F",
        "unknown iccid=89990112345678901234",
        &[normalised(IccId)],
    );
    check(id, "IccId=899901123456789012FF", "unknown", &[character(IccId, 18)]);
    check(id, "IccId=F8999011234567890123", "unknown", &[character(IccId, 0)]);
    check(id, "IccId=F", "unknown", &[Warning::Dropped(IccId, IdentityError::Empty)]);

    check(id, "DevId=A1000004A1B2C3", "cdma meid=A1000004A1B2C3", &[normalised(DevId)]);
    check(id, "DevId=a1000004a1b2c3", "cdma meid=A1000004A1B2C3", &[normalised(DevId)]);
    check(id, "DevId=A1000004A1B2CG", "unknown", &[character(DevId, 0)]);
    check(id, "DevId=A1000004A1B2C", "unknown", &[character(DevId, 0)]);
    check(id, "DevId=268435461012345678", "cdma meid=268435461012345678", &[normalised(DevId)]);
    check(id, "DevId=26843546101234567F", "unknown", &[character(DevId, 17)]);
    check(id, "DevId=5f04a1b2", "cdma esn=5F04A1B2", &[normalised(DevId)]);
    check(id, "DevId=80123456", "cdma esn=80123456", &[normalised(DevId)]);
    check(id, "DevId=5F04A1B", "unknown", &[character(DevId, 1)]);
    // Fourteen digits without a letter are an IMEI, never a MEID.
    check(id, "DevId=99000004123456", "gsm imei=99000004123456", &[]);
}

#[test]
fn the_technology_follows_from_device_then_subscriber() {
    let id = "PORT-22";
    check(id, "SubId=5035550142", "cdma min=5035550142", &[]);
    check(id, "SubId=0010123456", "gsm imsi=0010123456", &[]);
    check(id, "SubId=%200010123456+", "gsm imsi=0010123456", &[]);
    check(id, "SubId=001012345678901", "gsm imsi=001012345678901", &[]);
    check(id, "SubId=00101234567890", "unknown imsi=00101234567890", &[]);
    check(id, "SubId=503555014", "unknown imsi=503555014", &[]);
    // A device tells more than ten digits do.
    check(
        id,
        "SubId=5035550142&DevId=00499901064000",
        "gsm imsi=5035550142 imei=00499901064000",
        &[],
    );
    check(id, "SubId=0010123456&DevId=09504123456", "cdma min=0010123456 esn=09504123456", &[]);
    // A CDMA device has a MIN of ten digits or none.
    check(
        id,
        "SubId=001012345678901&DevId=09504123456",
        "cdma esn=09504123456",
        &[length(SubId, 15, 10, 10)],
    );
    // What was dropped tells nothing.
    check(id, "SubId=5035550142&DevId=1", "cdma min=5035550142", &[length(DevId, 1, 14, 15)]);
    check(id, "SubId=abcdefghij", "unknown", &[character(SubId, 0)]);
    check(id, "SubId=abcdefghijklmno", "unknown", &[character(SubId, 0)]);
    check(id, "SubId=%2B001012345", "unknown", &[character(SubId, 0)]);
}

#[test]
fn names_blanks_repetitions_and_strangers_are_taken_leniently() {
    let id = "PORT-23";
    let imsi = "gsm imsi=001012345678901";
    check(id, "SUBID=001012345678901", imsi, &[]);
    check(id, "%53ubId=001012345678901", imsi, &[]);
    check(id, "+SubId+=001012345678901", imsi, &[]);
    check(id, "SubId=%20001012345678901%20", imsi, &[]);
    check(id, "SubId=+001012345678901+", imsi, &[]);
    check(id, "SubId=%30%301012345678901", imsi, &[]);
    check(id, "SubId=001012+345678901", "unknown", &[character(SubId, 6)]);
    check(id, "&&SubId=001012345678901&", imsi, &[]);
    check(id, "SubId2=1&Sub=2&=3&a=b=c&SubId=001012345678901", imsi, &[]);
    check(id, "SubId==001012345678901", "unknown", &[character(SubId, 0)]);
    check(
        id,
        "IccId=8999011234567890123&DevId=004999010640000&SubId=001012345678901",
        "gsm imsi=001012345678901 imei=004999010640000 iccid=8999011234567890123",
        &[],
    );
    check(id, "SubId=001012345678901&subid=5&SUBID=6", imsi, &[repeated(SubId)]);
    check(
        id,
        "SubId=bad&SubId=001012345678901",
        "unknown",
        &[repeated(SubId), character(SubId, 0)],
    );
    check(id, "SubId=&SubId=001012345678901", "unknown", &[repeated(SubId), empty(SubId)]);
}

#[test]
fn a_property_without_a_value_is_absent() {
    let id = "PORT-18";
    check(id, "SubId", "unknown", &[empty(SubId)]);
    check(id, "SubId=+%20&DevId=&IccId", "unknown", &[empty(SubId), empty(DevId), empty(IccId)]);
    check(id, "SubId=001012345678901&DevId=", "gsm imsi=001012345678901", &[empty(DevId)]);
    // A launch without properties has no `?`; one that has it says no more.
    check(id, "?", "unknown", &[]);
}

#[test]
fn escapes_that_are_none_stay_text_and_fail_as_a_value() {
    let id = "PORT-20";
    for value in ["%", "%3", "%zz", "%+1", "0%", "00101234567890%", "00101234567890%3"] {
        let at = value.find('%').unwrap_or(0);
        check(id, &format!("SubId={value}"), "unknown", &[character(SubId, at)]);
    }
    // Neither UTF-8, nor ASCII digits.
    check(id, "SubId=%FF01012345678901", "unknown", &[character(SubId, 0)]);
    check(id, "SubId=001012%C3", "unknown", &[character(SubId, 6)]);
    check(id, "SubId=%D9%A0%D9%A0%D9%A1", "unknown", &[character(SubId, 0)]);
    check(id, "SubId=%é", "unknown", &[character(SubId, 0)]);
    check(id, "SubId=001012345678901%00", "unknown", &[character(SubId, 15)]);
    check(id, "%FF=1&%=2&SubId=001012345678901", "gsm imsi=001012345678901", &[]);
}

#[test]
fn the_part_of_a_query_that_is_too_long_is_never_half_read() {
    let filler = |bytes: usize| format!("x={}", "y".repeat(bytes - 2));
    let iccid = "&IccId=89990112345678901234";
    let whole = format!("{}{iccid}", filler(QUERY_BYTES_MAX - iccid.len()));
    assert_eq!(whole.len(), QUERY_BYTES_MAX);
    check("PORT-20", &whole, "unknown iccid=89990112345678901234", &[]);
    // One digit less would be an ICCID too, of somebody else.
    check("PORT-20", &format!("y{whole}"), "unknown", &[Warning::Truncated]);
    check(
        "PORT-20",
        &format!("{whole}&more=1"),
        "unknown iccid=89990112345678901234",
        &[Warning::Truncated],
    );
    let long = format!("SubId=001012345678901&{}", "é".repeat(QUERY_BYTES_MAX));
    check("PORT-20", &long, "gsm imsi=001012345678901", &[Warning::Truncated]);
    let long = "é".repeat(QUERY_BYTES_MAX);
    check("PORT-20", &long, "unknown", &[Warning::Truncated]);
}

#[test]
fn a_launch_never_prints_its_identifiers() {
    let query = "SubId=001012345678901&DevId=004999010640000&IccId=89990112345678901234";
    let shown = format!("{:?}", read(query));
    for secret in ["001012345678901", "004999010640000", "89990112345678901234"] {
        assert!(!shown.contains(secret), "[PORT-24] {shown}");
    }
    assert!(shown.contains("899901…34"), "[PORT-24] {shown}");
}
