//! `anjian account`: accounts on a machine without a page.

use std::path::PathBuf;

use anjian_api::NewPassword;
use anjian_casework::roles::{AccountScope, Region};
use anjian_domain::{Account, Role, SiteId, Sites, Viewer};
use anjian_indexer::{AccountError, AccountRow, Index};
use clap::Subcommand;

use crate::accounts::settings;
use crate::config::Config;
use crate::output::{Usage, print, tell};
use crate::wiring;

/// Add, reset or list accounts.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
    /// The configuration
    #[arg(long, value_name = "FILE", global = true, default_value = "anjian.toml")]
    config: PathBuf,
}

#[derive(Subcommand)]
enum What {
    /// Make an account and print its one-time password
    Add(NewAccount),
    /// Give an account a new one-time password, print it, and sign the account out everywhere
    Reset {
        /// The account's name
        name: Account,
        /// Also remove the second factor
        #[arg(long)]
        also_totp: bool,
    },
    /// Print every account: name, role, scope, state
    List,
}

#[derive(clap::Args)]
struct NewAccount {
    /// By which it signs in
    name: Account,
    /// admin, inspector, enterprise, operator, analyst or auditor
    #[arg(long)]
    role: Role,
    /// A site that it is for; may be given again. Without sites and region: every site
    #[arg(long = "site", value_name = "ID", conflicts_with = "region")]
    sites: Vec<SiteId>,
    /// The administrative division whose sites it is for, such as 3301
    #[arg(long, value_name = "CODE")]
    region: Option<Region>,
    /// What people call the person
    #[arg(long, value_name = "NAME", default_value = "")]
    shown_name: String,
}

/// Adds, resets or lists.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let config = Config::load(&arguments.config)?;
    wiring::async_runtime()?.block_on(async {
        match arguments.what {
            What::Add(new) => add(&wiring::open_index(&config).await?, new).await,
            What::Reset { name, also_totp } => reset(&existing(&config).await?, &name, also_totp).await,
            What::List => {
                let accounts = existing(&config).await?.accounts(&Viewer::local()).await?;
                accounts.iter().try_for_each(|account| print(&line(account)))
            }
        }
    })
}

async fn existing(config: &Config) -> anyhow::Result<Index> {
    Ok(Index::open_existing(&config.data_dir, &config.store.database, wiring::clock()).await?)
}

async fn add(index: &Index, new: NewAccount) -> anyhow::Result<()> {
    let scope = match new.region {
        Some(region) => AccountScope::Region(region),
        None if new.sites.is_empty() => AccountScope::Everything,
        None => AccountScope::Sites(Sites::new(new.sites)?),
    };
    let password = NewPassword::one_time(wiring::clock().now())?;
    let settings = settings(new.role, scope, new.shown_name);
    let made = index.add_account(&Viewer::local(), &new.name, &settings, &password.kept).await;
    made.map_err(refusal)?;
    tell_password(&password)
}

async fn reset(index: &Index, name: &Account, also_totp: bool) -> anyhow::Result<()> {
    let password = NewPassword::one_time(wiring::clock().now())?;
    let done = index.reset_account(&Viewer::local(), name, &password.kept, also_totp).await;
    done.map_err(refusal)?;
    tell_password(&password)
}

/// What the person asked for does not fit, or the index failed.
fn refusal(error: AccountError) -> anyhow::Error {
    match error {
        AccountError::Index(error) => error.into(),
        other => Usage(other.to_string()).into(),
    }
}

/// The password alone on standard output, so that scripts can take it.
fn tell_password(password: &NewPassword) -> anyhow::Result<()> {
    tell("One-time password, for three days; the first login asks for another:");
    print(&password.text)
}

fn line(account: &AccountRow) -> String {
    let settings = &account.settings;
    let scope = match &settings.scope {
        AccountScope::Everything => "everything".to_owned(),
        AccountScope::Region(region) => format!("region {region}"),
        AccountScope::Sites(sites) => {
            let sites: Vec<_> = sites.iter().map(SiteId::as_str).collect();
            format!("sites {}", sites.join(","))
        }
    };
    let state = match (settings.is_active, account.is_one_time) {
        (false, _) => "off",
        (true, true) => "one-time password",
        (true, false) => "active",
    };
    let last = account.last_login_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
    format!("{}\t{}\t{scope}\t{state}\tlast login {last}", account.name, settings.role)
}
