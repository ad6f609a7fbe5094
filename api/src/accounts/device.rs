//! Browsers that are known to an account: one that signed in before is not held up by what others try with its name.
//!
//! The cookie holds a random name and its authentication code for the account, under a key of the installation. It opens nothing.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Makes and checks the cookies of known browsers.
#[derive(Clone)]
pub(crate) struct Devices {
    key: [u8; 32],
}

impl Devices {
    pub(crate) const fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The value of a cookie for a browser with this name.
    pub(crate) fn cookie(&self, device: &str, account: &str) -> String {
        let code = self.code(device, account).finalize().into_bytes();
        format!("{device}.{}", hex::encode(code))
    }

    /// The name of the browser, if the cookie was made for this account.
    pub(crate) fn known(&self, cookie: &str, account: &str) -> Option<String> {
        let (device, code) = cookie.split_once('.')?;
        let code = hex::decode(code).ok()?;
        self.code(device, account).verify_slice(&code).ok().map(|()| device.to_owned())
    }

    fn code(&self, device: &str, account: &str) -> Hmac<Sha256> {
        // A key shorter than a block is filled with zeros.
        let mut block = [0; 64];
        block[..self.key.len()].copy_from_slice(&self.key);
        let mut code = Hmac::<Sha256>::new(&block.into());
        // Neither part can hold a zero byte.
        code.update(device.as_bytes());
        code.update(&[0]);
        code.update(account.as_bytes());
        code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_known_to_the_account_that_signed_in_there() {
        let devices = Devices::new([7; 32]);
        let cookie = devices.cookie("d1", "wang");
        assert_eq!(devices.known(&cookie, "wang").as_deref(), Some("d1"));
        assert_eq!(devices.known(&cookie, "li"), None);
        assert_eq!(devices.known(&cookie.replace("d1", "d2"), "wang"), None);
        assert_eq!(Devices::new([8; 32]).known(&cookie, "wang"), None);
        for garbage in ["", ".", "d1.", "d1.zz", "d1"] {
            assert_eq!(devices.known(garbage, "wang"), None, "{garbage}");
        }
    }
}
