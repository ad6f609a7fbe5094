//! Whole stories, and each refusal by name.

use anjian_casework::calendar::Lateness;
use anjian_casework::case::{
    ARROWS, Act, Case, CaseState, EndReason, Refusal, Service, ServiceWay, Side, Step, Turn,
};
use anjian_casework::roles::{Permission, may};
use anjian_casework::{Outcome, Version};
use anjian_domain::Role;

use super::desk::{Desk, actor, answer, finding, give_back, proposal, propose, served, violation};

#[track_caller]
fn refused(desk: &Desk, by: &str, act: &Act, expected: &Refusal) {
    assert_eq!(desk.ask(&actor(by), act).as_ref().map(|case| case.state), Err(expected), "{by} {act:?}");
}

#[test]
fn an_order_goes_from_draft_to_proven_correction() {
    let mut desk =
        Desk::noticed(Outcome::Order).play(&[("wang", served("2026-03-02")), ("firm", Act::Acknowledge)]);
    desk = desk.play(&[("firm", Act::Plead), ("li", answer(&[violation(2)], Outcome::Order, None))]);
    desk = desk.play(&[("firm", Act::Rectify), ("wang", give_back(Some(10))), ("firm", Act::Rectify)]);
    desk.wait_days(1);
    let proof = desk.by_camera(5);
    desk = desk.play(&[("program", proof), ("li", Act::Close)]);
    assert_eq!(desk.case.state, CaseState::Closed);
    assert_eq!(desk.case.members, [violation(1)].into());
    assert_eq!(desk.case.ended.as_ref().unwrap().reason, EndReason::Rechecked);
    assert_eq!(desk.case.rectifications[0].returned.as_deref(), Some("照片不清"));
    let written = serde_json::to_string(&desk.case).unwrap();
    assert_eq!(serde_json::from_str::<Case>(&written).unwrap(), desk.case, "read as it is written");
}

#[test]
fn reminders_and_cases_handed_over_end_without_a_recheck() {
    let read = Desk::noticed(Outcome::Remind).play(&[("firm", Act::Acknowledge), ("program", Act::Close)]);
    assert_eq!(read.case.ended.unwrap().reason, EndReason::Read);
    let mut over = Desk::noticed(Outcome::Remind);
    over.wait_days(7);
    refused(&over, "program", &Act::Close, &Refusal::NotRead);
    over.wait_days(1);
    assert_eq!(over.play(&[("program", Act::Close)]).case.ended.unwrap().reason, EndReason::TimeOver);
    let handed = Desk::noticed(Outcome::HandOver);
    refused(&handed, "wang", &Act::Close, &Refusal::NotAcknowledged);
    let handed = handed.play(&[("wang", Act::HandOver { to: "支队".to_owned() })]);
    refused(&handed, "wang", &Act::Close, &Refusal::NotAcknowledged);
    let handed = handed.play(&[("wang", Act::RecordReceipt)]);
    refused(&handed, "program", &Act::Close, &Refusal::WrongSide { step: Step::Close, side: Side::Officer });
    assert_eq!(handed.play(&[("wang", Act::Close)]).case.ended.unwrap().reason, EndReason::HandedOver);
    let pleaded = Desk::noticed(Outcome::Order).play(&[("firm", Act::Plead)]);
    let lighter = pleaded.play(&[("wang", answer(&[], Outcome::Remind, None)), ("firm", Act::Acknowledge)]);
    assert_eq!(lighter.play(&[("li", Act::Close)]).case.ended.unwrap().reason, EndReason::Read);
}

#[test]
fn an_order_has_two_officers_with_certificates() {
    let outcome = Outcome::Order;
    let missing = Refusal::SignaturesMissing { outcome, needed: 2 };
    let desk = Desk::new();
    refused(&desk, "wang", &Act::Sign, &Refusal::NoProposal);
    let desk = desk.play(&[("wang", propose(outcome)), ("wang", Act::Sign)]);
    refused(&desk, "wang", &Act::Sign, &Refusal::SignedAlready);
    refused(&desk, "zhao", &Act::Sign, &Refusal::NoCertificate { outcome });
    refused(&desk, "li", &Act::Issue, &missing);
    let mut desk = desk.play(&[("li", Act::Sign), ("li", propose(outcome))]);
    assert!(desk.case.signatures.is_empty(), "another text");
    refused(&desk, "li", &Act::Issue, &missing);
    desk = desk.play(&[("wang", Act::Sign), ("li", Act::Sign)]);
    desk.recusals = ["wang".parse().unwrap()].into_iter().collect();
    refused(&desk, "wang", &Act::Issue, &Refusal::Recused);
    refused(&desk, "li", &Act::Issue, &Refusal::Recused);
    let reminder =
        Desk::new().play(&[("zhao", propose(Outcome::Remind)), ("zhao", Act::Sign), ("zhao", Act::Issue)]);
    assert_eq!(reminder.case.state, CaseState::Noticed);
}

#[test]
fn a_notice_leaves_only_with_verdicts_grade_and_basis() {
    let signed =
        || Desk::new().play(&[("wang", propose(Outcome::Order)), ("wang", Act::Sign), ("li", Act::Sign)]);
    let mut desk = signed();
    desk.confirmed.remove(&violation(2));
    refused(&desk, "wang", &Act::Issue, &Refusal::Unconfirmed);
    for grade_allows in [None, Some(Outcome::Remind)] {
        let desk = Desk { grade_allows, ..signed() };
        refused(&desk, "wang", &Act::Issue, &Refusal::GradeTooLow { outcome: Outcome::Order });
    }
    let desk = Desk { pleas_allow: Some(Outcome::Remind), ..signed() };
    refused(&desk, "wang", &Act::Issue, &Refusal::Heavier);
    refused(&desk, "wang", &propose(Outcome::Order), &Refusal::Heavier);
    let mut no_basis = proposal(Outcome::Remind, 5);
    no_basis.cards.clear();
    let act = Act::Propose { members: [violation(1)].into(), proposal: no_basis };
    refused(&desk, "wang", &act, &Refusal::NoLegalBasis);
    assert_eq!(Case::draft([]), Err(Refusal::Members { count: 0, most: 200 }));
    assert!(Case::draft((0..201).map(violation)).is_err());
}

#[test]
fn a_plea_makes_nothing_heavier() {
    let pleaded = |outcome| Desk::noticed(outcome).play(&[("firm", Act::Plead)]);
    let desk = pleaded(Outcome::Remind);
    for heavier in [Outcome::Order, Outcome::HandOver] {
        refused(&desk, "wang", &answer(&[], heavier, None), &Refusal::Heavier);
    }
    let desk = pleaded(Outcome::Order);
    refused(&desk, "wang", &answer(&[], Outcome::Order, Some(1)), &Refusal::Heavier);
    refused(&desk, "wang", &answer(&[violation(7)], Outcome::Order, None), &Refusal::NoSuchMember);
    let mute =
        Act::Answer { upheld: [].into(), reasons: " ".to_owned(), outcome: Outcome::Remind, term: None };
    refused(&desk, "wang", &mute, &Refusal::WordsMissing { step: Step::Answer });
    assert_eq!(desk.case.ceiling(), Some(Outcome::Order));
    let upheld = desk.play(&[("wang", answer(&[violation(1), violation(2)], Outcome::Order, None))]);
    assert_eq!(upheld.case.state, CaseState::Withdrawn);
    assert_eq!(upheld.case.ended.unwrap().reason, EndReason::PleaUpheld);
    let own = Desk::noticed(Outcome::Order).play(&[("firm", Act::Plead)]);
    refused(
        &own,
        "firm",
        &answer(&[], Outcome::Order, None),
        &Refusal::WrongSide { step: Step::Answer, side: Side::Officer },
    );
}

#[test]
fn nobody_judges_what_they_handed_in() {
    // The account rectified for the enterprise and became an inspector since: a role change takes effect at once.
    let desk = Desk::noticed(Outcome::Order).play(&[("firm", Act::Rectify)]);
    let turncoat = super::desk::officer("firm");
    for act in [give_back(None), desk.on_site(), desk.by_camera(0)] {
        assert_eq!(desk.ask(&turncoat, &act), Err(Refusal::OwnWork), "{act:?}");
    }
    let proof = desk.on_site();
    let desk = desk.play(&[("wang", proof)]);
    assert_eq!(desk.ask(&turncoat, &Act::Close), Err(Refusal::OwnWork));
    let pleaded = Desk::noticed(Outcome::Order).play(&[("firm", Act::Plead)]);
    assert_eq!(pleaded.ask(&turncoat, &answer(&[], Outcome::Order, None)), Err(Refusal::OwnWork));
}

#[test]
fn a_case_is_closed_on_a_proof_only() {
    let mut desk = Desk::noticed(Outcome::Order);
    desk.wait_days(1);
    let early = desk.by_camera(20);
    let mut desk = desk.play(&[("firm", Act::Rectify)]);
    refused(&desk, "wang", &Act::Close, &Refusal::NotNow { state: CaseState::Rectified, step: Step::Close });
    refused(&desk, "wang", &early, &Refusal::ProofMissing);
    refused(&desk, "wang", &Act::Recheck { proofs: vec![] }, &Refusal::ProofMissing);
    desk.wait_days(1);
    refused(&desk, "program", &desk.by_camera(3), &Refusal::ProofTooShort { needed_s: 14_400 });
    refused(
        &desk,
        "program",
        &desk.on_site(),
        &Refusal::WrongSide { step: Step::Recheck, side: Side::Officer },
    );
    let desk = desk.play(&[]);
    assert!(desk.ask(&actor("program"), &desk.by_camera(4)).is_ok());
    let mut found = Desk::new();
    found.confirmed = [finding(1)].into();
    let act = Act::Propose { members: [finding(1)].into(), proposal: proposal(Outcome::Order, 5) };
    let found = found.play(&[
        ("wang", act),
        ("wang", Act::Sign),
        ("li", Act::Sign),
        ("li", Act::Issue),
        ("firm", Act::Rectify),
    ]);
    refused(&found, "wang", &found.by_camera(0), &Refusal::NotByCamera);
    assert!(found.ask(&actor("wang"), &found.on_site()).is_ok());
}

#[test]
fn service_is_recorded_once_and_gives_time_from_its_day() {
    let mut desk = Desk::noticed(Outcome::Order);
    let due = |desk: &Desk| desk.case.notice.as_ref().unwrap().deadline.due.to_string();
    assert_eq!(due(&desk), "2026-03-09");
    let service = desk.case.service_due(desk.today(), &desk.calendar, &desk.policy).unwrap();
    assert_eq!(service.due.to_string(), "2026-03-11");
    desk.wait_days(2);
    let electronic = |consent: &str| {
        let way = ServiceWay::Electronic { consent: consent.to_owned() };
        Act::RecordService(Service { way, on: "2026-03-03".parse().unwrap() })
    };
    refused(&desk, "wang", &electronic(" "), &Refusal::NoConsent);
    refused(&desk, "wang", &served("2026-03-01"), &Refusal::ImpossibleDay);
    refused(&desk, "wang", &served("2026-03-05"), &Refusal::ImpossibleDay);
    let desk = desk.play(&[("wang", electronic("送达确认书2026-3"))]);
    assert_eq!(due(&desk), "2026-03-10");
    assert_eq!(desk.case.service_due(desk.today(), &desk.calendar, &desk.policy), None);
    refused(&desk, "wang", &served("2026-03-04"), &Refusal::OnRecord { step: Step::RecordService });
}

#[test]
fn an_order_is_late_only_while_the_enterprise_must_act() {
    let mut desk = Desk::noticed(Outcome::Order);
    let late = |desk: &Desk| desk.case.lateness(desk.today(), &desk.policy);
    assert_eq!((desk.case.turn(), late(&desk)), (Turn::Enterprise, Some(Lateness::InTime)));
    desk.wait_days(5);
    assert_eq!(late(&desk), Some(Lateness::DueSoon { left_days: 2 }));
    desk.wait_days(5);
    assert_eq!(late(&desk), Some(Lateness::Overdue { days: 3 }));
    let desk = desk.play(&[("firm", Act::Rectify)]);
    assert_eq!((desk.case.turn(), late(&desk)), (Turn::Officers, None));
    let desk = desk.play(&[("wang", give_back(Some(3)))]);
    assert_eq!((desk.case.turn(), late(&desk)), (Turn::Enterprise, Some(Lateness::InTime)));
    assert_eq!(Desk::noticed(Outcome::HandOver).case.turn(), Turn::Officers);
}

#[test]
fn cases_follow_a_changed_verdict() {
    let mut desk = Desk::noticed(Outcome::Order);
    let changed = Act::Withdraw(EndReason::VerdictChanged);
    refused(&desk, "wang", &changed, &Refusal::StillConfirmed);
    refused(&desk, "wang", &Act::Drop(violation(1)), &Refusal::StillConfirmed);
    refused(&desk, "wang", &Act::Withdraw(EndReason::Discarded), &Refusal::WithdrawReason);
    refused(&desk, "wang", &Act::Withdraw(EndReason::PleaUpheld), &Refusal::WithdrawReason);
    desk.confirmed.clear();
    let desk = desk.play(&[("wang", Act::Drop(violation(1)))]);
    refused(&desk, "wang", &Act::Drop(violation(1)), &Refusal::NoSuchMember);
    refused(&desk, "wang", &Act::Drop(violation(2)), &Refusal::LastMember);
    assert_eq!(desk.play(&[("wang", changed)]).case.state, CaseState::Withdrawn);
    assert_eq!(
        Desk::new().play(&[("wang", Act::Withdraw(EndReason::Discarded))]).case.state,
        CaseState::Withdrawn
    );
}

#[test]
fn an_old_page_changes_nothing() {
    let mut desk = Desk::noticed(Outcome::Order);
    let old = desk.case.clone();
    desk = desk.play(&[("firm", Act::Acknowledge)]);
    let current = desk.case.version;
    desk.case.version = Version(current.0 + 1);
    assert_eq!(old.version.next(), current);
    refused(&desk, "firm", &Act::Acknowledge, &Refusal::OnRecord { step: Step::Acknowledge });
}

#[test]
fn arrows_are_those_of_the_specification() {
    use CaseState::{Answered, Closed, Draft, Noticed, Pleaded, Rechecked, Rectified, Returned, Withdrawn};
    let expected = [
        (Draft, vec![Noticed, Withdrawn]),
        (Noticed, vec![Pleaded, Rectified, Closed, Withdrawn]),
        (Pleaded, vec![Answered, Withdrawn]),
        (Answered, vec![Rectified, Closed, Withdrawn]),
        (Rectified, vec![Returned, Rechecked, Withdrawn]),
        (Returned, vec![Rectified, Withdrawn]),
        (Rechecked, vec![Closed]),
        (Closed, vec![]),
        (Withdrawn, vec![]),
    ];
    for (from, expected) in expected {
        let mut to: Vec<_> = ARROWS.iter().filter(|(state, ..)| *state == from).map(|(.., to)| *to).collect();
        to.retain(|state| *state != from);
        to.sort_unstable();
        to.dedup();
        assert_eq!(to, expected, "{from}");
        assert_eq!(from.is_over(), from.steps().next().is_none());
    }
}

#[test]
fn each_step_asks_for_a_right_of_the_side_that_takes_it() {
    for step in Step::ALL {
        let is_allowed = |role| matches!(may(role, step.action()), Permission::Allowed(_));
        let is_enterprise = step.side() == Side::Enterprise;
        assert_eq!(
            (is_allowed(Role::Enterprise), is_allowed(Role::Inspector)),
            (is_enterprise, !is_enterprise),
            "{step}"
        );
    }
}
