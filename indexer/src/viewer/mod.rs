//! What a viewer may see: scopes as conditions of SQL, queries narrowed to a scope, cameras of a scope.

pub(crate) mod camera;
pub(crate) mod condition;
pub(crate) mod narrow;
pub(crate) mod reach;
pub(crate) mod site;
