//! Roles × actions: the only source. A line is an action, a column a role.

use anjian_domain::{Role, Words};

use super::action::Action;
use super::permission::{Permission, Reach};

/// Lines that belong together.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// What they are about.
    pub title: Words,
    /// One for each action.
    pub entries: &'static [Entry],
}

/// One line: an action, what it leaves behind, and who may.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The action.
    pub action: Action,
    /// Whether each single view of it goes to the audit. Changes always do.
    pub logged: Logged,
    /// Whether it stands on record under a name.
    pub doer: Doer,
    cells: [Permission; 7],
}

/// What the audit says of a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Logged {
    /// Views of it are no entries.
    No,
    /// A picture of persons was seen.
    Viewed,
    /// Video was played.
    Played,
    /// A file left the machine.
    Exported,
}

/// Who can be meant by an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Doer {
    /// The local viewer as well, who names no person.
    Anybody,
    /// A person who signed in: the action stands on record under this name, or is about the own account.
    Named,
}

const I: Permission = Permission::Allowed(Reach::Installation);
const S: Permission = Permission::Allowed(Reach::Scope);
const C: Permission = Permission::Allowed(Reach::Confirmed);
const N: Permission = Permission::Allowed(Reach::Noticed);
const O: Permission = Permission::Allowed(Reach::Own);
/// By grant, in the scope of the account or token.
const G: Permission = Permission::IfGranted(Reach::Scope);
/// By grant, over the installation.
const J: Permission = Permission::IfGranted(Reach::Installation);
const X: Permission = Permission::Refused;

const fn view(action: Action, cells: [Permission; 7]) -> Entry {
    Entry { action, logged: Logged::No, doer: Doer::Anybody, cells }
}

const fn logged(action: Action, logged: Logged, cells: [Permission; 7]) -> Entry {
    Entry { logged, ..view(action, cells) }
}

const fn named(action: Action, cells: [Permission; 7]) -> Entry {
    Entry { doer: Doer::Named, ..view(action, cells) }
}

/// The whole table. Columns: admin, inspector, enterprise, operator, analyst, auditor, service. What `Role::Local` may
/// do follows: all that asks for no name.
pub const TABLE: &[Section] = &[
    Section {
        title: Words::new("违规与证据", "Violations and evidence"),
        entries: &[
            view(Action::SeeViolations, [S, S, C, S, S, S, G]),
            logged(Action::SeeEvidence, Logged::Viewed, [S, S, C, G, S, S, G]),
            logged(Action::PlayClips, Logged::Played, [S, S, N, G, S, S, G]),
            logged(Action::ExportEvidence, Logged::Exported, [S, S, X, X, X, S, G]),
            view(Action::SeeCoverage, [S, S, X, S, S, S, G]),
            logged(Action::PlayRecordings, Logged::Played, [S, S, X, X, S, S, G]),
            logged(Action::ExportRecordings, Logged::Exported, [S, S, X, X, S, S, G]),
            logged(Action::SeeLivePicture, Logged::Viewed, [S, S, X, S, X, X, G]),
            view(Action::HoldEvidence, [S, S, X, X, X, X, X]),
            view(Action::SeeDisposals, [S, S, X, X, X, S, X]),
            named(Action::SignDisposal, [S, S, X, X, X, X, X]),
        ],
    },
    Section {
        title: Words::new("判定与案件", "Verdicts and cases"),
        entries: &[
            named(Action::GiveVerdict, [S, S, X, X, X, X, X]),
            named(Action::SignSecond, [S, S, X, X, X, X, X]),
            view(Action::SeeCases, [S, S, N, X, X, S, G]),
            logged(Action::SeeAttachments, Logged::Viewed, [S, S, N, X, X, S, G]),
            named(Action::SendAttachments, [S, S, N, X, X, X, X]),
            named(Action::ManageCases, [S, S, X, X, X, X, X]),
            named(Action::IssueNotices, [S, S, X, X, X, X, X]),
            named(Action::RecordService, [S, S, X, X, X, X, X]),
            named(Action::AnswerPleas, [S, S, X, X, X, X, X]),
            named(Action::ReviewRectifications, [S, S, X, X, X, X, X]),
            named(Action::Recheck, [S, S, X, X, X, X, X]),
            named(Action::CloseCases, [S, S, X, X, X, X, X]),
            view(Action::SeeFindings, [S, S, N, X, X, S, G]),
            named(Action::FindOnSite, [S, S, X, X, X, X, X]),
            named(Action::ManageRecusals, [S, X, X, X, X, X, X]),
            named(Action::Acknowledge, [X, X, N, X, X, X, X]),
            named(Action::Plead, [X, X, N, X, X, X, X]),
            named(Action::Rectify, [X, X, N, X, X, X, X]),
            view(Action::SeeDeliveries, [S, S, X, X, X, S, G]),
        ],
    },
    Section {
        title: Words::new("企业、摄像机与规则", "Sites, cameras and rules"),
        entries: &[
            view(Action::SeeSites, [S, S, S, S, S, S, G]),
            view(Action::WriteSites, [S, S, X, X, X, X, X]),
            view(Action::SeeCameras, [S, S, X, S, S, S, G]),
            view(Action::WriteCameras, [S, X, X, S, X, X, X]),
            view(Action::SeeZones, [S, S, X, S, S, S, G]),
            view(Action::WriteZones, [S, X, X, S, X, X, X]),
            view(Action::SeeRules, [S, S, X, S, S, S, G]),
            view(Action::WriteRules, [S, X, X, S, X, X, X]),
            view(Action::SeePermits, [S, S, S, S, S, S, G]),
            view(Action::ProposePermits, [S, X, S, S, X, X, G]),
            view(Action::WritePermits, [S, X, X, S, X, X, X]),
            view(Action::SeeGalleries, [S, S, X, S, S, S, G]),
            view(Action::WriteGalleries, [S, X, X, S, X, X, X]),
            view(Action::SeeReviews, [S, S, X, S, S, S, G]),
            view(Action::WriteReviews, [S, X, X, X, X, X, X]),
        ],
    },
    Section {
        title: Words::new("统计与重新分析", "Statistics and re-analysis"),
        entries: &[
            view(Action::SeeStatistics, [S, S, X, S, S, S, G]),
            view(Action::SeeJobs, [S, S, X, X, S, S, G]),
            view(Action::RunJobs, [S, S, X, X, S, X, G]),
            view(Action::SeeDifferences, [S, S, X, X, S, S, G]),
        ],
    },
    Section {
        title: Words::new("账号与令牌", "Accounts and tokens"),
        entries: &[
            view(Action::SeeAccounts, [I, X, S, X, X, I, X]),
            named(Action::ProposeAccounts, [I, X, S, X, X, X, X]),
            view(Action::WriteAccounts, [I, X, X, X, X, X, X]),
            view(Action::EndSessions, [I, X, X, X, X, X, X]),
            named(Action::ManageOwnAccount, [O, O, O, O, O, O, X]),
            named(Action::ManageOwnTokens, [O, O, X, O, O, O, X]),
            view(Action::SeeTokens, [I, X, X, X, X, I, X]),
            view(Action::WriteTokens, [I, X, X, X, X, X, X]),
        ],
    },
    Section {
        title: Words::new("法律依据、日历与渠道", "Legal cards, calendar and channels"),
        entries: &[
            view(Action::SeeLegalCards, [I, I, X, X, X, I, X]),
            view(Action::WriteLegalCards, [I, X, X, X, X, X, X]),
            view(Action::SeeCalendar, [I, I, I, I, I, I, J]),
            view(Action::WriteCalendar, [I, X, X, X, X, X, X]),
            view(Action::WriteChannels, [I, X, X, X, X, X, X]),
        ],
    },
    Section {
        title: Words::new("审计与运行", "Audit and operation"),
        entries: &[
            named(Action::ReadOwnAudit, [O, O, X, X, O, O, X]),
            view(Action::ReadAudit, [I, X, X, X, X, I, X]),
            logged(Action::ExportAudit, Logged::Exported, [X, X, X, X, X, I, X]),
            view(Action::TakeCheckpoints, [X, X, X, X, X, I, J]),
            view(Action::SeeHealth, [I, I, X, I, I, I, J]),
            view(Action::SeeStorage, [S, S, X, S, S, S, G]),
        ],
    },
];

/// The line of an action. Every action has one; a test holds the table to that.
#[must_use]
pub fn entry(action: Action) -> Option<&'static Entry> {
    TABLE.iter().flat_map(|section| section.entries).find(|entry| entry.action == action)
}

/// What the table says of a role and an action. `Rights` answers for an account, with what it was granted.
#[must_use]
pub fn may(role: Role, action: Action) -> Permission {
    entry(action).map_or(Permission::Refused, |entry| entry.permission(role))
}

impl Entry {
    /// What this line says of a role.
    #[must_use]
    pub const fn permission(&self, role: Role) -> Permission {
        let column = match role {
            Role::Admin => 0,
            Role::Inspector => 1,
            Role::Enterprise => 2,
            Role::Operator => 3,
            Role::Analyst => 4,
            Role::Auditor => 5,
            Role::Service => 6,
            Role::Local => return self.local(),
        };
        self.cells[column]
    }

    /// Everybody who reaches a machine without accounts has all rights, and no name.
    const fn local(&self) -> Permission {
        match (self.doer, self.cells[0]) {
            (Doer::Named, _) => Permission::Refused,
            (Doer::Anybody, Permission::Refused) => I,
            (Doer::Anybody, as_admin) => as_admin,
        }
    }
}

/// What people call a role.
#[must_use]
pub const fn role_words(role: Role) -> Words {
    match role {
        Role::Admin => Words::new("监管管理员", "Administrator"),
        Role::Inspector => Words::new("执法人员", "Inspector"),
        Role::Enterprise => Words::new("企业", "Enterprise"),
        Role::Operator => Words::new("运维人员", "Operator"),
        Role::Analyst => Words::new("分析人员", "Analyst"),
        Role::Auditor => Words::new("审计人员", "Auditor"),
        Role::Service => Words::new("服务接口", "Service"),
        Role::Local => Words::new("本机（未启用账号）", "Local (no accounts)"),
    }
}
