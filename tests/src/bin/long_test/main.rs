//! The long tier: what takes too long for every change. `scripts/test-long` builds and runs this.
//!
//! A long test is one file beside this one, and one line in [`LONG_TESTS`].

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for the command line")]

mod cameras;
mod field;
mod house;
mod kills;
mod logins;
mod long_test;
mod receive;
mod schema;
mod sites;
mod soak;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use long_test::LongTest;

const LONG_TESTS: [LongTest; 9] = [
    cameras::TEST,
    field::TEST,
    house::TEST,
    kills::TEST,
    logins::TEST,
    receive::TEST,
    schema::TEST,
    sites::TEST,
    soak::TEST,
];

const USAGE: &str = "use: scripts/test-long [--list | NAME [AMOUNT]]; without a name, every long test runs";

/// 0 passed, 1 failed, 2 wrong usage.
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments == ["--list"] {
        list();
        return ExitCode::SUCCESS;
    }
    let chosen = match choose(&arguments) {
        Ok(chosen) => chosen,
        Err(error) => {
            eprintln!("error: {error:#}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match chosen.into_iter().try_for_each(|(test, amount)| run(test, amount)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn list() {
    for test in &LONG_TESTS {
        println!("{} [{}, by default {}]: {}", test.name, test.unit, test.default_amount, test.proves);
    }
}

/// What is to run, and how much of each.
fn choose(arguments: &[String]) -> Result<Vec<(&'static LongTest, u32)>> {
    match arguments {
        [] => Ok(LONG_TESTS.iter().map(|test| (test, test.default_amount)).collect()),
        [name] => find(name).map(|test| vec![(test, test.default_amount)]),
        [name, amount] => {
            let test = find(name)?;
            Ok(vec![(test, read_amount(test, amount)?)])
        }
        _ => bail!("too many arguments"),
    }
}

fn find(name: &str) -> Result<&'static LongTest> {
    let found = LONG_TESTS.iter().find(|test| test.name == name);
    found.with_context(|| format!("there is no long test {name}: see scripts/test-long --list"))
}

fn read_amount(test: &LongTest, text: &str) -> Result<u32> {
    let amount = text.parse().ok().filter(|amount| *amount > 0);
    amount.with_context(|| format!("{text:?} is no number of {}: give 1 or more", test.unit))
}

fn run(test: &LongTest, amount: u32) -> Result<()> {
    println!("{}: {amount} {}", test.name, test.unit);
    (test.run)(amount).with_context(|| format!("{} failed", test.name))?;
    println!("{}: passed", test.name);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_choose_tests_and_amounts() {
        for (line, expected) in [
            (
                "",
                Some(
                    &[
                        ("cameras", 24),
                        ("field", 1),
                        ("house", 100_000),
                        ("kills", 200),
                        ("logins", 3),
                        ("receive", 8),
                        ("schema", 5),
                        ("sites", 8),
                        ("soak", 120),
                    ][..],
                ),
            ),
            ("soak", Some(&[("soak", 120)])),
            ("soak 3", Some(&[("soak", 3)])),
            ("soaks", None),
            ("soak 0", None),
            ("soak -1", None),
            ("soak 1.5", None),
            ("soak 1 2", None),
        ] {
            let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            let chosen = choose(&arguments).ok();
            let chosen =
                chosen.map(|tests| tests.iter().map(|(test, amount)| (test.name, *amount)).collect());
            assert_eq!(chosen, expected.map(<[_]>::to_vec), "{line:?}");
        }
    }
}
