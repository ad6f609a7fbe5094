//! Accounts that are made without a page: the first administrator, and those of a demonstration.

use std::collections::BTreeSet;
use std::time::Duration;

use anjian_api::{DemoAccount, NewPassword, ProgramToken};
use anjian_casework::roles::{AccountScope, Rights, role_words};
use anjian_domain::{Account, Role, SiteId, Sites, Viewer};
use anjian_indexer::{AccountError, AccountSettings, Index, WhoseTokens};
use anyhow::Context;

use crate::wiring;

/// The first administrator's name.
const FIRST: &str = "admin";
const DEMO_TOKEN: &str = "demo";
const DEMO_TOKEN_DAYS: u64 = 30;
/// The people of a demonstration: account, role, what follows the role in the shown name, and the officer's certificate number. Two
/// officers sign an order.
const PEOPLE: [(&str, Role, &str, &str); 7] = [
    ("admin", Role::Admin, "", ""),
    ("inspector", Role::Inspector, "", "示例-1001"),
    ("inspector2", Role::Inspector, "（二）", "示例-1002"),
    ("enterprise", Role::Enterprise, "", ""),
    ("operator", Role::Operator, "", ""),
    ("analyst", Role::Analyst, "", ""),
    ("auditor", Role::Auditor, "", ""),
];

/// What a demonstration offers on its terminal and its login page.
pub struct DemoKeys {
    /// An account for each role of people, and a second inspector.
    pub accounts: Vec<DemoAccount>,
    /// For scripts: may read everything.
    pub token: String,
}

/// Makes an administrator where nobody could sign in yet. Answers name and one-time password.
pub async fn first_administrator(index: &Index) -> anyhow::Result<Option<(&'static str, String)>> {
    if index.has_accounts().await? {
        return Ok(None);
    }
    let password = NewPassword::one_time(wiring::clock().now())?;
    let settings = settings(Role::Admin, AccountScope::Everything, String::new());
    match index.add_account(&Viewer::local(), &named(FIRST)?, &settings, &password.kept).await {
        // Another node on the same database started at the same moment, and prints the password.
        Err(AccountError::Known(_)) => Ok(None),
        made => Ok(Some((FIRST, made.map(|_| password.text)?))),
    }
}

/// Makes the accounts with passwords of this start, and a token. The enterprise has the first of these sites.
pub async fn demonstrate(index: &Index, sites: &[SiteId]) -> anyhow::Result<DemoKeys> {
    let mut accounts = Vec::new();
    for (name, role, suffix, certificate) in PEOPLE {
        let password = NewPassword::lasting()?;
        let scope = match role {
            Role::Enterprise => AccountScope::Sites(Sites::new(sites.iter().take(1).cloned())?),
            _ => AccountScope::Everything,
        };
        let settings = AccountSettings {
            certificate: certificate.to_owned(),
            ..settings(role, scope, format!("{}{suffix}", role_words(role).zh))
        };
        put(index, &named(name)?, &settings, &password).await?;
        accounts.push(DemoAccount { name: name.to_owned(), role, password: password.text });
    }
    Ok(DemoKeys { accounts, token: demo_token(index).await? })
}

/// What an account that was just made has.
pub const fn settings(role: Role, scope: AccountScope, shown_name: String) -> AccountSettings {
    AccountSettings {
        shown_name,
        role,
        scope,
        grants: BTreeSet::new(),
        certificate: String::new(),
        is_active: true,
    }
}

async fn put(
    index: &Index,
    name: &Account,
    settings: &AccountSettings,
    password: &NewPassword,
) -> Result<(), AccountError> {
    let local = Viewer::local();
    match index.add_account(&local, name, settings, &password.kept).await {
        Err(AccountError::Known(_)) => {
            index.change_account(&local, name, settings, "anjian demo").await?;
            index.reset_account(&local, name, &password.kept, true).await
        }
        made => made.map(drop),
    }
}

/// A new token in the place of the last start's.
async fn demo_token(index: &Index) -> anyhow::Result<String> {
    let (local, whose) = (Viewer::local(), WhoseTokens::Installation);
    for old in index.tokens(&local, whose).await?.iter().filter(|token| token.name == DEMO_TOKEN) {
        index.end_token(&local, whose, &old.id).await?;
    }
    let actions = Rights::grantable(Role::Service).collect();
    let ends_at = wiring::clock().now().plus(Duration::from_secs(DEMO_TOKEN_DAYS * 24 * 3_600));
    let scope = Some(AccountScope::Everything);
    let token = ProgramToken::new(DEMO_TOKEN.to_owned(), actions, scope, ends_at)?;
    index.add_token(&local, whose, &token.new).await?;
    Ok(token.text)
}

fn named(name: &str) -> anyhow::Result<Account> {
    name.parse().context("the name of an account cannot be read")
}
