//! HTTP, live updates and pages.
