//! A draft of a case is opened.

use std::collections::BTreeSet;

use anjian_casework::Version;
use anjian_casework::case::{Act, Actor, Case, Member, Proposal, Refusal, Side, Step, decide};
use anjian_domain::Viewer;

use crate::Index;
use crate::casework::case_row::{CaseId, insert, not_kept};
use crate::casework::context::{Gathered, actor_of};
use crate::casework::error::CaseError;
use crate::casework::record::{Taken, note};
use crate::casework::rules::CaseRules;
use crate::casework::{bound, step};

impl Index {
    /// Opens a draft about violations and findings of one site, with its first proposal.
    ///
    /// # Errors
    /// [`CaseError`] when the viewer sees no such member, another case holds one, or the proposal is refused.
    pub async fn open_case(
        &self,
        viewer: &Viewer,
        members: &BTreeSet<Member>,
        proposal: &Proposal,
        rules: &CaseRules,
    ) -> Result<CaseId, CaseError> {
        let now = self.inner.clock.now();
        let id = CaseId(uuid::Uuid::now_v7());
        let draft = Case::draft(members.iter().copied())?;
        step::check_cards(proposal, rules)?;
        let mut writer = self.write().await?;
        let mut transaction = writer.begin("case").await?;
        let actor = actor_of(&mut transaction, viewer).await?.ok_or(CaseError::Nameless)?;
        let Actor::Officer(officer) = &actor else {
            return Err(Refusal::WrongSide { step: Step::Propose, side: Side::Officer }.into());
        };
        let assignee = officer.account.clone();
        let site = bound::site_of(&mut transaction, viewer, members).await?;
        let gathered = Gathered::read(&mut transaction, actor, &site, 0, members).await?;
        let act = Act::Propose { members: members.clone(), proposal: proposal.clone() };
        let case = decide(&draft, &act, &gathered.context(rules, now, Version::default()))?;
        let casefile = insert(&mut transaction, id, &site, assignee.as_str(), &case, now).await?;
        bound::keep(&mut transaction, casefile, &case).await?;
        let taken = Taken {
            id,
            casefile,
            step: Step::Propose,
            words: "",
            before: None,
            after: &case,
            attachments: &[],
        };
        let update = note(&mut transaction, viewer.into(), now, &taken).await?;
        transaction.commit().await.map_err(not_kept)?;
        self.announce(update);
        Ok(id)
    }
}
