//! What the audit holds beside actions: what somebody did about a session.

use crate::worded::worded;

worded! {
    /// What somebody did about a session of their own.
    pub enum Event {
        /// Signed in.
        LogIn = "log_in", "登录", "Signed in";
        /// Tried to sign in, and did not prove to be the account that they named.
        LogInFailed = "log_in_failed", "登录失败", "Failed to sign in";
        /// Signed out.
        LogOut = "log_out", "退出登录", "Signed out";
    }
}
