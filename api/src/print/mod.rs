//! What is printed to be signed on paper: the contract and the attendance sheet (*feuille d'émargement*), as tagged PDF (PDF/UA-1).
//!
//! The same input gives the same bytes: no clock, no random number. `contract` and `attendance_sheet` say what is on the page, `flow` sets
//! it in strips, `pages` cuts the strips into pages, `drawing` writes the file.

use std::fmt;

use crate::problem::{Kind, Stop};

mod attendance_sheet;
mod contract;
mod dates;
mod drawing;
mod flow;
mod fonts;
mod input;
mod pages;
mod signing;
mod tables;
mod text;
#[cfg(test)]
mod tests;

pub(crate) use attendance_sheet::attendance_sheet;
pub(crate) use contract::contract;
pub(crate) use input::{AttendanceSheet, Contract, Participant, Signature, Validation};

/// Why a document could not be printed. None of them comes from the input: each is a fault of this module.
#[derive(Debug)]
pub(crate) enum PrintError {
    /// The font in the program cannot be read.
    Font,
    /// The page's measures are refused.
    Page,
    /// The PDF could not be written, or is not PDF/UA-1. What the writer says of it may quote the text, which is somebody's.
    Writing,
}

impl fmt::Display for PrintError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Font => formatter.write_str("the font cannot be read"),
            Self::Page => formatter.write_str("the page's measures are refused"),
            Self::Writing => formatter.write_str("the PDF cannot be written"),
        }
    }
}

impl std::error::Error for PrintError {}

/// Sets a paper on a thread of its own: a worker answers others meanwhile.
pub(crate) async fn print_off_the_workers(set: impl FnOnce() -> Result<Vec<u8>, PrintError> + Send + 'static) -> Result<Vec<u8>, Stop> {
    let printed = actix_web::web::block(set).await.map_err(|_| Stop::from(Kind::Internal))?;
    printed.map_err(|error| {
        tracing::error!(%error, "a paper was not printed");
        Kind::Internal.into()
    })
}
