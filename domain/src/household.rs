//! Households: the file number at the body that pays, which two adults share. It is never the key of a person; what a household lives
//! on is not here.

use crate::codes;
use crate::id::Id;
use crate::identifier::body_code::BodyCode;
use crate::identifier::file_number::FileNumber;
use crate::refusal::Rule;
use crate::text::Line;

codes! {
    /// Who pays the RSA (*organisme payeur*).
    PayingBody {
        /// A *caisse d'allocations familiales*.
        Caf = "caf",
        /// The *Mutualité sociale agricole*.
        Msa = "msa",
    }
}

codes! {
    /// Which of a household's two adults somebody is. Both have the same rights and duties, and each signs their own contract
    /// (CASF L262-27).
    HouseholdRole {
        /// Holds the file at the body that pays (CNAF `DEM`).
        Claimant = "claimant",
        /// The second adult (CNAF `CJT`).
        Spouse = "spouse",
    }
}

/// The number of a file: unique with the body that gave it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HouseholdNumber {
    /// Who pays.
    pub paying_body: PayingBody,
    /// Which fund of that body, where known.
    pub body_code: Option<BodyCode>,
    /// Its number there.
    pub file_number: FileNumber,
}

impl HouseholdNumber {
    /// Reads the number as this body writes it.
    pub fn read(paying_body: PayingBody, body_code: Option<BodyCode>, text: &Line<40>) -> Result<Self, Rule> {
        let file_number = match paying_body {
            PayingBody::Caf => FileNumber::caf(text)?,
            PayingBody::Msa => FileNumber::msa(text)?,
        };
        // At the MSA it often is the claimant's: a household's number is read by many, a person's by few.
        if paying_body == PayingBody::Msa && file_number.as_nir().is_some() {
            return Err(Rule::FileNumberIsNir);
        }
        Ok(Self { paying_body, body_code, file_number })
    }
}

/// A household (*foyer*).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Household {
    /// Its id.
    pub id: Id<Household>,
    /// Its number.
    pub number: HouseholdNumber,
}

/// Somebody's place in a household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The household.
    pub household: Household,
    /// Which of its adults.
    pub role: HouseholdRole,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::line;

    #[test]
    fn a_number_is_read_as_its_body_writes_it() {
        let read = |body, text| HouseholdNumber::read(body, None, &line(text)).map(|number| number.file_number.to_string());
        assert_eq!(read(PayingBody::Caf, "123456700000000"), Ok("1234567".to_owned()));
        assert_eq!(read(PayingBody::Caf, "ABCDEFG"), Err(Rule::FileNumberInvalid));
        assert_eq!(read(PayingBody::Msa, "ABCDEFG"), Ok("ABCDEFG".to_owned()));
    }

    #[test]
    fn a_social_security_number_is_not_kept_as_the_number_of_a_household() {
        let msa = |text| HouseholdNumber::read(PayingBody::Msa, None, &line(text)).map(|number| number.file_number.to_string());
        assert_eq!(msa("1850587999123"), Err(Rule::FileNumberIsNir));
        assert_eq!(msa("1 85 05 87 999 123 89"), Err(Rule::FileNumberIsNir));
        assert_eq!(msa("185058799912388"), Ok("185058799912388".to_owned()), "whose key is wrong is none");
    }
}
