//! What happens to a notice on its way: service and acknowledgement.

use super::act::Context;
use super::guard::notice;
use super::record::{Case, Service, ServiceWay};
use super::refusal::Refusal;
use super::step::Step;
use crate::calendar::{Deadline, deadline};

/// Records service. The term counts from that day, so the deadline may move to a later day.
pub(super) fn record_service(
    case: &mut Case,
    service: &Service,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let term = case.proposal.as_ref().ok_or(Refusal::NoProposal)?.term;
    let notice = notice(case, Step::RecordService)?;
    if notice.service.is_some() {
        return Err(Refusal::OnRecord { step: Step::RecordService });
    }
    if matches!(&service.way, ServiceWay::Electronic { consent } if consent.trim().is_empty()) {
        return Err(Refusal::NoConsent);
    }
    if service.on < context.day_of(notice.at) || service.on > context.today() {
        return Err(Refusal::ImpossibleDay);
    }
    let from_service = deadline(context.calendar, context.policy.counting, service.on, term);
    notice.deadline = later(notice.deadline, from_service);
    notice.service = Some(service.clone());
    Ok(())
}

/// Records that the notice was read. The first time counts.
pub(super) fn acknowledge(case: &mut Case, context: &Context<'_>) -> Result<(), Refusal> {
    let notice = notice(case, Step::Acknowledge)?;
    if notice.acknowledged_at.is_some() {
        return Err(Refusal::OnRecord { step: Step::Acknowledge });
    }
    notice.acknowledged_at = Some(context.now);
    Ok(())
}

fn later(one: Deadline, other: Deadline) -> Deadline {
    if other.due > one.due { other } else { one }
}
