//! Secrets lie in the environment; channels name them.

use std::sync::Arc;

use secrecy::SecretString;

/// Finds the value of an environment variable that a channel names.
pub type EnvironmentLookup = Arc<dyn Fn(&str) -> Option<SecretString> + Send + Sync>;
