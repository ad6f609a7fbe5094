//! A desk with officers, an enterprise, a calendar, and time that tests set.

use std::collections::BTreeSet;
use std::time::Duration;

use anjian_casework::calendar::{Calendar, Term};
use anjian_casework::case::{
    Act, Actor, Case, CaseState, Context, FindingId, Member, MemberProof, Policy, Proof, Proposal, Refusal,
    Service, ServiceWay, Watch, decide, prove,
};
use anjian_casework::legal_card::CardRef;
use anjian_casework::{Officer, Outcome, Recusals};
use anjian_domain::{CameraMinute, PersonCount, ViolationId, WallTime};
use jiff::civil::Date;
use jiff::tz::{TimeZone, offset};
use uuid::Uuid;

pub(crate) struct Desk {
    pub(crate) case: Case,
    pub(crate) now: WallTime,
    pub(crate) confirmed: BTreeSet<Member>,
    pub(crate) recusals: Recusals,
    pub(crate) grade_allows: Option<Outcome>,
    pub(crate) pleas_allow: Option<Outcome>,
    pub(crate) policy: Policy,
    pub(crate) calendar: Calendar,
    pub(crate) zone: TimeZone,
}

pub(crate) fn violation(number: u128) -> Member {
    Member::Violation(ViolationId(Uuid::from_u128(number)))
}

pub(crate) fn finding(number: u128) -> Member {
    Member::Finding(FindingId(Uuid::from_u128(number)))
}

/// `wang` and `li` have certificates, `zhao` has none.
pub(crate) fn officer(account: &str) -> Actor {
    let certificate = (account != "zhao").then(|| format!("ZJ-{account}").parse().unwrap());
    Actor::Officer(Officer { account: account.parse().unwrap(), certificate })
}

pub(crate) fn enterprise(account: &str) -> Actor {
    Actor::Enterprise(account.parse().unwrap())
}

/// What a name of the scripts stands for: officers, the enterprise's accounts, the program.
pub(crate) fn actor(name: &str) -> Actor {
    match name {
        "program" => Actor::Program,
        name if name.starts_with("firm") => enterprise(name),
        name => officer(name),
    }
}

pub(crate) fn proposal(outcome: Outcome, days: u16) -> Proposal {
    let card = CardRef { behaviour: "no_hard_hat".parse().unwrap(), version: 1 };
    Proposal { outcome, term: Term::days(days).unwrap(), cards: [card].into() }
}

pub(crate) fn propose(outcome: Outcome) -> Act {
    Act::Propose { members: [violation(1), violation(2)].into(), proposal: proposal(outcome, 5) }
}

pub(crate) fn answer(upheld: &[Member], outcome: Outcome, days: Option<u16>) -> Act {
    let term = days.map(|days| Term::days(days).unwrap());
    Act::Answer {
        upheld: upheld.iter().copied().collect(), reasons: "事实清楚".to_owned(), outcome, term
    }
}

pub(crate) fn give_back(days: Option<u16>) -> Act {
    Act::Return { reasons: "照片不清".to_owned(), term: days.map(|days| Term::days(days).unwrap()) }
}

pub(crate) fn served(on: &str) -> Act {
    Act::RecordService(Service { way: ServiceWay::HandedOver, on: on.parse().unwrap() })
}

impl Desk {
    /// 2026-03-02, a Monday, 09:00 in China: a draft about two violations, whose evidence allows everything.
    pub(crate) fn new() -> Self {
        let members = [violation(1), violation(2)];
        Self {
            case: Case::draft(members).unwrap(),
            now: "2026-03-02T09:00:00+08:00".parse().unwrap(),
            confirmed: members.into(),
            recusals: Recusals::default(),
            grade_allows: Some(Outcome::HandOver),
            pleas_allow: None,
            policy: Policy::default(),
            calendar: Calendar::from_toml(include_str!("../../../data/calendar-2026.toml")).unwrap(),
            zone: TimeZone::fixed(offset(8)),
        }
    }

    /// What a step would make of the case.
    pub(crate) fn ask(&self, by: &Actor, act: &Act) -> Result<Case, Refusal> {
        let context = Context {
            actor: by,
            now: self.now,
            zone: &self.zone,
            seen: self.case.version,
            recusals: &self.recusals,
            confirmed: &self.confirmed,
            grade_allows: self.grade_allows,
            pleas_allow: self.pleas_allow,
            calendar: &self.calendar,
            policy: &self.policy,
        };
        decide(&self.case, act, &context)
    }

    pub(crate) fn take(&mut self, by: &str, act: &Act) -> Result<CaseState, Refusal> {
        self.case = self.ask(&actor(by), act)?;
        Ok(self.case.state)
    }

    /// Steps that must be possible.
    #[track_caller]
    pub(crate) fn play(mut self, steps: &[(&str, Act)]) -> Self {
        for (by, act) in steps {
            let taken = self.take(by, act);
            assert!(taken.is_ok(), "{by} {act:?}: {taken:?}");
        }
        self
    }

    pub(crate) fn noticed(outcome: Outcome) -> Self {
        Self::new().play(&[
            ("wang", propose(outcome)),
            ("wang", Act::Sign),
            ("li", Act::Sign),
            ("li", Act::Issue),
        ])
    }

    pub(crate) fn wait_days(&mut self, days: u32) {
        self.now = self.now.plus(Duration::from_secs(86_400) * days);
    }

    pub(crate) fn today(&self) -> Date {
        self.now.timestamp().to_zoned(self.zone.clone()).date()
    }

    /// Proofs by camera of every member, over the last `hours` hours.
    pub(crate) fn by_camera(&self, hours: u32) -> Act {
        let from = self.now.minus(Duration::from_secs(3_600) * hours);
        let minute = |number: u32| CameraMinute {
            camera: "gate".parse().unwrap(),
            minute: from.plus(Duration::from_secs(60) * number),
            analysed: Duration::from_secs(60),
            gated: Duration::ZERO,
            blind: Duration::ZERO,
            blind_cause: None,
            persons: Some(PersonCount { picture: 1, ..PersonCount::default() }),
        };
        let minutes: Vec<_> = (0..60 * hours).map(minute).collect();
        let watch = Watch { from, until: self.now, zone: None, minutes: &minutes, violations: &[] };
        let proof = Proof::Camera(prove(&watch, Duration::ZERO).unwrap());
        self.with_proof(&proof)
    }

    pub(crate) fn on_site(&self) -> Act {
        self.with_proof(&Proof::OnSite { on: self.today(), words: "已整改到位".to_owned() })
    }

    fn with_proof(&self, proof: &Proof) -> Act {
        let proofs =
            self.case.members.iter().map(|member| MemberProof { member: *member, proof: proof.clone() });
        Act::Recheck { proofs: proofs.collect() }
    }
}
