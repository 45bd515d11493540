//! The launch: identifiers go into a session and out of the URL; it is never an error.

use e2e::server_under_test::ServerUnderTest;
use server::demo_sims::DEMO_SIMS;

/// [PORT-24]: the identifiers leave the URL by a redirect, behind an opaque cookie.
#[tokio::test]
async fn identifiers_leave_the_url_at_once() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let sim = &DEMO_SIMS[0];
    let response = visitor.raw(&sim.launch_path()).await.expect("launch");
    assert_eq!(response.status(), 303);
    let header = |name: &str| response.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(header("location"), "/plans");
    let cookie = header("set-cookie");
    assert!(cookie.starts_with("bg=") && cookie.contains("HttpOnly"), "{cookie}");
    for identifier in [sim.imsi, sim.imei, sim.iccid] {
        assert!(!cookie.contains(identifier));
    }
    assert_eq!(header("referrer-policy"), "same-origin");
    server.stop().await;
}

/// Each demo SIM sees its own brand: by IMSI, by ICCID, by home provider name [MATCH-18].
#[tokio::test]
async fn each_sim_sees_its_brand() {
    let server = ServerUnderTest::start().await.expect("server");
    for sim in DEMO_SIMS {
        let visitor = server.visitor().expect("visitor");
        let plans = visitor.open(&sim.launch_path()).await.expect("launch");
        let page = plans.page.as_ref().expect("a page of ours");
        assert_eq!(plans.heading(), "Choose a plan");
        let brand = server::catalog::Catalog::demo();
        let brand = brand.brands.values().find(|b| b.id.as_str() == sim.brand).expect("brand");
        assert_eq!(page.frame.brand, brand.name);
        let shown = page.forms[0].plans.as_ref().expect("plans").plans.len();
        assert_eq!(shown, brand.plans.len());
        assert!(plans.html.contains(&brand.look.accent.to_string()), "the brand's colour");
        for identifier in [sim.imsi, sim.imei, sim.iccid] {
            assert!(!plans.html.contains(identifier), "an identifier is in the page");
        }
    }
    server.stop().await;
}

/// [PORT-07], [PORT-20], QV-5, QV-6, QV-10: what cannot be read leads to the page that asks.
#[tokio::test]
async fn a_launch_that_says_nothing_is_asked_and_never_an_error() {
    let server = ServerUnderTest::start().await.expect("server");
    for launch in [
        "/",
        "/?SubId=",
        "/?SubId=0010123456789012",
        "/?IccId=89123",
        "/?SubId=999991234567890&IccId=89111111111111111111",
        "/?%FF=%GG&&&=",
    ] {
        let visitor = server.visitor().expect("visitor");
        let seen = visitor.open(launch).await.expect("launch");
        assert_eq!((seen.status.as_u16(), seen.path.as_str()), (200, "/identify"), "{launch}");
        assert_eq!(seen.heading(), "Which SIM is in this PC?", "{launch}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_typed_iccid_finds_the_brand() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let identify = visitor.open("/").await.expect("launch");
    let wrong = visitor.press(&identify, "Find", &[("iccid", "8999")]).await.expect("answer");
    assert!(wrong.alert().contains("not a SIM card number"), "{}", wrong.alert());
    assert!(wrong.html.contains("value=\"8999\""), "what was typed is kept");
    let unknown = [("iccid", "8911 1111 1111 1111 1111")];
    let unknown = visitor.press(&wrong, "Find", &unknown).await.expect("answer");
    assert!(unknown.alert().contains("No operator found"), "{}", unknown.alert());
    let known = [("iccid", "8999 0132 0000 0000 0002F")];
    let plans = visitor.press(&unknown, "Find", &known).await.expect("answer");
    assert_eq!(plans.path, "/plans");
    assert_eq!(plans.page.expect("a page of ours").frame.brand, "Aurora Mobile");
    server.stop().await;
}

/// A second launch of the same SIM goes on with the visit, another SIM begins a new one.
#[tokio::test]
async fn opening_the_portal_again_goes_on_where_it_was() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let active = super::purchase::buy(&visitor, &DEMO_SIMS[0].launch_path()).await;
    let again = visitor.open(&DEMO_SIMS[0].launch_path()).await.expect("launch");
    assert_eq!(again.path, active.path);
    assert_eq!(again.heading(), "Your plan is active");
    let other = visitor.open(&DEMO_SIMS[1].launch_path()).await.expect("launch");
    assert_eq!(other.path, "/plans");
    server.stop().await;
}
