//! The table as a page of the documentation.

use std::fmt::Write as _;

use anjian_domain::Role;

use super::permission::{Permission, Reach};
use super::scope::scope_kinds;
use super::table::{Doer, Entry, Logged, Section, TABLE, role_words};

const HEAD: &str = "# Roles and actions

Who may do what. `domain/casework/src/roles/table.rs` is the only source: code asks it, tests iterate it, and
`ANJIAN_WRITE_DOCS=1 cargo test -p anjian-casework --test casework roles` writes this page.

| Mark | Meaning |
|---|---|
| all | what belongs to no site: the whole installation |
| scope | what belongs to a site in the scope of the account |
| confirmed | as scope, and only what was confirmed beyond undo |
| noticed | as scope, and only what a notice has told |
| own | what belongs to the own account |
| grant, grant: all | only if the account or token was granted this action; then as scope, or as all |
| – | refused. What lies outside a right answers as what does not exist |

*Name*: the action stands on record under a person's name, or is about the own account; nobody can do it without
signing in. *Log*: each single view goes to the audit. Every change goes there anyway.
";

/// `docs/roles.md`, in Markdown.
#[must_use]
pub fn page() -> String {
    TABLE.iter().fold(HEAD.to_owned() + &roles(), |page, section| page + &lines(section))
}

fn roles() -> String {
    let mut text = "\n## Roles\n\n| Role | 角色 | Name in answers | Scope |\n|---|---|---|---|\n".to_owned();
    for role in Role::ALL {
        let words = role_words(role);
        let kinds: Vec<_> = scope_kinds(role).iter().map(|kind| format!("{kind:?}").to_lowercase()).collect();
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "| {} | {} | `{role}` | {} |", words.en, words.zh, kinds.join(", "));
    }
    text
}

fn lines(section: &Section) -> String {
    let mut text = format!(
        "\n## {} ({})\n\n| Action | 操作 | Name in answers | Name | Log |",
        section.title.en, section.title.zh
    );
    for role in Role::ALL {
        let _ = write!(text, " {} |", role.as_str());
    }
    let _ = writeln!(text, "\n|---|---|---|---|---|{}", "---|".repeat(Role::ALL.len()));
    section.entries.iter().fold(text, |text, entry| text + &line(entry) + "\n")
}

fn line(entry: &Entry) -> String {
    let words = entry.action.words();
    let name = match entry.doer {
        Doer::Anybody => "",
        Doer::Named => "yes",
    };
    let log = match entry.logged {
        Logged::No => "",
        Logged::Viewed => "viewed",
        Logged::Played => "played",
        Logged::Exported => "exported",
    };
    let cells = Role::ALL.map(|role| mark(entry.permission(role))).join(" | ");
    format!("| {} | {} | `{}` | {name} | {log} | {cells} |", words.en, words.zh, entry.action)
}

const fn mark(permission: Permission) -> &'static str {
    match permission {
        Permission::Refused => "–",
        Permission::Allowed(Reach::Installation) => "all",
        Permission::Allowed(Reach::Scope) => "scope",
        Permission::Allowed(Reach::Confirmed) => "confirmed",
        Permission::Allowed(Reach::Noticed) => "noticed",
        Permission::Allowed(Reach::Own) => "own",
        Permission::IfGranted(Reach::Installation) => "grant: all",
        Permission::IfGranted(_) => "grant",
    }
}
