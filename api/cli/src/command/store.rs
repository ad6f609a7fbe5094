//! `anjian store copy`: the index moves from one database to another.

use std::str::FromStr;

use anjian_domain::SystemClock;
use anjian_indexer::{
    Bucket, BucketAddress, BucketEndpoint, BucketSettings, BucketStyle, CopyFiles, CopyOrder, CopyPhase,
    CopyProgress, CopyReport, StoreAddress, copy_store,
};
use indicatif::ProgressBar;

use crate::output::{Usage, print, progress};
use crate::wiring;

/// Letters of a digest that a table shows.
const SHOWN: usize = 12;

/// Copy a whole index from one database to another.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(clap::Subcommand)]
enum Task {
    /// Copy every row, compare both sides, go on where an earlier try was stopped; stop anjian first
    Copy(CopyArguments),
}

// Addresses are parsed here and not by clap, whose messages repeat what they refuse: that may hold a password.
#[derive(clap::Args)]
struct CopyArguments {
    /// What is copied, and stays as it is: sqlite:DATA_DIR or postgres://user@host/database; a password stands in the environment
    #[arg(long, value_name = "STORE")]
    from: String,
    /// Where it is copied to: the same kinds; empty, or begun by this command
    #[arg(long, value_name = "STORE")]
    to: String,
    /// Move evidence files as well, into s3://BUCKET[/prefix] or file:///DIR; without it they stay where they are
    #[arg(long, value_name = "BUCKET")]
    blobs: Option<String>,
    /// The bucket that holds evidence so far, if that is another one
    #[arg(long, value_name = "BUCKET", requires = "blobs")]
    blobs_from: Option<String>,
    /// The server of the buckets, as [store] bucket_endpoint
    #[arg(long, value_name = "URL", requires = "blobs")]
    blobs_endpoint: Option<String>,
    /// Their region, as [store] bucket_region
    #[arg(long, value_name = "NAME", requires = "blobs")]
    blobs_region: Option<String>,
    /// Where the name of a bucket stands, as [store] bucket_style
    #[arg(long, value_enum, requires = "blobs")]
    blobs_style: Option<Style>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Style {
    /// https://host/bucket
    Path,
    /// https://bucket.host
    Host,
}

/// Copies until both sides are equal.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let Task::Copy(arguments) = &arguments.task;
    let order = arguments.order()?;
    let bar = progress(0, "copying");
    let mut listener = follow(&bar);
    let report = wiring::async_runtime()?.block_on(copy_store(&order, &SystemClock, &mut listener))?;
    bar.finish_and_clear();
    print(&table(&report))?;
    print(&summary(&order, &report))
}

impl CopyArguments {
    fn order(&self) -> anyhow::Result<CopyOrder> {
        let from: StoreAddress = parsed("--from", &self.from)?;
        let to: StoreAddress = parsed("--to", &self.to)?;
        if from.is_like(&to) {
            let reason = "both are of one kind; docs/store.md, Backup, names the tools that copy those";
            return Err(Usage(format!("--from and --to: {reason}")).into());
        }
        let files = match &self.blobs {
            None => None,
            Some(to) => Some(CopyFiles {
                to: self.bucket("--blobs", to)?,
                from: self.blobs_from.as_ref().map(|from| self.bucket("--blobs-from", from)).transpose()?,
            }),
        };
        Ok(CopyOrder { from, to, files })
    }

    fn bucket(&self, flag: &str, address: &str) -> anyhow::Result<Bucket> {
        let address: BucketAddress = parsed(flag, address)?;
        let is_folder = matches!(address, BucketAddress::Folder(_));
        let endpoint = self.blobs_endpoint.as_ref().filter(|_| !is_folder);
        let endpoint: Option<BucketEndpoint> =
            endpoint.map(|endpoint| parsed("--blobs-endpoint", endpoint)).transpose()?;
        let style = match self.blobs_style {
            Some(Style::Path) => BucketStyle::Path,
            None if endpoint.is_some() => BucketStyle::Path,
            Some(Style::Host) | None => BucketStyle::Host,
        };
        let region = self.blobs_region.clone();
        Ok(Bucket::open(&BucketSettings { endpoint, region, style, ..BucketSettings::of(address) })?)
    }
}

/// Never repeats what it refuses.
fn parsed<T: FromStr<Err = String>>(flag: &str, text: &str) -> Result<T, Usage> {
    text.parse().map_err(|reason| Usage(format!("{flag} {reason}")))
}

fn follow(bar: &ProgressBar) -> impl FnMut(CopyProgress) + Send {
    let bar = bar.clone();
    move |step| {
        let doing = match step.phase {
            CopyPhase::Copying => "copying",
            CopyPhase::Comparing => "comparing",
        };
        bar.set_message(format!("{doing} {}", step.table));
        bar.set_length(step.total.max(step.done));
        bar.set_position(step.done);
    }
}

fn table(report: &CopyReport) -> String {
    let mut lines = vec![format!("{:<26}{:>12}  sha256", "table", "rows")];
    for table in &report.tables {
        let sha256: String = table.sha256.chars().take(SHOWN).collect();
        lines.push(format!("{:<26}{:>12}  {sha256}", table.name, table.rows));
    }
    lines.join("\n")
}

fn summary(order: &CopyOrder, report: &CopyReport) -> String {
    let rows: u64 = report.tables.iter().map(|table| table.rows).sum();
    let before = match report.found {
        0 => String::new(),
        found => format!(" ({found} of them and of the files by an earlier try)"),
    };
    let files =
        if order.files.is_some() { format!(", evidence files: {}", report.files) } else { String::new() };
    format!("{} is equal to {}: rows: {rows}{before}{files}", order.to, order.from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(from: &str, to: &str) -> Result<CopyOrder, String> {
        let (from, to) = (from.to_owned(), to.to_owned());
        let none = || None;
        let arguments = CopyArguments {
            from,
            to,
            blobs: none(),
            blobs_from: none(),
            blobs_endpoint: none(),
            blobs_region: none(),
            blobs_style: None,
        };
        arguments.order().map_err(|error| error.to_string())
    }

    #[test]
    fn wrong_addresses_are_named_by_their_flag_and_not_repeated() {
        for (from, to, expected) in [
            ("sqlite:a", "sqlite:b", "one kind"),
            ("postgres://a@b/c", "postgres://a@b/d", "one kind"),
            ("sqlite", "postgres://a@b/c", "--from is neither"),
            ("sqlite:a", "postgres://a:hunter2@b/c", "--to holds a password"),
        ] {
            let refused = order(from, to).unwrap_err();
            assert!(refused.contains(expected) && !refused.contains("hunter2"), "{refused}");
        }
        assert!(order("sqlite:a", "postgres://a@b/c").is_ok());
    }
}
