//! Which database holds the index.

use std::fmt::{Debug, Display, Formatter};
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

/// A file in the data folder, or a server.
#[derive(Clone, Default)]
pub enum Database {
    /// A file in the data folder: one machine.
    #[default]
    Embedded,
    /// A PostgreSQL server, for many machines.
    Server(Server),
}

/// A PostgreSQL server and the database on it.
#[derive(Clone)]
pub struct Server {
    pub(crate) options: Box<PgConnectOptions>,
    /// Without a password.
    shown: String,
}

impl Server {
    /// Its address, without a password.
    pub(crate) fn name(&self) -> &str {
        &self.shown
    }
}

impl Database {
    /// The environment variable that holds the password of a server.
    pub const PASSWORD: &str = "ANJIAN_DATABASE_PASSWORD";
}

/// `sqlite`, or `postgres://user@host:port/database`. A password comes from the environment only: configurations are copied,
/// mailed and shown.
impl FromStr for Database {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "sqlite" {
            return Ok(Self::Embedded);
        }
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err("is neither \"sqlite\" nor \"postgres://user@host/database\"".to_owned());
        }
        let authority = text.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
        let has_password = authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
        if has_password || text.contains("password=") {
            return Err(format!("holds a password: take it out, and set {} instead", Self::PASSWORD));
        }
        let options: PgConnectOptions =
            text.parse().map_err(|error| format!("is no address of a PostgreSQL database: {error}"))?;
        let options = match std::env::var(Self::PASSWORD) {
            Ok(password) => options.password(&password),
            // PGPASSWORD and ~/.pgpass hold as everywhere.
            Err(_) => options,
        };
        Ok(Self::Server(Server { options: Box::new(options), shown: text.to_owned() }))
    }
}

impl Debug for Server {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Display for Database {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Embedded => f.write_str("sqlite"),
            Self::Server(server) => f.write_str(&server.shown),
        }
    }
}

impl Debug for Database {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases_are_named_and_passwords_stay_outside() {
        for text in
            ["sqlite", "postgres://anjian@db.example:5432/anjian", "postgresql:///anjian?host=/run/pg"]
        {
            assert_eq!(text.parse::<Database>().unwrap().to_string(), text);
        }
        for (text, expected) in [
            ("", "neither"),
            ("mysql://x", "neither"),
            ("postgres://anjian:secret@db/anjian", "holds a password"),
            ("postgres://db/anjian?password=secret", "holds a password"),
            ("postgres://db:port/anjian", "no address"),
        ] {
            let refused = text.parse::<Database>().unwrap_err();
            assert!(refused.contains(expected) && !refused.contains("secret"), "{text}: {refused}");
        }
    }
}
