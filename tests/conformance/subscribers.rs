//! What every source of knowledge of SIMs promises: the demo's SIMs, a file of prepared ones, and
//! the operator's system over HTTP against one that keeps a book of its own.
//!
//! Not here: the form of the file (beside its reader) and what pages make of it (the scenarios).

use std::sync::Arc;

use domain::SignedDuration;
use domain::launch;
use domain::subscriber::{SimState, Standing};
use e2e::bss::{Bss, Sim};
use e2e::visitor::install_tls;
use server::clock::SettableClock;
use server::demo_sims::DEMO_SIMS;
use server::store::Claims;
use server::subscriber::csv::CsvSubscribers;
use server::subscriber::demo::DemoSubscribers;
use server::subscriber::http::HttpSubscribers;
use server::subscriber::{SubscriberPort, Subscribers};

use super::store::now;

fn claims(query: &str) -> Claims {
    Claims::from(launch::parse(query, |_| true).launch)
}

fn claims_of(iccid: &str) -> Claims {
    claims(&format!("IccId={iccid}"))
}

/// [PORT-06]: the SIMs of the demo are known, each in its state; another one is not.
async fn conforms(port: &dyn SubscriberPort) {
    let mut states = Vec::new();
    for sim in DEMO_SIMS {
        let launch = sim.launch_path();
        let found =
            port.look_up(&claims(launch.trim_start_matches("/?"))).await.expect("an answer");
        assert_eq!(found, Some(Standing { state: sim.state, plans: None }), "{}", sim.brand);
        let again = port.look_up(&claims_of(sim.iccid)).await.expect("an answer");
        assert_eq!(again, found, "by its ICCID alone");
        states.push(sim.state);
    }
    assert!(SimState::ALL.iter().all(|state| states.contains(state)), "one of each");
    let unknown = port.look_up(&claims_of("89990112345678909999")).await;
    assert_eq!(unknown, Ok(None), "a SIM that nobody knows is no error");
    assert_eq!(port.look_up(&claims("")).await, Ok(None), "nor is one without a number");
}

#[tokio::test]
async fn the_demo_conforms() {
    conforms(&DemoSubscribers).await;
}

#[tokio::test]
async fn a_file_of_prepared_sims_conforms() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sims.csv");
    let row = |sim: &server::demo_sims::DemoSim| {
        format!("{},{},{}\n", sim.imsi, sim.iccid, sim.state.name())
    };
    let rows: String = DEMO_SIMS.iter().map(row).collect();
    std::fs::write(&path, format!("imsi,iccid,state\n{rows}")).expect("written");
    conforms(&CsvSubscribers::load(&path).expect("right")).await;
}

fn over_http(bss: &Bss, clock: &Arc<SettableClock>) -> HttpSubscribers {
    install_tls();
    HttpSubscribers::new(&bss.config(), Arc::clone(clock) as _).expect("set up")
}

#[tokio::test]
async fn a_system_over_http_conforms() {
    let bss = Bss::start().await.expect("a system");
    for sim in DEMO_SIMS {
        bss.know(sim.iccid, Sim { state: sim.state.name(), plans: None });
    }
    let clock = Arc::new(SettableClock::new(now()));
    conforms(&over_http(&bss, &clock)).await;
}

/// [PORT-07]: an answer holds for a minute; what nobody answers is cold, and is not kept.
#[tokio::test]
async fn what_cannot_be_learned_is_cold() {
    let bss = Bss::start().await.expect("a system");
    let clock = Arc::new(SettableClock::new(now()));
    let sim = &DEMO_SIMS[0];
    bss.know(sim.iccid, Sim { state: "warm", plans: Some(vec!["day-1gb"]) });
    let port: Option<Arc<dyn SubscriberPort>> = Some(Arc::new(over_http(&bss, &clock)));
    let subscribers = Subscribers { port, is_demo: false };
    let claims = claims_of(sim.iccid);
    for _ in 0..3 {
        let known = subscribers.look_up(&claims).await;
        let plans: Option<Vec<String>> =
            known.standing.plans.map(|plans| plans.iter().map(ToString::to_string).collect());
        assert_eq!((known.result, plans), ("warm", Some(vec!["day-1gb".to_owned()])));
    }
    assert_eq!(bss.look_ups(), 1, "asked once a minute");
    clock.advance(SignedDuration::from_mins(1));
    bss.mute(true);
    let known = subscribers.look_up(&claims).await;
    assert_eq!((known.result, known.standing), ("failed", Standing::unknown()));
    bss.mute(false);
    assert_eq!(subscribers.look_up(&claims).await.result, "warm", "asked again at once");
    for odd in ["lukewarm", ""] {
        clock.advance(SignedDuration::from_mins(1));
        bss.know(sim.iccid, Sim { state: odd, plans: None });
        assert_eq!(subscribers.look_up(&claims).await.result, "failed", "{odd:?}");
    }
    let nobody = Subscribers { port: None, is_demo: false };
    assert_eq!(nobody.look_up(&claims).await.standing, Standing::unknown());
}
