//! Single values and rows that are refused, each with its line, key and advice.

use super::*;

/// Line of the base, what it becomes, key, and how the message begins.
const HEADS: &[(usize, &str, &str, &str)] = &[
    (1, "id = 'A'", "id", "needs 1 to 64 characters of a-z"),
    (1, "id = 1", "id", "needs text in quotes, found an integer"),
    (1, "", "id", "missing; it is required here"),
    (2, "name = ' A'", "name", "has blanks around it"),
    (2, "name = 'A  B'", "name", "has blanks around it or several in a row"),
    (2, "name = ''", "name", "empty; write something"),
    (2, "name = \"A\\n\"", "name", "has control characters"),
    (3, "carrier_id = '2c85b76b'", "carrier_id", "needs a GUID in braces"),
    (3, "carrier_id = '{0000000g-0000-4000-8000-00000000000a}'", "carrier_id", "needs a GUID"),
    (4, "network = 'lte'", "network", "needs one of gsm, cdma, both"),
    (5, "currency = 'eur'", "currency", "needs the three capital letters"),
    (13, "accent = 'red'", "look.accent", "needs a colour such as #1c54a8"),
    (
        13,
        "accent = '#777777'",
        "look.accent",
        "white text on #777777 has a contrast of 4.47 : 1; darken it to reach 4.5 : 1",
    ),
    (
        14,
        "accent_dark = '#1c54a8'",
        "look.accent_dark",
        "black text on #1c54a8 has a contrast of 2.88 : 1; lighten it to reach 4.5 : 1",
    ),
    (15, "support_phone = 'ask us'", "look.support_phone", "needs a telephone number"),
    (15, "colour = 1", "look.colour", "unknown key; here may stand: accent, accent_dark"),
    (
        20,
        "account_experience_url = 'http://a.example'",
        "portal.account_experience_url",
        "must begin with https://",
    ),
    (
        20,
        "account_experience_url = 'https://a.example/?a=1'",
        "portal.account_experience_url",
        "must have no query",
    ),
    (
        20,
        "allowed_origins = ['https://a.example/x']",
        "portal.allowed_origins[0]",
        "must be an origin",
    ),
    (
        20,
        "allowed_origins = 'https://a.example'",
        "portal.allowed_origins",
        "needs a list in square brackets, found a string",
    ),
];

/// Line of the base, what it becomes, line of the error, key, and how the message begins.
const ROWS: &[(usize, &str, usize, &str, &str)] = &[
    (17, "purpose = 'mms'", 16, "cosa", "needs a [[cosa]] row with purpose = \"internet\""),
    (17, "purpose = 'Internet!'", 17, "cosa[0].purpose", "needs a purpose such as internet, pur"),
    (18, "", 16, "cosa[0].access_string", "missing"),
    (
        17,
        "purpose = 'internet'\nauth_protocol = 'eap'",
        18,
        "cosa[0].auth_protocol",
        "needs one of none, pap, chap, mschapv2",
    ),
    (
        17,
        "purpose = 'internet'\ncompression = 'maybe'",
        18,
        "cosa[0].compression",
        "needs true or false",
    ),
    (
        17,
        "purpose = 'internet'\nip_type = 'ipx'",
        18,
        "cosa[0].ip_type",
        "needs one of IPv4, IPv6, IPv4v6",
    ),
    (
        17,
        "purpose = 'internet'\nauto_connect_order = 0",
        18,
        "cosa[0].auto_connect_order",
        "needs a whole number from 1",
    ),
    (17, "purpose = 'internet'\nsource = 'user'", 18, "cosa[0].source", "needs one of oem, base"),
    (
        17,
        "purpose = 'internet'\ntargets = [{ plmn = '1' }]",
        18,
        "cosa[0].targets[0].plmn",
        "needs the 5 or 6 digits",
    ),
    (
        17,
        "purpose = 'internet'\ntargets = [{ mcc = '1' }]",
        18,
        "cosa[0].targets[0].mcc",
        "unknown key",
    ),
    (17, "purpose = 'internet'\npassword = 'secret'", 18, "cosa[0].password", "unknown key"),
    (
        17,
        "purpose = 'internet'\nuser_name = 'u'\npassword_file = 'none'",
        19,
        "cosa[0].password_file",
        "/nowhere/none cannot be read",
    ),
    (22, "id = 'a b'", 22, "plans[0].id", "needs 1 to 64 characters of A-Z"),
    (23, "name = 5", 23, "plans[0].name", "needs text in quotes"),
    (24, "price_minor = 0", 24, "plans[0].price_minor", "needs a whole number from 1 to 90071992"),
    (24, "price_minor = 4.9", 24, "plans[0].price_minor", "needs a whole number, found a float"),
    (
        24,
        "price_minor = 99999999999999999999999",
        24,
        "plans[0].price_minor",
        "needs a whole number",
    ),
    (25, "type = 'fixed'", 25, "plans[0].type", "needs one of Unrestricted, Fixed, Variable"),
    (
        26,
        "data_limit_mb = 0",
        26,
        "plans[0].data_limit_mb",
        "needs a whole number from 1 to 429496",
    ),
    (26, "data_limit_mb = 4294967296", 26, "plans[0].data_limit_mb", "needs a whole number from 1"),
    (26, "", 21, "plans[0].data_limit_mb", "missing; a Fixed plan has an allowance"),
    (
        27,
        "duration = 'P1D'\nrenewal = 'now'",
        28,
        "plans[0].renewal",
        "needs one of after, at_once",
    ),
    (
        27,
        "duration = 'P1D'\nrenewal = 'at_once'\nresets = true",
        28,
        "plans[0].renewal",
        "at_once adds an allowance to the one that runs: the plan needs data_limit_mb, and no res",
    ),
    (
        27,
        "duration = 'P6DT23H'\nauto_renew = true",
        28,
        "plans[0].auto_renew",
        "a plan that renews itself lasts 7 days or more, and neither resets nor renews at_once",
    ),
    (
        27,
        "duration = 'P7D'\nauto_renew = true\nresets = true",
        28,
        "plans[0].auto_renew",
        "a plan that renews itself lasts 7 days",
    ),
    (
        27,
        "duration = 'P7D'\nauto_renew = true\nrenewal = 'at_once'",
        28,
        "plans[0].auto_renew",
        "a plan that renews itself lasts 7 days",
    ),
    (27, "duration = '1 day'", 27, "plans[0].duration", "not an ISO 8601 duration such as P1D"),
    (27, "duration = 'P0D'", 27, "plans[0].duration", "must be longer than zero"),
    (27, "duration = 'P1D'\ntethering = 'yes'", 28, "plans[0].tethering", "needs true or false"),
    (
        27,
        "duration = 'P1D'\ntax_rate_bp = 10001",
        28,
        "plans[0].tax_rate_bp",
        "needs a whole number",
    ),
    (
        27,
        "duration = 'P1D'\nprice = 4",
        28,
        "plans[0].price",
        "unknown key; here may stand: id, name",
    ),
];

#[test]
fn refused_heads_have_line_key_and_advice() {
    for (line, to, key, message) in HEADS {
        check_refused(*line, to, *line, key, message);
    }
}

#[test]
fn refused_rows_have_line_key_and_advice() {
    for (line, to, at, key, message) in ROWS {
        check_refused(*line, to, *at, key, message);
    }
    let apn = format!("access_string = '{}'", "x".repeat(100));
    let message = "has 100 characters; shorten it to 99 at most";
    check_refused(18, &apn, 18, "cosa[0].access_string", message);
    let name = format!("name = '{}'", "x".repeat(65));
    let message = "has 65 characters; shorten it to 64 at most";
    check_refused(2, &name, 2, "name", message);
    check_refused(23, &name, 23, "plans[0].name", message);
}

#[test]
fn refused_targets_have_line_key_and_advice() {
    let iccids = |start: &str, end: &str| format!("iccid_ranges = [[{start:?}, {end:?}]]");
    let imsis = |start: &str, end: &str| format!("imsi_ranges = [[{start:?}, {end:?}]]");
    let iccid = "match.iccid_ranges[0]";
    let imsi = "match.imsi_ranges[0]";
    let names = "match.home_provider_names[0]";
    for (line, to, key, message) in [
        (7, "home_provider_names = ['']".to_owned(), names, "empty; an empty name matches nothing"),
        (7, "home_provider_names = ['A ']".to_owned(), names, "can never match: blanks at the end"),
        (7, "home_provider_names = 'A'".to_owned(), "match.home_provider_names", "needs a list"),
        (7, "names = ['A']".to_owned(), "match.names", "unknown key"),
        (8, "iccid_ranges = [1]".to_owned(), iccid, "needs two numbers in quotes"),
        (8, "iccid_ranges = [['1']]".to_owned(), iccid, "needs two numbers in quotes"),
        (8, "iccid_ranges = [[1, 2]]".to_owned(), iccid, "needs two numbers in quotes"),
        (8, "iccid_ranges = [['1', '2', '3']]".to_owned(), iccid, "needs two numbers in quotes"),
        (8, iccids("8999", "8999"), iccid, "its start is no such number: 4 characters"),
        (8, iccids("8999010000000000000x", "8"), iccid, "its start is no such number: unexpected"),
        (
            8,
            iccids("89990100000000000001", "89990112999999999999"),
            iccid,
            "a: the iccid range from 899901…01 must start with a number that ends in 00",
        ),
        (
            8,
            iccids("89990100000000000000", "89990112999999999998"),
            iccid,
            "a: the iccid range from 899901…00 must end with a number that ends in 99",
        ),
        (
            8,
            iccids("89990112000000000000", "89990100999999999999"),
            iccid,
            "a: the iccid range from 899901…00 starts behind its end",
        ),
        (
            8,
            iccids("8999010000000000000", "89990112999999999999"),
            iccid,
            "a: the iccid range from 899901…00 has ends of different lengths",
        ),
        (
            8,
            iccids("79990100000000000000", "79990112999999999999"),
            iccid,
            "a: the iccid range from 799901…00 needs ICCIDs that begin with 89",
        ),
        (
            9,
            imsis("00101000000000", "00101000000099"),
            imsi,
            "a: the imsi range from 001010…00 needs IMSIs of 15 digits",
        ),
        (
            9,
            imsis("001010000000001", "001010000000099"),
            imsi,
            "a: the imsi range from 001010…01 must start",
        ),
        (10, "sids = [0]".to_owned(), "match.sids[0]", "needs a whole number from 1 to 32767"),
        (10, "sids = [4101, 32768]".to_owned(), "match.sids[1]", "needs a whole number from 1 to"),
        (10, "sids = ['4101']".to_owned(), "match.sids[0]", "needs a whole number, found a string"),
        (11, "provider_names = [' ']".to_owned(), "match.provider_names[0]", "empty"),
    ] {
        check_refused(line, &to, line, key, message);
    }
}

#[test]
fn a_second_plan_of_the_same_id_is_refused() {
    let (_, plan) = BASE.split_once("[[plans]]").expect("plan");
    let text = format!("{BASE}[[plans]]{plan}");
    let findings = read(&[("a.toml", &text)]).expect_err("same id");
    let finding = one(&findings, "same id");
    assert_eq!((finding.line, finding.key.as_deref()), (Some(29), Some("plans[1].id")));
    assert_eq!(finding.message, "another plan of the brand has the id day already");
}

#[test]
fn a_brand_without_rows_says_what_it_needs() {
    let (head, _) = BASE.split_once("[look]").expect("look");
    let findings = read(&[("a.toml", head)]).expect_err("no rows");
    let found: Vec<_> = findings.iter().map(|f| (f.key.as_deref(), f.message.as_str())).collect();
    let expected = [
        (Some("cosa"), "needs a [[cosa]] row with purpose = \"internet\""),
        (Some("plans"), "needs a [[plans]] row: there is nothing to sell"),
    ];
    assert_eq!(found, expected);
}
