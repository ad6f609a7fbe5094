//! Accounts, sessions, second factors and tokens, each change with its entry in the audit.

use std::collections::BTreeSet;
use std::time::Duration;

use anjian_casework::roles::{AccountScope, Action};
use anjian_domain::{Role, Scope, Sites, Viewer, WallTime};
use anjian_indexer::{
    AccountError, AccountRow, AccountSettings, AuditQuery, AuditReach, HashedPassword, NewSession, NewToken,
    WhoseTokens,
};

use crate::fixture::{Store, at, site};

const IDLE: Duration = Duration::from_secs(600);

pub(crate) fn settings(role: Role) -> AccountSettings {
    AccountSettings {
        shown_name: "王工".to_owned(),
        role,
        scope: AccountScope::Everything,
        grants: BTreeSet::new(),
        certificate: String::new(),
        is_active: true,
    }
}

fn of_sites(names: &[&str]) -> AccountScope {
    AccountScope::Sites(Sites::new(names.iter().map(|name| name.parse().unwrap())).unwrap())
}

fn password(hash: &str) -> HashedPassword {
    HashedPassword { hash: hash.to_owned(), is_one_time: false, ends_at: None }
}

pub(crate) fn add(store: &Store, name: &str, settings: &AccountSettings) -> Result<AccountRow, AccountError> {
    let name = name.parse().unwrap();
    store.wait(store.index.add_account(&store.viewer, &name, settings, &password("hash")))
}

fn change(store: &Store, name: &str, settings: &AccountSettings) -> Result<AccountRow, AccountError> {
    let name = name.parse().unwrap();
    store.wait(store.index.change_account(&store.viewer, &name, settings, "调岗"))
}

fn begin(store: &Store, account: &AccountRow, digest: u8, ends: u64) {
    let new = NewSession {
        digest: [digest; 32],
        id: format!("s{digest}"),
        address: Some([10, 0, 0, 8].into()),
        agent: "Firefox".to_owned(),
        ends_at: at(ends).wall,
    };
    store.wait(store.index.begin_session(account, &new)).unwrap();
}

fn is_signed_in(store: &Store, digest: u8) -> bool {
    store.wait(store.index.find_session(&[digest; 32], IDLE)).unwrap().is_some()
}

/// Action and object of each entry, the oldest first.
fn deeds(store: &Store) -> Vec<(String, String)> {
    let query = AuditQuery { limit: 100, ..AuditQuery::default() };
    let entries = store.wait(store.index.audit(&store.viewer, AuditReach::All, &query)).unwrap();
    entries.into_iter().rev().map(|entry| (entry.action, entry.object)).collect()
}

pub(crate) fn accounts_are_made_changed_and_reset(store: &Store) {
    assert!(!store.wait(store.index.has_accounts()).unwrap());
    let admin = add(store, "admin", &settings(Role::Admin)).unwrap();
    assert!(store.wait(store.index.has_accounts()).unwrap() && admin.has_password && !admin.has_totp);
    assert!(matches!(add(store, "admin", &settings(Role::Admin)), Err(AccountError::Known(_))));
    let enterprise = AccountSettings { scope: of_sites(&["plant"]), ..settings(Role::Enterprise) };
    let wang = add(store, "wang", &enterprise).unwrap();
    assert_eq!(wang.settings, enterprise);
    for unfit in [
        settings(Role::Service),
        settings(Role::Enterprise),
        AccountSettings { scope: of_sites(&["nowhere"]), ..settings(Role::Enterprise) },
        AccountSettings { grants: BTreeSet::from([Action::SeeEvidence]), ..settings(Role::Inspector) },
        AccountSettings { shown_name: "长".repeat(201), ..settings(Role::Inspector) },
    ] {
        assert!(add(store, "li", &unfit).is_err() && change(store, "wang", &unfit).is_err(), "{unfit:?}");
    }
    for last in [settings(Role::Auditor), AccountSettings { is_active: false, ..settings(Role::Admin) }] {
        assert!(matches!(change(store, "admin", &last), Err(AccountError::LastAdmin(_))));
    }
    let operator =
        AccountSettings { grants: BTreeSet::from([Action::SeeEvidence]), ..settings(Role::Operator) };
    let changed = change(store, "wang", &operator).unwrap();
    assert_eq!((changed.rights_version, &changed.settings), (wang.rights_version + 1, &operator));
    let shown = AccountSettings { shown_name: "小王".to_owned(), ..operator };
    assert_eq!(
        change(store, "wang", &shown).unwrap().rights_version,
        changed.rights_version,
        "the same rights"
    );
    let one_time = HashedPassword { is_one_time: true, ends_at: Some(at(50).wall), ..password("other") };
    store.wait(store.index.reset_account(&store.viewer, &wang.name, &one_time, true)).unwrap();
    let found = store.wait(store.index.credentials("wang")).unwrap().unwrap();
    assert!(found.account.is_one_time && found.password.as_deref() == Some("other"));
    store.clock.set(at(60).wall);
    assert_eq!(
        store.wait(store.index.credentials("wang")).unwrap().unwrap().password,
        None,
        "its time is over"
    );
    assert!(store.wait(store.index.credentials("nobody")).unwrap().is_none());
    let expected =
        ["admin", "wang", "wang", "wang", "wang"].map(|name| ("write_accounts".to_owned(), name.to_owned()));
    assert_eq!(deeds(store), expected);
}

pub(crate) fn an_enterprise_sees_its_own_accounts(store: &Store) {
    store.wait(store.index.put_site(&site("mill"))).unwrap();
    add(store, "admin", &settings(Role::Admin)).unwrap();
    for (name, sites) in [("plant-1", &["plant"][..]), ("mill-1", &["mill"]), ("both", &["mill", "plant"])] {
        add(store, name, &AccountSettings { scope: of_sites(sites), ..settings(Role::Enterprise) }).unwrap();
    }
    let seen = |role, scope| {
        let viewer = Viewer::new("x", role, scope).unwrap();
        let accounts = store.wait(store.index.accounts(&viewer)).unwrap();
        accounts.into_iter().map(|account| account.name.to_string()).collect::<Vec<_>>()
    };
    let plant = || Scope::Sites(Sites::new(["plant".parse().unwrap()]).unwrap());
    assert_eq!(seen(Role::Enterprise, plant()), ["plant-1"]);
    assert_eq!(seen(Role::Auditor, Scope::Everything), ["admin", "both", "mill-1", "plant-1"]);
    assert!(seen(Role::Inspector, Scope::Everything).is_empty());
}

pub(crate) fn sessions_begin_and_end(store: &Store) {
    let admin = add(store, "admin", &settings(Role::Admin)).unwrap();
    let wang = add(store, "wang", &settings(Role::Inspector)).unwrap();
    begin(store, &wang, 1, 5_000);
    begin(store, &wang, 2, 900);
    begin(store, &admin, 3, 5_000);
    assert!([1, 2, 3].into_iter().all(|digest| is_signed_in(store, digest)) && !is_signed_in(store, 4));
    store.clock.set(at(500).wall);
    assert!(is_signed_in(store, 1), "used within ten minutes, and so again");
    store.clock.set(at(1_000).wall);
    assert!(is_signed_in(store, 1));
    assert!(!is_signed_in(store, 2), "its time is over");
    assert!(!is_signed_in(store, 3), "nobody used it");
    store.clock.set(at(1_500).wall);
    assert!(store.wait(store.index.peek_session(&[1; 32], IDLE)).unwrap().is_some());
    store.clock.set(at(1_601).wall);
    assert!(!is_signed_in(store, 1), "a look is no use");
    begin(store, &wang, 5, 5_000);
    begin(store, &wang, 6, 5_000);
    assert_eq!(store.wait(store.index.sessions("wang", IDLE)).unwrap().len(), 2);
    let viewer = Viewer::new("wang", Role::Inspector, Scope::Everything).unwrap();
    assert!(store.wait(store.index.end_own_session(&viewer, "s5")).unwrap());
    assert!(!store.wait(store.index.end_own_session(&viewer, "s3")).unwrap(), "somebody else's");
    assert!(!is_signed_in(store, 5) && is_signed_in(store, 6));
    let inactive = AccountSettings { is_active: false, ..settings(Role::Inspector) };
    change(store, "wang", &inactive).unwrap();
    assert!(!is_signed_in(store, 6));
    begin(store, &admin, 7, 5_000);
    assert_eq!(store.wait(store.index.end_sessions(&store.viewer, "admin")).unwrap(), 2);
    assert!(!is_signed_in(store, 7));
}

pub(crate) fn a_change_of_rights_asks_for_a_new_token(store: &Store) {
    add(store, "admin", &settings(Role::Admin)).unwrap();
    let wang = add(store, "wang", &settings(Role::Inspector)).unwrap();
    begin(store, &wang, 1, 5_000);
    let find = |digest: u8| store.wait(store.index.find_session(&[digest; 32], IDLE)).unwrap();
    assert!(!find(1).unwrap().is_stale);
    change(store, "wang", &settings(Role::Analyst)).unwrap();
    let found = find(1).unwrap();
    assert!(found.is_stale && found.account.settings.role == Role::Analyst);
    let renew = |new: u8| {
        let version = found.account.rights_version;
        store.wait(store.index.renew_session(&[1; 32], &[new; 32], version)).unwrap()
    };
    assert!(renew(2) && !renew(3), "of two requests one brings the new token");
    assert!(!find(2).unwrap().is_stale && find(3).is_none());
    store.clock.set(at(20).wall);
    assert!(!find(1).unwrap().is_stale, "requests that were under way");
    store.clock.set(at(40).wall);
    assert!(find(1).is_none() && find(2).is_some());
}

pub(crate) fn a_step_of_a_second_factor_counts_once(store: &Store) {
    add(store, "wang", &settings(Role::Inspector)).unwrap();
    let viewer = Viewer::new("wang", Role::Inspector, Scope::Everything).unwrap();
    store.wait(store.index.propose_totp(&viewer, b"a secret of the phone")).unwrap();
    let secret = store.wait(store.index.totp_secret("wang")).unwrap();
    assert_eq!(secret.as_deref(), Some(&b"a secret of the phone"[..]));
    let take = |step| store.wait(store.index.use_totp_step("wang", step)).unwrap();
    assert!(take(7) && !take(7) && !take(6) && take(8));
    store.wait(store.index.activate_totp(&viewer)).unwrap();
    assert!(store.wait(store.index.account("wang")).unwrap().unwrap().has_totp);
    assert!(store.wait(store.index.propose_totp(&viewer, b"another")).is_err(), "the present one first");
    store.wait(store.index.remove_totp(&viewer)).unwrap();
    assert_eq!(store.wait(store.index.totp_secret("wang")).unwrap(), None);
    // The secret lies sealed, not in the clear.
    store.wait(store.index.propose_totp(&viewer, b"a secret of the phone")).unwrap();
    let clear =
        "UPDATE account SET shown_name = 'found' WHERE CAST(totp AS TEXT) LIKE '%a secret of the phone%'";
    store.raw(clear);
    assert_eq!(store.wait(store.index.account("wang")).unwrap().unwrap().settings.shown_name, "王工");
}

fn token(digest: u8, actions: &[Action], scope: Option<AccountScope>, ends: u64) -> NewToken {
    NewToken {
        id: format!("t{digest}"),
        digest: [digest; 32],
        name: "report".to_owned(),
        actions: actions.iter().copied().collect(),
        scope,
        ends_at: at(ends).wall,
    }
}

pub(crate) fn tokens_end_and_are_bounded_by_their_owner(store: &Store) {
    add(store, "wang", &settings(Role::Inspector)).unwrap();
    let wang = Viewer::new("wang", Role::Inspector, Scope::Everything).unwrap();
    let see = [Action::SeeViolations];
    let make = |viewer: &Viewer, whose, new: NewToken| store.wait(store.index.add_token(viewer, whose, &new));
    let own = make(&wang, WhoseTokens::Own, token(1, &see, None, 500)).unwrap();
    assert_eq!(own.owner.as_deref(), Some("wang"));
    let scope = Some(of_sites(&["plant"]));
    let of_all = make(&store.viewer, WhoseTokens::Installation, token(2, &see, scope, 500)).unwrap();
    assert_eq!(of_all.owner, None);
    for unfit in [
        token(3, &[Action::GiveVerdict], Some(AccountScope::Everything), 500),
        token(3, &see, Some(of_sites(&["nowhere"])), 500),
        NewToken { name: " ".to_owned(), ..token(3, &see, None, 500) },
    ] {
        assert!(make(&wang, WhoseTokens::Own, unfit).is_err());
    }
    let find = |digest: u8| store.wait(store.index.find_token(&[digest; 32])).unwrap();
    assert_eq!(find(1).unwrap().owner.unwrap().name.as_str(), "wang");
    assert!(find(2).unwrap().owner.is_none() && find(3).is_none());
    let listed = |viewer: &Viewer, whose| store.wait(store.index.tokens(viewer, whose)).unwrap().len();
    assert_eq!((listed(&wang, WhoseTokens::Own), listed(&store.viewer, WhoseTokens::Own)), (1, 0));
    assert_eq!(listed(&store.viewer, WhoseTokens::Installation), 1);
    assert!(!store.wait(store.index.end_token(&wang, WhoseTokens::Own, "t2")).unwrap(), "not one's own");
    add(store, "admin", &settings(Role::Admin)).unwrap();
    change(store, "wang", &AccountSettings { is_active: false, ..settings(Role::Inspector) }).unwrap();
    assert!(find(1).is_none(), "its owner may not come in");
    store.clock.set(at(501).wall);
    assert!(find(2).is_none(), "its time is over");
}

pub(crate) fn a_region_holds_the_sites_that_lie_in_it(store: &Store) {
    for (id, region) in [("mill", "330106"), ("depot", "3302"), ("yard", "")] {
        let site = anjian_domain::Site { region: region.to_owned(), ..site(id) };
        store.wait(store.index.put_site(&site)).unwrap();
    }
    let scope = |code: &str| {
        let scope = AccountScope::Region(code.parse().unwrap());
        match store.wait(store.index.scope_of(&scope)).unwrap() {
            Scope::Sites(sites) => sites.iter().map(ToString::to_string).collect::<Vec<_>>(),
            Scope::Everything => panic!("a region is not everything"),
        }
    };
    assert_eq!(scope("33"), ["depot", "mill"]);
    assert_eq!(scope("3301"), ["mill"]);
    assert!(scope("44").is_empty());
}

pub(crate) fn logins_stand_in_the_audit(store: &Store) {
    let wang = add(store, "wang", &settings(Role::Inspector)).unwrap();
    begin(store, &wang, 1, 5_000);
    store.wait(store.index.log_failed_login("wang", Some([10, 0, 0, 9].into()), "password")).unwrap();
    let viewer = Viewer::new("wang", Role::Inspector, Scope::Everything).unwrap();
    store.wait(store.index.log_out(&viewer, "s1")).unwrap();
    let actions: Vec<_> = deeds(store).into_iter().map(|(action, _)| action).collect();
    assert_eq!(actions, ["write_accounts", "log_in", "log_in_failed", "log_out"]);
    assert!(store.wait(store.index.verify_audit(None)).unwrap().fault.is_none());
    assert!(!is_signed_in(store, 1));
    let last: Option<WallTime> = store.wait(store.index.account("wang")).unwrap().unwrap().last_login_at;
    assert_eq!(last, Some(at(0).wall));
}
