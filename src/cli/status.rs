//! The exit statuses other than 0.

/// The exit status if an expectation does not hold.
pub(super) const NOT_AS_EXPECTED: u8 = 1;
/// The exit status for wrong usage or a bad file.
pub(super) const USAGE: u8 = 2;
