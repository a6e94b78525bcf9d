//! What can be set or taken away.

use std::str::FromStr;

/// What a person set, or nothing for `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrOff<T>(pub Option<T>);

impl<T: FromStr> FromStr for OrOff<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "off" { Ok(Self(None)) } else { text.parse().map(Some).map(Self) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn off_takes_away_and_everything_else_is_set() {
        assert_eq!("off".parse(), Ok(OrOff::<u8>(None)));
        assert_eq!("7".parse(), Ok(OrOff(Some(7_u8))));
        assert!("x".parse::<OrOff<u8>>().is_err());
    }
}
