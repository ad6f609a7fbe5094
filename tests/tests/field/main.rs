//! Odd cameras of the field, and the table of `docs/field.md`.

mod cameras;
