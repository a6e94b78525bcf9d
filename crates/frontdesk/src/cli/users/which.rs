//! Naming one user.

use application::users::WhichUser;
use clap::Args;
use domain::{
    identity::{EmailAddress, Identity, PhoneNumber},
    ids::UserId,
};

use crate::cli::WrongUsage;

/// One user, or none.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct OptionalWhich {
    /// The user with this id
    #[arg(long)]
    id: Option<UserId>,
    /// The user with this email
    #[arg(long)]
    email: Option<String>,
    /// The user with this phone number, with its country code
    #[arg(long)]
    phone: Option<String>,
}

impl OptionalWhich {
    /// The user that was named, if one was.
    pub fn read(&self) -> Result<Option<WhichUser>, WrongUsage> {
        let wrong = |error: &dyn std::error::Error| WrongUsage(error.to_string());
        let email =
            self.email.as_deref().map(EmailAddress::parse).transpose().map_err(|error| wrong(&error))?;
        let phone = self.phone.as_deref().map(|text| PhoneNumber::parse(text, None)).transpose();
        let phone = phone.map_err(|error| wrong(&error))?;
        let known = email.map(Identity::Email).or(phone.map(Identity::Phone)).map(WhichUser::Known);
        Ok(self.id.map(WhichUser::Id).or(known))
    }
}
