//! `[casework]`: what the installation decides about verdicts and cases.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anjian_casework::calendar::{Calendar, Counting, Steps, Term};
use anjian_casework::case;
use anjian_casework::disposal::KeepYears;
use anjian_casework::grade::Limits;
use anjian_casework::legal_card::LegalCard;
use anjian_casework::verdict::{self, SecondSignPolicy};
use anjian_indexer::CaseRules;
use serde::Deserialize;

/// Longest time in which a verdict can be undone.
const MAX_UNDO_S: u32 = 600;

/// What the installation decides about verdicts and cases.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CaseworkConfig {
    /// Holidays and weekend days that are worked, TOML; relative to the file. Without, the calendar of 2026 that comes with anjian.
    calendar: Option<PathBuf>,
    /// Legal-basis cards, TOML; relative to the file. Without, the examples that come with anjian.
    legal_cards: Option<PathBuf>,
    /// How long a verdict can be undone, seconds; 1 to 600.
    undo_window_s: u32,
    /// Which verdicts another officer has to sign.
    second_signature: SecondSignature,
    /// How long a rule must stay quiet before a camera proves a rectification, minutes; counted only while it watched persons.
    quiet_min: u32,
    /// Days in which a notice has to be served.
    served_within_days: u16,
    /// An order is due soon so many days before its last day.
    due_soon_days: u16,
    /// An order escalates so many days after its last day; 0 is that day.
    escalate_after_days: Vec<u16>,
    /// Days between the publication of a camera's place and its use as evidence; 0 asks for publication only.
    published_days: u16,
    /// Most seconds that a camera's clock may be off.
    clock_offset_s: u32,
    /// Least height of the person in the picture, pixels.
    person_height_px: u32,
    /// Years for which what an ended case holds is kept; 1 to 100.
    keep_case_years: u8,
}

/// Which verdicts another officer has to sign.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SecondSignature {
    Never,
    Confirmed,
    Always,
}

impl Default for CaseworkConfig {
    fn default() -> Self {
        let (verdicts, policy, limits) =
            (verdict::Policy::default(), case::Policy::default(), Limits::default());
        let number = |time: Duration| u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
        Self {
            calendar: None,
            legal_cards: None,
            undo_window_s: number(verdicts.undo_window),
            second_signature: SecondSignature::Never,
            quiet_min: number(policy.quiet) / 60,
            served_within_days: policy.service.as_days(),
            due_soon_days: policy.steps.soon_before_days,
            escalate_after_days: policy.steps.after_days,
            published_days: limits.published_days,
            clock_offset_s: limits.clock_offset_s,
            person_height_px: limits.person_height_px,
            keep_case_years: KeepYears::default().as_years(),
        }
    }
}

impl CaseworkConfig {
    /// The rules, with calendar and cards read.
    ///
    /// # Errors
    /// Every problem as `key: reason`.
    pub fn rules(&self) -> Result<CaseRules, Vec<String>> {
        let (calendar, cards, service, keep) = (self.calendar(), self.cards(), self.service(), self.keep());
        let mut problems: Vec<String> = self.out_of_range().into_iter().collect();
        problems.extend(calendar.as_ref().err().cloned());
        problems.extend(cards.as_ref().err().cloned());
        problems.extend(service.as_ref().err().cloned());
        problems.extend(keep.as_ref().err().cloned());
        match (calendar, cards, service, keep) {
            (Ok(calendar), Ok(cards), Ok(service), Ok(keep)) if problems.is_empty() => {
                Ok(CaseRules { calendar, cards, keep, ..self.made(service) })
            }
            _ => Err(problems),
        }
    }

    /// All but what is read from files.
    fn made(&self, service: Term) -> CaseRules {
        let second_sign = match self.second_signature {
            SecondSignature::Never => SecondSignPolicy::Never,
            SecondSignature::Confirmed => SecondSignPolicy::Confirmed,
            SecondSignature::Always => SecondSignPolicy::Always,
        };
        let seconds = |count: u32| Duration::from_secs(count.into());
        CaseRules {
            verdicts: verdict::Policy { undo_window: seconds(self.undo_window_s), second_sign },
            policy: case::Policy {
                counting: Counting::default(),
                steps: Steps {
                    soon_before_days: self.due_soon_days,
                    after_days: self.escalate_after_days.clone(),
                },
                quiet: seconds(self.quiet_min.saturating_mul(60)),
                service,
            },
            limits: Limits {
                published_days: self.published_days,
                clock_offset_s: self.clock_offset_s,
                person_height_px: self.person_height_px,
            },
            ..CaseRules::default()
        }
    }

    fn out_of_range(&self) -> Option<String> {
        let is_fit = (1..=MAX_UNDO_S).contains(&self.undo_window_s);
        (!is_fit).then(|| format!("casework.undo_window_s: give 1 to {MAX_UNDO_S} seconds"))
    }

    fn keep(&self) -> Result<KeepYears, String> {
        KeepYears::new(self.keep_case_years).map_err(|error| format!("casework.keep_case_years: {error}"))
    }

    fn service(&self) -> Result<Term, String> {
        Term::days(self.served_within_days).map_err(|error| format!("casework.served_within_days: {error}"))
    }

    fn calendar(&self) -> Result<Calendar, String> {
        let Some(file) = &self.calendar else { return Ok(Calendar::example()) };
        Calendar::from_toml(&read("casework.calendar", file)?)
            .map_err(|error| format!("casework.calendar: {}: {error}", file.display()))
    }

    fn cards(&self) -> Result<Vec<LegalCard>, String> {
        let Some(file) = &self.legal_cards else { return Ok(LegalCard::examples()) };
        LegalCard::from_toml(&read("casework.legal_cards", file)?)
            .map_err(|error| format!("casework.legal_cards: {}: {error}", file.display()))
    }

    /// Makes its paths relative to the configuration's folder.
    pub(super) fn place(&mut self, folder: &Path) {
        for file in [&mut self.calendar, &mut self.legal_cards].into_iter().flatten() {
            *file = folder.join(&*file);
        }
    }
}

fn read(key: &str, file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("{key}: {}: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let config: CaseworkConfig = toml::from_str(text).unwrap();
        let problems = config.rules().err().unwrap_or_default();
        assert_eq!(problems.len(), expected.len(), "{text}: {problems:?}");
        for (problem, key) in problems.iter().zip(expected) {
            assert!(problem.starts_with(key), "{text}: {problem}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_by_its_key() {
        check("", &[]);
        check("second_signature = \"confirmed\"\nescalate_after_days = []", &[]);
        check("undo_window_s = 0", &["casework.undo_window_s"]);
        check("served_within_days = 0", &["casework.served_within_days"]);
        check("keep_case_years = 0", &["casework.keep_case_years"]);
        check(
            "calendar = \"/nowhere.toml\"\nlegal_cards = \"/nowhere.toml\"",
            &["casework.calendar: /nowhere.toml", "casework.legal_cards: /nowhere.toml"],
        );
    }

    #[test]
    fn without_keys_the_usual_rules_hold() {
        let (rules, usual) = (CaseworkConfig::default().rules().unwrap(), CaseRules::usual());
        assert_eq!(
            (rules.policy, rules.limits, rules.verdicts),
            (usual.policy, usual.limits, usual.verdicts)
        );
        assert_eq!((rules.calendar, rules.cards, rules.keep), (usual.calendar, usual.cards, usual.keep));
    }
}
