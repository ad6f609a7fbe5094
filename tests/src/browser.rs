//! A browser's requests, as far as a login is concerned: it keeps the cookies that the server sets.

use std::collections::BTreeMap;
use std::net::IpAddr;

use anyhow::Result;
use reqwest::blocking::{Client, Response};
use reqwest::header::{COOKIE, SET_COOKIE};
use serde_json::{Value, json};

use crate::Server;

/// A browser that keeps cookies.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    /// Where the server listens.
    pub address: String,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// One on this machine.
    #[must_use]
    pub fn new(server: &Server) -> Self {
        Self { client: Client::new(), address: server.address().to_owned(), cookies: BTreeMap::new() }
    }

    /// One whose connections to this server come from another address of this machine.
    ///
    /// # Errors
    /// When there is no such address.
    pub fn of(server: &str, address: IpAddr) -> Result<Self> {
        let client = Client::builder().local_address(address).build()?;
        Ok(Self { client, address: server.to_owned(), cookies: BTreeMap::new() })
    }

    /// Asks and answers before the body is read, whatever the status is.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn ask(&mut self, method: &str, path: &str, body: Option<&Value>) -> Result<Response> {
        let mut request = self.client.request(method.parse()?, format!("{}{path}", self.address));
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(COOKIE, pairs.join("; "));
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send()?;
        for line in answer.headers().get_all(SET_COOKIE) {
            let pair = line.to_str()?.split(';').next().unwrap_or_default();
            match pair.split_once('=') {
                Some((name, "")) => drop(self.cookies.remove(name)),
                Some((name, value)) => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
                None => {}
            }
        }
        Ok(answer)
    }

    /// Asks and answers the status.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn status(&mut self, method: &str, path: &str, body: Option<&Value>) -> Result<u16> {
        Ok(self.ask(method, path, body)?.status().as_u16())
    }

    /// Signs in and answers the status.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn sign_in(&mut self, account: &str, password: &str) -> Result<u16> {
        self.status("POST", "/api/v1/session", Some(&json!({ "account": account, "password": password })))
    }

    /// Replaces the own password and answers the status.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn change_password(&mut self, current: &str, new: &str) -> Result<u16> {
        let change = json!({ "current": current, "new": new });
        self.status("PUT", "/api/v1/account/password", Some(&change))
    }

    /// The value of a cookie that the server set.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }
}

/// The password in a line such as `account admin, one-time password abcd-efgh-ijkm-npqr`.
#[must_use]
pub fn one_time_password(log: &str) -> Option<&str> {
    log.lines()
        .find_map(|line| line.split_once("account admin, one-time password "))
        .map(|(_, rest)| rest.trim())
}
