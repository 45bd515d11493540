//! Plans, their usage, and the profiles that name them.

use carrier::agent::{Stored, Warning};
use carrier::document::{PlanName, PlanType};

use crate::fixture::{
    NOT_FOUND, OK, after, code, described, document, fold, host, mbn, of, planned, plans, profile,
    usage, used, wlan,
};

const T1: &str = "2030-03-01T08:00:00Z";
const T2: &str = "2030-03-01T08:10:00Z";

fn name(text: &str) -> PlanName {
    PlanName::parse(text).expect("a name")
}

/// Plans the parts on what is stored, and returns the codes of the profile, the plan and number.
#[track_caller]
fn check(
    id: &str,
    (stored, parts): (&Stored, &str),
    (profile, plan): (Option<u32>, Option<u32>),
    warnings: &[Warning],
) {
    let decision = planned(&document(parts), &host(), stored);
    let found = |part| code(&decision, part).map(|code| code.0);
    assert_eq!(found("Profile("), profile, "{id}");
    assert_eq!(found("Plan("), plan, "{id}");
    assert_eq!(decision.warnings, warnings, "{id}");
    let is_fine = [profile, plan].into_iter().flatten().all(|code| code == 0);
    assert_eq!(decision.number(), u8::from(!is_fine), "{id}: warnings do not count [XML-199]");
    assert_eq!(decision.results().all_elements_provisioned(), is_fine, "{id} [XML-206]");
}

#[test]
fn a_profile_needs_its_plan() {
    let (ok, not_found) = (Some(OK.0), Some(NOT_FOUND.0));
    let nothing = Stored::default();
    let with_plan = after(&[&plans(&[described("P", "")])]);
    let default = mbn(&profile("DefaultProfile", "A", "P"));
    let wifi = wlan(&[("W", 5, "P")]);
    let p = plans(&[described("P", "")]);
    let of_usage = plans(&[used("P", 1, T1)]);
    let stored_only = [Warning::PlanOnlyStored(name("P"))];
    for (id, stored, parts, expected, warnings) in [
        ("[XML-178]", &nothing, format!("{default}{p}"), (ok, ok), &[][..]),
        ("NV-21", &nothing, default.clone(), (not_found, None), &[]),
        ("[XML-182]", &with_plan, default.clone(), (ok, None), &stored_only),
        (
            "[XML-182] beside another plan",
            &with_plan,
            format!("{default}{}", plans(&[described("Q", "")])),
            (ok, ok),
            &[Warning::PlanOnlyStored(name("P")), Warning::PlanNotNamed(name("Q"))],
        ),
        ("[XML-182] in the document too", &with_plan, format!("{default}{p}"), (ok, ok), &[]),
        ("[XML-183]", &nothing, format!("{default}{of_usage}"), (not_found, not_found), &[]),
        ("[XML-180]", &with_plan, format!("{default}{of_usage}"), (ok, ok), &[]),
        ("[XML-178] for Wi-Fi", &nothing, format!("{wifi}{p}"), (ok, ok), &[]),
        ("NV-21 for Wi-Fi", &nothing, wifi.clone(), (not_found, None), &[]),
        ("[XML-182] for Wi-Fi", &with_plan, wifi, (ok, None), &stored_only),
    ] {
        check(id, (stored, &parts), expected, warnings);
    }
}

#[test]
fn a_profile_without_its_plan_leaves_the_stored_one() {
    // [XML-182], [XML-187]
    let stored = after(&[&mbn(&profile("DefaultProfile", "A", "")), &wlan(&[("W", 5, "")])]);
    let parts = format!(
        "{}{}",
        mbn(&[profile("DefaultProfile", "B", "P"), profile("PurchaseProfile", "C", "")].concat()),
        wlan(&[("W", 7, "P"), ("X", 5, "")])
    );
    let decision = planned(&document(&parts), &host(), &stored);
    let (before, later) = (of(&stored), of(&fold(&stored, &decision)));
    assert_eq!(later.default_profile, before.default_profile);
    assert!(later.purchase_profile.is_some(), "other parts continue [XML-186]");
    let names: Vec<&str> = later.wlan_profiles.keys().map(|name| name.as_str()).collect();
    assert_eq!(names, ["W", "X"], "named, so not deleted");
    assert!(before.wlan_profiles.iter().all(|(k, v)| later.wlan_profiles.get(k) == Some(v)));
}

#[test]
fn plans_that_nothing_names_are_warned_of() {
    let ok = Some(OK.0);
    let default = mbn(&profile("DefaultProfile", "A", ""));
    let p = plans(&[described("P", "")]);
    let named = after(&[&format!("{}{p}", wlan(&[("W", 5, "P")]))]);
    for (id, stored, parts, profile, warnings) in [
        ("[XML-178]", &named, format!("{default}{p}"), ok, vec![Warning::PlanNotNamed(name("P"))]),
        (
            "[XML-179]",
            &Stored::default(),
            p.clone(),
            None,
            vec![Warning::PlanWithoutProfile(name("P"))],
        ),
        ("[XML-179], named", &named, p.clone(), None, vec![]),
        ("[XML-180]", &after(&[&p]), plans(&[used("P", 1, T1)]), None, vec![]),
    ] {
        check(id, (stored, &parts), (profile, ok), &warnings);
    }
}

#[test]
fn descriptions_and_usage_change_by_themselves() {
    let stored = after(&[&plans(&[described("P", &usage(1, T1))])]);
    let plan = |stored: &Stored| of(stored).plans.get(&name("P")).cloned().expect("a plan");
    // [XML-133], [XML-180]: usage alone leaves the description.
    let later = after(&[&plans(&[described("P", &usage(1, T1))]), &plans(&[used("P", 2, T2)])]);
    assert_eq!(plan(&later).description, plan(&stored).description);
    assert_eq!(plan(&later).usage.map(|usage| usage.current.0), Some(2));
    // [XML-179]: a description alone leaves the usage, and the profiles.
    let again = after(&[&plans(&[described("P", &usage(1, T1))]), &plans(&[described("P", "")])]);
    assert_eq!(plan(&again), plan(&stored));
    // [XML-183], [XML-184]: nothing is made of a usage alone.
    let decision = planned(&document(&plans(&[used("Q", 1, T1)])), &host(), &stored);
    assert_eq!((code(&decision, "Plan("), decision.changes.len()), (Some(NOT_FOUND), 0));
}

#[test]
fn older_usage_does_not_replace_newer_one() {
    // [USE-14], BF-3: success, with a warning.
    let stored = after(&[&plans(&[described("P", &usage(140, T2))])]);
    let current = |stored: &Stored| {
        let plan = of(stored).plans.get(&name("P")).cloned();
        plan.and_then(|plan| plan.usage).map(|usage| (usage.current.0, usage.at.to_string()))
    };
    let far = "2030-03-01T08:20:01Z";
    for (megabytes, at, expected, warning) in [
        (150, T2, (150, T2), None),
        (135, T1, (140, T2), Some(Warning::UsageOutdated(name("P")))),
        (150, "2030-03-01T08:20:00Z", (150, "2030-03-01T08:20:00Z"), None),
        // More than five minutes ahead of the host is taken for now, a quarter past eight.
        (150, far, (150, "2030-03-01T08:15:00Z"), Some(Warning::UsageInFuture(name("P")))),
    ] {
        let decision = planned(&document(&plans(&[used("P", megabytes, at)])), &host(), &stored);
        assert_eq!(decision.number(), 0, "{at}");
        assert_eq!(decision.warnings, Vec::from_iter(warning), "{at}");
        let later = fold(&stored, &decision);
        assert_eq!(current(&later), Some((expected.0, expected.1.to_owned())), "{at}");
    }
}

#[test]
fn a_profile_is_metered_by_its_plan() {
    // [XML-59]
    let parts = format!(
        "{}{}",
        mbn(&[profile("DefaultProfile", "A", "P"), profile("PurchaseProfile", "B", "")].concat()),
        plans(&[described("P", "")])
    );
    let stored = of(&after(&[&parts]));
    let plan = |slot| stored.plan_of(stored.profile(slot)?.associated_plan.as_ref());
    let of_default = plan(carrier::document::ProfileSlot::Default).and_then(|p| p.description);
    assert_eq!(of_default.map(|description| description.plan_type), Some(PlanType::Fixed));
    assert_eq!(plan(carrier::document::ProfileSlot::Purchase), None);
}
