//! SIMs that come, go and change, and when metadata is asked for: [MATCH-80] to [MATCH-95].

mod device;
mod laws;
mod recheck;

use device::{Device, cdma, gsm, locked};
use domain::brand::Network;
use domain::matching::{Mode, Sim};
use domain::sim::{ACCOUNTS_MAX, Event, Ignored, Internet, Radio, Rejected, Verdict};

const ICCID_A: &str = "89990112000000000042";
const ICCID_B: &str = "89990132000000000002";
const IMSI_A: &str = "001010000000001";
const IMSI_B: &str = "001012200000000";

/// A GSM device on line with SIM A, whose package was found.
fn settled() -> Device {
    let mut device = Device::on_line(Radio::SingleMode(Mode::Gsm));
    device.says(&Event::Arrived { sim: Some(gsm(ICCID_A, IMSI_A)) });
    device.answers("mvno-a");
    assert_eq!(device.package(), "mvno-a");
    device
}

#[test]
fn the_iccid_makes_a_sim_new_and_the_imsi_does_not() {
    for (id, iccid, imsi, is_new) in [
        ("[MATCH-88]", ICCID_A, IMSI_B, false),
        ("[MATCH-89]", ICCID_B, IMSI_A, true),
        ("[MATCH-90]", ICCID_B, IMSI_B, true),
        ("[MATCH-88]", ICCID_A, IMSI_A, false),
    ] {
        let mut device = settled();
        // The hot-swap sequence announces what was written.
        let step = device.says(&Event::Inserted { sim: gsm(iccid, imsi) });
        if is_new {
            assert_eq!(step.verdict, Verdict::Accepted, "{id}");
            assert_eq!(device.keys(&step), ["cosa/2/evaluate", "account/2/look-up/1"], "{id}");
            assert_eq!(device.package(), "none", "{id}");
            device.answers("mvno-b");
            assert_eq!(device.package(), "mvno-b", "{id}");
        } else {
            assert_eq!(step.verdict, Verdict::Ignored(Ignored::SameSim), "{id}");
            assert!(step.changes.is_empty() && step.effects.is_empty(), "{id} {step:?}");
            assert_eq!(device.package(), "mvno-a", "{id}");
        }
    }
}

#[test]
fn a_sim_rewritten_silently_is_recognised_at_the_next_arrival() {
    let mut device = settled();
    let step = device.says(&Event::RewrittenSilently);
    assert_eq!(step.verdict, Verdict::Ignored(Ignored::NotReported), "[MATCH-91]");
    assert_eq!(device.package(), "mvno-a", "[MATCH-91]");
    let step = device.says(&Event::Arrived { sim: Some(gsm(ICCID_B, IMSI_B)) });
    assert_eq!(device.keys(&step), ["cosa/2/evaluate", "account/2/look-up/1"], "[MATCH-91]");
    // A device that kept its cached numbers announces the old SIM: nothing is new.
    let mut device = settled();
    let step = device.says(&Event::Inserted { sim: gsm(ICCID_A, IMSI_A) });
    assert_eq!(step.verdict, Verdict::Ignored(Ignored::SameSim), "[MATCH-86]");
    // With only the IMSI changed a start asks for nothing either, only COSA is evaluated.
    let step = device.says(&Event::Arrived { sim: Some(gsm(ICCID_A, IMSI_B)) });
    assert_eq!(device.keys(&step), ["cosa/2/evaluate"], "[MATCH-87] [MATCH-84]");
    assert_eq!(device.package(), "mvno-a", "[MATCH-87]");
}

/// Also later: what is asked for is the SIM that was new.
#[test]
fn a_changed_imsi_changes_no_later_question() {
    let mut device = settled();
    device.says(&Event::Arrived { sim: Some(gsm(ICCID_A, IMSI_B)) });
    let step = device.says(&Event::RefreshRequested);
    assert_eq!(device.keys(&step), ["account/1/look-up/2"], "[MATCH-82]");
    assert_eq!(device.asked(&step).and_then(|sim| sim.imsi), gsm("", IMSI_A).imsi, "[MATCH-88]");
}

#[test]
fn cosa_is_evaluated_when_the_iccid_changes_and_at_every_start() {
    let mut device = settled();
    for (event, expected) in [
        (Event::Removed, &["cosa/2/evaluate"][..]),
        (Event::Removed, &[]),
        (Event::Inserted { sim: gsm(ICCID_A, IMSI_A) }, &["cosa/3/evaluate"]),
        (Event::Inserted { sim: gsm(ICCID_A, IMSI_B) }, &[]),
        (Event::Arrived { sim: Some(gsm(ICCID_A, IMSI_A)) }, &["cosa/4/evaluate"]),
        (
            Event::EsimReconfigured { sim: gsm(ICCID_B, IMSI_B) },
            &["cosa/5/evaluate", "account/2/look-up/1"],
        ),
        (Event::EsimReconfigured { sim: gsm(ICCID_B, IMSI_A) }, &[]),
        (Event::Arrived { sim: None }, &["cosa/6/evaluate"]),
    ] {
        let step = device.says(&event);
        assert_eq!(device.keys(&step), expected, "[MATCH-84] {event:?}");
    }
}

#[test]
fn an_update_of_cosa_makes_its_profiles_anew_at_the_next_start() {
    let mut device = settled();
    assert_eq!(device.says(&Event::CosaUpdated).effects, [], "[MATCH-85]");
    let again = device.says(&Event::CosaUpdated);
    assert_eq!(again.verdict, Verdict::Ignored(Ignored::Repeated), "[MATCH-85]");
    let start = || Event::Arrived { sim: Some(gsm(ICCID_A, IMSI_A)) };
    let step = device.says(&start());
    assert_eq!(device.keys(&step), ["cosa/2/evaluate", "cosa/2/recreate"], "[MATCH-85]");
    let step = device.says(&start());
    assert_eq!(device.keys(&step), ["cosa/3/evaluate"], "[MATCH-85]");
}

#[test]
fn nothing_happens_until_a_locked_sim_is_unlocked() {
    let mut device = Device::on_line(Radio::SingleMode(Mode::Gsm));
    let step = device.says(&Event::Inserted { sim: locked(ICCID_A) });
    assert_eq!(step.verdict, Verdict::Ignored(Ignored::Locked), "[MATCH-09] [MATCH-77]");
    let step = device.says(&Event::Unlocked { sim: gsm(ICCID_A, IMSI_A) });
    assert_eq!(device.keys(&step), ["cosa/1/evaluate", "account/1/look-up/1"], "[MATCH-76]");
    // Locked again after a start: the account waits, and is itself again when unlocked.
    device.answers("mvno-a");
    let step = device.says(&Event::Arrived { sim: Some(locked(ICCID_A)) });
    assert_eq!(device.keys(&step), ["cosa/2/evaluate"], "[MATCH-09]");
    assert_eq!(device.package(), "none", "[MATCH-09]");
    let step = device.says(&Event::Unlocked { sim: gsm(ICCID_A, IMSI_A) });
    assert_eq!(device.keys(&step), ["cosa/3/evaluate"], "[MATCH-76]");
    assert_eq!(device.package(), "mvno-a", "[MATCH-76]");
}

#[test]
fn a_new_sim_is_asked_for_once_any_internet_exists() {
    let mut device = Device::new(Radio::SingleMode(Mode::Gsm));
    let step = device.says(&Event::Arrived { sim: Some(gsm(ICCID_A, IMSI_A)) });
    assert_eq!(device.keys(&step), ["cosa/1/evaluate"], "[MATCH-80]");
    assert_eq!(device.deadline(), None, "[MATCH-80]");
    let step = device.says(&Event::InternetChanged(Internet::Present));
    assert_eq!(device.keys(&step), ["account/1/look-up/1"], "[MATCH-80]");
    let step = device.says(&Event::InternetChanged(Internet::Present));
    assert_eq!(step.verdict, Verdict::Ignored(Ignored::Repeated), "[MATCH-80]");
    // What runs is not begun again when the Internet comes and goes.
    device.says(&Event::InternetChanged(Internet::Absent));
    let step = device.says(&Event::InternetChanged(Internet::Present));
    assert_eq!(step.effects, [], "[MATCH-80]");
}

#[test]
fn radios_report_the_mode_that_metadata_is_made_for() {
    use Mode::{Cdma, Gsm};
    for (id, radio, gsm_sim, cdma_sim, metadata) in [
        ("[MATCH-92]", Radio::SingleMode(Gsm), true, false, Network::Gsm),
        ("[MATCH-92]", Radio::SingleMode(Cdma), false, true, Network::Cdma),
        ("[MATCH-93]", Radio::MultiMode, true, false, Network::Gsm),
        ("[MATCH-94]", Radio::MultiSubscription, true, true, Network::Both),
    ] {
        assert_eq!(radio.metadata(), metadata, "{id}");
        for (sim, is_taken) in [(gsm(ICCID_A, IMSI_A), gsm_sim), (cdma(4101, ""), cdma_sim)] {
            let verdict = Device::on_line(radio).says(&Event::Arrived { sim: Some(sim) }).verdict;
            let expected =
                if is_taken { Verdict::Accepted } else { Verdict::Rejected(Rejected::Mode) };
            assert_eq!(verdict, expected, "{id}");
        }
    }
}

#[test]
fn a_mode_switch_is_a_removal_and_an_arrival_with_what_was_found_before() {
    let mut device = Device::on_line(Radio::MultiSubscription);
    device.says(&Event::Arrived { sim: Some(gsm(ICCID_A, IMSI_A)) });
    device.answers("gsm-brand");
    let step = device.says(&Event::ModeSwitched { sim: cdma(4101, "FjellCDMA") });
    assert_eq!(device.keys(&step), ["cosa/2/evaluate", "account/2/look-up/1"], "[MATCH-95]");
    // The GSM package does not reach the device in CDMA mode.
    assert_eq!(device.package(), "none", "[MATCH-94]");
    device.answers("cdma-brand");
    assert_eq!(device.package(), "cdma-brand", "[MATCH-94]");
    for (sim, expected) in
        [(gsm(ICCID_A, IMSI_A), "gsm-brand"), (cdma(4101, "FjellCDMA"), "cdma-brand")]
    {
        let step = device.says(&Event::ModeSwitched { sim });
        assert!(device.asked(&step).is_none(), "[MATCH-95]");
        assert_eq!(device.package(), expected, "[MATCH-95]");
    }
    // Another network in the same mode is another identity.
    let step = device.says(&Event::ModeSwitched { sim: cdma(4102, "FjellCDMA") });
    assert_eq!(device.asked(&step), Some(cdma(4102, "FjellCDMA")), "[MATCH-95]");
    let mut single = settled();
    let step = single.says(&Event::ModeSwitched { sim: gsm(ICCID_B, IMSI_B) });
    assert_eq!(step.verdict, Verdict::Rejected(Rejected::Mode), "[MATCH-92]");
}

#[test]
fn a_device_forgets_the_oldest_of_too_many_accounts() {
    let mut device = Device::on_line(Radio::SingleMode(Mode::Gsm));
    let sim = |n: usize| gsm(&format!("899901{n:014}"), IMSI_A);
    for n in 0..=ACCOUNTS_MAX {
        device.says(&Event::Inserted { sim: sim(n) });
        device.answers("a");
    }
    assert_eq!(device.state.accounts.len(), ACCOUNTS_MAX, "[MATCH-95]");
    let kept = device.says(&Event::Inserted { sim: sim(1) });
    assert!(device.asked(&kept).is_none(), "[MATCH-95]");
    let forgotten = device.says(&Event::Inserted { sim: sim(0) });
    assert_eq!(device.asked(&forgotten), Some(sim(0)), "[MATCH-95]");
}

#[test]
fn numbers_of_people_are_in_no_key_and_no_debug_text() {
    let mut device = Device::on_line(Radio::SingleMode(Mode::Gsm));
    let step = device.says(&Event::Arrived { sim: Some(gsm(ICCID_A, IMSI_A)) });
    let text = format!("{step:?} {:?} {:?}", device.state, device.keys(&step));
    assert!(!text.contains(ICCID_A) && !text.contains(IMSI_A), "{text}");
    assert!(text.contains("899901…42"), "{text}");
}

#[test]
fn a_sim_is_known_by_the_best_that_can_be_read() {
    use domain::sim::Identity;
    let with_name = |sim: Sim| Sim { home_provider_name: Some("Aurora".to_owned()), ..sim };
    for (sim, expected) in [
        (with_name(gsm(ICCID_A, IMSI_A)), "Some(Iccid(899901…42))"),
        (with_name(gsm("", IMSI_A)), "Some(Imsi(001010…01))"),
        (with_name(gsm("", "")), "Some(HomeProvider(A…a))"),
        (gsm("", ""), "None"),
        (locked(ICCID_A), "None"),
        (cdma(4101, ""), "Some(Cdma(Some(4101), None))"),
        (Sim::cdma(), "None"),
    ] {
        assert_eq!(format!("{:?}", Identity::of(&sim)), expected, "[MATCH-87]");
    }
}
