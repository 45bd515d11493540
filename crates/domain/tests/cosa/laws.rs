//! What holds for every database and every SIM.

use domain::cosa::{
    Connection, Origin, Profile, PurposeGroup, Selection, SimFacts, Target, select, trial_order,
};
use proptest::prelude::*;

use crate::database::{a_profile, a_target, connection, iccids, imsis, ordered, sim};

fn targets() -> impl Strategy<Value = Target> {
    let network = prop::sample::select(vec!["00101", "00102", "001012"]);
    let range = prop::option::of((0..4_u32, 0..4_u32));
    let spn = prop::option::of(prop::sample::select(vec!["Aurora", "Bris"]));
    (network, range, spn, any::<bool>()).prop_map(|(network, range, spn, by_iccid)| {
        let mut target = Target { spn: spn.map(str::to_owned), ..a_target(network) };
        match range {
            Some((low, more)) if by_iccid => {
                target.iccid =
                    Some(iccids(&format!("8999011{low}"), &format!("8999011{}", low + more)));
            }
            Some((low, more)) => {
                let (low, high) = (format!("{low}000000000"), format!("{}999999999", low + more));
                target.imsi = Some(imsis(&low, &high));
            }
            None => {}
        }
        target
    })
}

fn profiles() -> impl Strategy<Value = Vec<Profile>> {
    let parts = (prop::collection::vec(targets(), 1..3), any::<bool>(), 0..3_u64);
    prop::collection::vec(parts, 0..8).prop_map(|all| {
        let profile = |(at, (targets, is_oem, added)): (usize, (Vec<Target>, bool, u64))| Profile {
            origin: if is_oem { Origin::Oem } else { Origin::Base },
            added,
            targets,
            ..a_profile(&format!("p{at}"), a_target("00101"))
        };
        all.into_iter().enumerate().map(profile).collect()
    })
}

fn best(profile: &Profile, sim: &SimFacts) -> Option<u32> {
    profile.targets.iter().filter_map(|target| target.score(sim)).max()
}

proptest! {
    #[test]
    fn nothing_fits_better_than_what_is_chosen(profiles in profiles()) {
        let sim = sim();
        let most = profiles.iter().filter_map(|profile| best(profile, &sim)).max();
        match select(&profiles, &sim) {
            Selection::Nothing => prop_assert_eq!(most, None),
            Selection::One(candidate) => {
                prop_assert_eq!(Some(candidate.score), most, "[MATCH-98]");
            }
            Selection::Ask(list) => {
                prop_assert!(list.len() > 1);
                for candidate in &list {
                    prop_assert_eq!(Some(candidate.score), most, "[MATCH-98]");
                    prop_assert_eq!(candidate.profile.origin, list[0].profile.origin, "[MATCH-99]");
                    prop_assert_eq!(candidate.width, list[0].width, "[MATCH-99]");
                }
            }
        }
    }

    #[test]
    fn a_profile_for_others_changes_nothing(profiles in profiles(), at in 0..9_usize) {
        let mut more = profiles.clone();
        more.insert(at.min(profiles.len()), a_profile("foreign", a_target("99999")));
        prop_assert_eq!(select(&profiles, &sim()), select(&more, &sim()));
    }

    /// However the last try ended, each connection has its turn.
    #[test]
    fn every_connection_is_tried_once(orders in prop::collection::vec(0..4_u16, 0..6), last in 0..7_usize) {
        let one = |(at, order): (usize, &u16)| match order {
            0 => connection(&format!("c{at}")),
            order => ordered(&format!("c{at}"), *order),
        };
        let connections: Vec<Connection> = orders.iter().enumerate().map(one).collect();
        let last = format!("c{last}");
        let order = trial_order(&connections, PurposeGroup::Internet, Some(&last));
        let mut tried: Vec<&str> = order.iter().map(|c| c.name.as_str()).collect();
        tried.sort_unstable();
        let all: Vec<&str> = connections.iter().map(|c| c.name.as_str()).collect();
        prop_assert_eq!(tried, all, "[MATCH-103]");
    }
}
