//! The one binary of integration tests.

mod docs;
mod rules;
