//! The table of roles and actions, line by line, and the page that is made of it.

use std::collections::BTreeSet;
use std::path::Path;

use anjian_casework::roles::{Action, Doer, Logged, Permission, Reach, TABLE, entry, may, page, role_words};
use anjian_domain::Role;

fn allowed(role: Role, action: Action) -> bool {
    matches!(may(role, action), Permission::Allowed(_))
}

#[test]
fn every_action_has_one_line_and_words_of_its_own() {
    let lines: Vec<_> = TABLE.iter().flat_map(|section| section.entries).map(|entry| entry.action).collect();
    assert_eq!(lines.iter().collect::<BTreeSet<_>>().len(), lines.len(), "an action stands twice");
    assert_eq!(lines.iter().collect::<BTreeSet<_>>(), Action::ALL.iter().collect());
    let labels: BTreeSet<_> = Action::ALL.iter().map(|action| action.words().zh).collect();
    assert_eq!(labels.len(), Action::ALL.len(), "two actions read alike");
    for action in Action::ALL {
        assert_eq!(action.as_str().parse(), Ok(*action));
        assert_eq!(serde_json::to_value(action).unwrap(), action.as_str());
    }
    for role in Role::ALL {
        assert!(!role_words(role).zh.is_empty() && !role_words(role).en.is_empty(), "{role}");
    }
}

#[test]
fn officers_and_enterprises_do_not_share_what_they_do_to_each_other() {
    use Action::{
        Acknowledge, AnswerPleas, CloseCases, GiveVerdict, IssueNotices, Plead, Recheck, Rectify, SignSecond,
    };
    for action in [GiveVerdict, SignSecond, IssueNotices, AnswerPleas, Recheck, CloseCases] {
        for role in Role::ALL {
            let is_officer = matches!(role, Role::Admin | Role::Inspector);
            assert_eq!(may(role, action) != Permission::Refused, is_officer, "{role} {action}");
        }
    }
    for action in [Acknowledge, Plead, Rectify] {
        for role in Role::ALL {
            assert_eq!(allowed(role, action), role == Role::Enterprise, "{role} {action}");
        }
    }
}

#[test]
fn an_enterprise_sees_nothing_of_a_site_before_it_was_confirmed() {
    use Action::{
        Acknowledge, PlayClips, Plead, Rectify, SeeAttachments, SeeCases, SeeEvidence, SeeFindings,
        SeeViolations, SendAttachments,
    };
    let before_any_verdict = [
        Action::SeeSites,
        Action::SeePermits,
        Action::ProposePermits,
        Action::SeeAccounts,
        Action::ProposeAccounts,
        Action::SeeCalendar,
        Action::ManageOwnAccount,
    ];
    for action in Action::ALL {
        let expected = match action {
            SeeViolations | SeeEvidence => Permission::Allowed(Reach::Confirmed),
            PlayClips | SeeCases | SeeFindings | SeeAttachments | SendAttachments | Acknowledge | Plead
            | Rectify => Permission::Allowed(Reach::Noticed),
            action if before_any_verdict.contains(action) => continue,
            _ => Permission::Refused,
        };
        assert_eq!(may(Role::Enterprise, *action), expected, "{action}");
    }
}

#[test]
fn an_auditor_changes_nothing() {
    let reads = ["see_", "read_", "play_", "export_", "take_"];
    let of_the_own_account = [Action::ManageOwnAccount, Action::ManageOwnTokens];
    for action in Action::ALL.iter().filter(|action| allowed(Role::Auditor, **action)) {
        let is_read = reads.iter().any(|verb| action.as_str().starts_with(verb));
        assert!(is_read || of_the_own_account.contains(action), "{action}");
    }
}

#[test]
fn a_token_has_only_what_was_granted_and_never_a_name() {
    for action in Action::ALL {
        assert!(!allowed(Role::Service, *action), "{action}");
        let is_named = entry(*action).unwrap().doer == Doer::Named;
        assert!(!is_named || may(Role::Service, *action) == Permission::Refused, "{action}");
    }
}

#[test]
fn the_local_viewer_may_do_all_that_needs_no_name() {
    for action in Action::ALL {
        let needs_name = entry(*action).unwrap().doer == Doer::Named;
        assert_eq!(allowed(Role::Local, *action), !needs_name, "{action}");
        assert!(may(Role::Local, *action) != Permission::Allowed(Reach::Own), "{action}: nobody owns it");
    }
}

#[test]
fn views_of_pictures_and_files_that_leave_are_logged() {
    for (action, expected) in [
        (Action::SeeEvidence, Logged::Viewed),
        (Action::SeeAttachments, Logged::Viewed),
        (Action::SeeLivePicture, Logged::Viewed),
        (Action::PlayClips, Logged::Played),
        (Action::PlayRecordings, Logged::Played),
        (Action::SeeViolations, Logged::No),
    ] {
        assert_eq!(entry(action).unwrap().logged, expected, "{action}");
    }
    for action in Action::ALL {
        let is_export = action.as_str().starts_with("export_");
        assert_eq!(entry(*action).unwrap().logged == Logged::Exported, is_export, "{action}");
    }
}

#[test]
fn the_page_says_what_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/roles.md");
    if std::env::var_os("ANJIAN_WRITE_DOCS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == page(),
        "docs/roles.md is out of date: run ANJIAN_WRITE_DOCS=1 cargo test -p anjian-casework --test casework roles"
    );
}
