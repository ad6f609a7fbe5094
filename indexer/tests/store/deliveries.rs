//! Who is notified: what is planned for whom, claimed in which order, and what follows from how it ended.

use std::collections::BTreeSet;
use std::time::Duration;

use anjian_casework::notification::{BURST, Channel, GIVE_UP_AFTER, Pace, Topic, Wants};
use anjian_casework::roles::AccountScope;
use anjian_casework::{Outcome, verdict::Policy};
use anjian_domain::{Role, RunKind, Sites, Verdict, Viewer};
use anjian_indexer::{
    AccountSettings, Attempt, Claim, Contents, Language, Parcel, SubscriptionError, SubscriptionRow,
    SubscriptionSettings,
};

use crate::accounts::{add, settings};
use crate::cases::{confirmed, officer, open};
use crate::fixture::{Store, at};

fn wants(topics: &[Topic]) -> Wants {
    Wants {
        topics: topics.iter().copied().collect(),
        sites: BTreeSet::new(),
        behaviours: BTreeSet::new(),
        pace: Pace::AtOnce,
        quiet: None,
        urgent: BTreeSet::new(),
    }
}

fn subscribe(store: &Store, account: &str, wants: Wants) -> SubscriptionRow {
    let settings = SubscriptionSettings {
        channel: Channel::Email,
        address: format!("{account}@example.com"),
        language: Language::Chinese,
        wants,
        is_active: true,
    };
    let viewer = officer(account);
    store.wait(store.index.add_subscription(&viewer, account, &settings)).unwrap().0
}

fn claims(store: &Store) -> Vec<Claim> {
    store.wait(store.index.plan_deliveries()).unwrap();
    store.wait(store.index.claim_deliveries()).unwrap()
}

fn contents(store: &Store, claim: Claim) -> Option<Parcel> {
    store.wait(store.index.delivery_contents(claim)).unwrap()
}

fn end(store: &Store, claim: Claim, attempt: &Attempt) {
    store.wait(store.index.end_delivery(claim, attempt)).unwrap();
}

fn delivered() -> Attempt {
    Attempt::Delivered { receipt: "250 ok".into() }
}

fn away() -> Attempt {
    Attempt::Away { why: "503".into(), after: None }
}

/// A violation counts once and for whom it concerns: an enterprise hears of what is confirmed at its own sites only.
pub(crate) fn each_hears_of_what_it_may_see(store: &Store) {
    for (name, role, scope) in [
        ("wang", Role::Inspector, AccountScope::Everything),
        ("plant", Role::Enterprise, AccountScope::Sites(Sites::new(["plant".parse().unwrap()]).unwrap())),
    ] {
        add(store, name, &AccountSettings { scope, ..settings(role) });
        subscribe(store, name, wants(&[Topic::ViolationOpened, Topic::ViolationConfirmed]));
    }
    let found = |store: &Store| -> Vec<String> {
        let claims = claims(store);
        let mut found: Vec<_> = claims
            .iter()
            .map(|claim| {
                let parcel = contents(store, *claim).unwrap();
                let Contents::News { news, .. } = parcel.contents else { panic!("news") };
                format!("{} {} {}", parcel.subscription.account, news[0].topic, news.len())
            })
            .collect();
        claims.iter().for_each(|claim| end(store, *claim, &delivered()));
        found.sort();
        found
    };
    let run = store.run(RunKind::Live, "gate");
    let id = store.recorded(&run, 1).id;
    assert_eq!(found(store), ["wang violation_opened 1"]);
    store.judge(id, Verdict::Confirmed);
    store.wait(store.index.settle_verdicts(Policy::default())).unwrap();
    store.clock.advance(BURST);
    assert_eq!(found(store), ["plant violation_confirmed 1", "wang violation_confirmed 1"]);
    assert_eq!(found(store), [""; 0], "once");
}
