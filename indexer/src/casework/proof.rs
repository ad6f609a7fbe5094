//! Whether the cameras of a case prove that its rectification holds.

use anjian_casework::case::{CameraProof, Member, MemberProof, Proof, Unproven, Watch, prove};
use anjian_domain::{CameraMinute, Verdict, Viewer, ViolationId, WallTime, ZoneId};

use crate::casework::case_row::CaseId;
use crate::casework::rules::CaseRules;
use crate::{CoverageMinute, Index, IndexError, ViolationQuery, ViolationRow};

/// The zone of rules that judge the whole picture.
const WHOLE_PICTURE: &str = "picture";

/// What the camera of one violation proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseProof {
    /// The violation.
    pub violation: ViolationId,
    /// The proof, or why there is none.
    pub found: Result<CameraProof, Unproven>,
}

impl CaseProof {
    /// The proofs for a re-check; `None` unless every violation has one.
    #[must_use]
    pub fn all(proofs: &[Self]) -> Option<Vec<MemberProof>> {
        let proof = |one: &Self| {
            let proof = Proof::Camera(one.found.ok()?);
            Some(MemberProof { member: Member::Violation(one.violation), proof })
        };
        proofs.iter().map(proof).collect()
    }
}

impl Index {
    /// What the cameras prove since the last rectification of a case; `None` when the viewer sees no such case, or nothing was
    /// rectified.
    ///
    /// # Errors
    /// When the rows could not be read.
    pub async fn case_proofs(
        &self,
        viewer: &Viewer,
        id: CaseId,
        rules: &CaseRules,
    ) -> Result<Option<Vec<CaseProof>>, IndexError> {
        let Some(detail) = self.case(viewer, id).await? else { return Ok(None) };
        let Some(last) = detail.case.rectifications.last() else { return Ok(None) };
        let until = self.inner.clock.now();
        // Coverage answers so much at once; what the camera saw longest ago proves least.
        let from = last.at.max(until.minus(Self::MAX_RANGE));
        let mut proofs = Vec::new();
        for violation in detail.violations.iter().filter(|violation| violation.is_in) {
            let found = self.prove_one(viewer, &violation.row, (from, until), rules).await?;
            proofs.push(CaseProof { violation: violation.row.id, found });
        }
        Ok(Some(proofs))
    }

    async fn prove_one(
        &self,
        viewer: &Viewer,
        violation: &ViolationRow,
        (from, until): (WallTime, WallTime),
        rules: &CaseRules,
    ) -> Result<Result<CameraProof, Unproven>, IndexError> {
        let minutes = self.coverage(viewer, &violation.camera, from, until).await?;
        let minutes: Vec<_> = minutes.into_iter().map(|minute| plain(violation, minute)).collect();
        let again = self.opened_again(viewer, violation, from, until).await?;
        let zone: Option<&ZoneId> = Some(&violation.zone).filter(|zone| zone.as_str() != WHOLE_PICTURE);
        let watch = Watch { from, until, zone, minutes: &minutes, violations: &again };
        Ok(prove(&watch, rules.policy.quiet))
    }

    /// When violations of the same rule opened since, but for dismissed ones.
    async fn opened_again(
        &self,
        viewer: &Viewer,
        violation: &ViolationRow,
        from: WallTime,
        until: WallTime,
    ) -> Result<Vec<WallTime>, IndexError> {
        let query = ViolationQuery {
            cameras: vec![violation.camera.clone()],
            behaviours: vec![violation.behaviour.clone()],
            zones: vec![violation.zone.clone()],
            verdicts: vec![Verdict::None, Verdict::Confirmed],
            from: Some(from),
            to: Some(until),
            limit: ViolationQuery::MAX_LIMIT,
            ..ViolationQuery::default()
        };
        let page = self.search_violations(viewer, &query).await?;
        let is_same = |found: &&ViolationRow| found.rule == violation.rule;
        Ok(page.items.iter().filter(is_same).map(|found| found.opened_at).collect())
    }
}

fn plain(violation: &ViolationRow, minute: CoverageMinute) -> CameraMinute {
    CameraMinute {
        camera: violation.camera.clone(),
        minute: minute.minute,
        analysed: minute.analysed,
        gated: minute.gated,
        blind: minute.blind,
        blind_cause: minute.blind_cause,
        persons: minute.persons,
    }
}
