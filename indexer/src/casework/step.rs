//! Somebody takes a step of a case: state, history, deliveries and audit in one transaction.

use std::collections::BTreeSet;

use anjian_casework::case::{Act, Case, Member, Proposal, Step, decide};
use anjian_casework::verdict::{self, DismissReason, Finding, Way};
use anjian_casework::{Outcome, Recusals, Version};
use anjian_domain::{Account, SiteId, Viewer, WallTime};

use crate::Index;
use crate::attachments::row::{AttachmentId, AttachmentRow};
use crate::attachments::take::{Taker, take};
use crate::casework::case_row::{self, CaseId, CaseRow, not_kept, not_read};
use crate::casework::context::{Gathered, actor_of};
use crate::casework::error::CaseError;
use crate::casework::record::{Taken, note};
use crate::casework::rules::CaseRules;
use crate::casework::{bound, reach};
use crate::engine::columns::uuid_column;
use crate::engine::connection::Connection;
use crate::engine::sql::{self, Builder};
use crate::verdicts::row as verdict_row;

/// Longest words of an enterprise, in characters.
const MAX_WORDS: usize = 10_000;

/// A step that a person takes.
#[derive(Debug, Clone)]
pub struct CaseStep {
    /// The step.
    pub act: Act,
    /// The version that the person's page showed.
    pub seen: Version,
    /// What the enterprise says with a plea or a rectification; empty for other steps.
    pub words: String,
    /// What the actor sent to the case before, and what goes with this step.
    pub attachments: Vec<AttachmentId>,
}

impl Index {
    /// Takes a step. Answers the version of the case since.
    ///
    /// # Errors
    /// [`CaseError`] when the viewer sees no such case or the step is refused.
    pub async fn step_case(
        &self,
        viewer: &Viewer,
        id: CaseId,
        wanted: &CaseStep,
        rules: &CaseRules,
    ) -> Result<Version, CaseError> {
        let words = words_of(wanted)?;
        if let Act::Propose { proposal, .. } = &wanted.act {
            check_cards(proposal, rules)?;
        }
        // Files are read before the writer is taken: nobody waits for them.
        let grade_allows = match wanted.act {
            Act::Issue => self.case_allows(viewer, id, rules).await?,
            _ => None,
        };
        let now = self.inner.clock.now();
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("case").await?;
        let actor = actor_of(&mut transaction, viewer).await?.ok_or(CaseError::Nameless)?;
        let (casefile, row, before) = find(&mut transaction, viewer, id, wanted.act.step()).await?;
        let members = members_of(&mut transaction, viewer, &row.site, &before, &wanted.act).await?;
        let mut gathered = Gathered::read(&mut transaction, actor, &row.site, casefile, &members).await?;
        gathered.grade_allows = grade_allows;
        let after = decide(&before, &wanted.act, &gathered.context(rules, now, wanted.seen))?;
        case_row::update(&mut transaction, casefile, &after, now).await?;
        bound::keep(&mut transaction, casefile, &after).await?;
        if let (Act::Answer { upheld, reasons, .. }, Some(by)) = (&wanted.act, viewer.named_account()) {
            dismiss(&mut transaction, by, upheld, reasons, rules, now).await?;
        }
        let step = wanted.act.step();
        let attachments = take_attachments(&mut transaction, viewer, wanted, casefile, after.version).await?;
        let taken = Taken {
            id,
            casefile,
            step,
            words: &words,
            before: Some(&before),
            after: &after,
            attachments: &attachments,
        };
        let update = note(&mut transaction, viewer.into(), now, &taken).await?;
        transaction.commit().await.map_err(not_kept)?;
        self.announce(update);
        Ok(after.version)
    }

    /// The lightest of what the evidence of every violation of a case allows. What an officer found on site needs no camera that was
    /// reviewed: two signatures carry it.
    async fn case_allows(
        &self,
        viewer: &Viewer,
        id: CaseId,
        rules: &CaseRules,
    ) -> Result<Option<Outcome>, CaseError> {
        let case = self.case(viewer, id).await?.ok_or(CaseError::Unknown)?.case;
        let officers: Vec<_> = case.signatures.iter().map(|signature| signature.officer.clone()).collect();
        let mut allowed = Some(Outcome::HandOver);
        for violation in case_row::violations(&case.members) {
            let grade = self.grade(viewer, violation, &officers, rules).await?;
            allowed = allowed.min(grade.and_then(|grade| grade.heaviest()));
        }
        Ok(allowed)
    }
}

/// The words that go on record with a step.
fn words_of(wanted: &CaseStep) -> Result<String, CaseError> {
    match &wanted.act {
        Act::Plead | Act::Rectify => {
            let words = wanted.words.trim();
            let is_fit = !words.is_empty() && words.chars().count() <= MAX_WORDS;
            if is_fit { Ok(words.to_owned()) } else { Err(CaseError::Words(MAX_WORDS)) }
        }
        Act::Answer { reasons, .. } | Act::Return { reasons, .. } => Ok(reasons.trim().to_owned()),
        Act::HandOver { to } => Ok(to.trim().to_owned()),
        _ => Ok(String::new()),
    }
}

/// Whether every legal-basis card of a proposal is there.
pub(crate) fn check_cards(proposal: &Proposal, rules: &CaseRules) -> Result<(), CaseError> {
    let missing = proposal.cards.iter().find(|card| !rules.has_card(card));
    missing.map_or(Ok(()), |card| Err(CaseError::NoCard(card.clone())))
}

/// The case with which the viewer may take this step.
async fn find(
    transaction: &mut Connection<'_>,
    viewer: &Viewer,
    id: CaseId,
    step: Step,
) -> Result<(i64, CaseRow, Case), CaseError> {
    let columns = case_row::COLUMNS;
    let mut sql = Builder::new(format!("SELECT {columns}, c.state FROM casefile AS c WHERE c.id = "));
    reach::push(sql.push_bind(uuid_column(id.0)), viewer, step.action());
    let row = sql.build().fetch_optional(transaction).await.map_err(not_read)?.ok_or(CaseError::Unknown)?;
    let (seq, decoded) = case_row::decode(&row)?;
    Ok((seq, decoded, case_row::decode_state(&row)?))
}

/// The members that a step is about. Those of a new proposal are of the case's site, and the viewer sees them.
async fn members_of(
    transaction: &mut Connection<'_>,
    viewer: &Viewer,
    site: &SiteId,
    before: &Case,
    act: &Act,
) -> Result<BTreeSet<Member>, CaseError> {
    let Act::Propose { members, .. } = act else { return Ok(before.members.clone()) };
    let its_site = bound::site_of(transaction, viewer, members).await?;
    match members.first() {
        Some(member) if its_site != *site => Err(CaseError::NoMember(*member)),
        _ => Ok(members.clone()),
    }
}

/// What goes with the step.
async fn take_attachments(
    transaction: &mut Connection<'_>,
    viewer: &Viewer,
    wanted: &CaseStep,
    casefile: i64,
    version: Version,
) -> Result<Vec<AttachmentRow>, CaseError> {
    let CaseStep { act, attachments, .. } = wanted;
    match attachments.first() {
        Some(first) if !act.step().takes_attachments() => return Err(CaseError::NoAttachment(*first)),
        _ => {}
    }
    let by = Taker::Step { casefile, version: i64::from(version.0) };
    take(transaction, viewer, attachments, &by).await?.map_err(CaseError::NoAttachment)
}

/// A plea was upheld: the violations are none, and no case takes the findings any more.
async fn dismiss(
    transaction: &mut Connection<'_>,
    by: &Account,
    upheld: &BTreeSet<Member>,
    reasons: &str,
    rules: &CaseRules,
    now: WallTime,
) -> Result<(), CaseError> {
    let words = format!("陈述申辩成立：{}", reasons.trim());
    for member in upheld {
        let id = match member {
            Member::Violation(id) => id,
            Member::Finding(id) => {
                let sql = "UPDATE finding SET dismissed_us = $2 WHERE id = $1";
                let query = sql::query(sql).bind(uuid_column(id.0)).bind(now.as_micros());
                query.execute(&mut *transaction).await.map_err(not_kept)?;
                continue;
            }
        };
        let query = sql::query("SELECT seq FROM violation WHERE id = $1").bind(uuid_column(id.0));
        let violation = query.scalar(&mut *transaction).await.map_err(not_read)?;
        let state = verdict_row::state(&mut *transaction, violation).await?;
        let finding =
            Finding::Dismissed { reason: DismissReason::Other, words: words.chars().take(2_000).collect() };
        let act = verdict::Act::Judge { finding, change_reason: words.chars().take(2_000).collect() };
        let recusals = Recusals::default();
        let context = verdict::Context {
            by,
            recusals: &recusals,
            now,
            seen: state.version,
            way: Way::Single,
            policy: rules.verdicts,
        };
        let after = verdict::decide(&state, &act, &context).map_err(CaseError::Verdict)?;
        verdict_row::keep(&mut *transaction, violation, &after, rules.verdicts, now).await?;
    }
    Ok(())
}
