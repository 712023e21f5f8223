//! The one font family of the printed documents: Source Sans 3, regular and bold, in the program itself. Read once.

use std::sync::{Arc, OnceLock};

use krilla::text::{Font, Tag};
use parley::FontContext;
use parley::fontique::{Blob, Charmap, Collection, CollectionOptions, SourceCache};

use super::PrintError;

/// One file for all weights, as Adobe publishes it. Its licence, the SIL Open Font License, is beside it.
static FILE: &[u8] = include_bytes!("fonts/SourceSans3-wght.ttf");

/// The family's name in the file.
pub(super) const FAMILY: &str = "Source Sans 3";
/// The weight of running text.
pub(super) const REGULAR: f32 = 400.0;
/// The weight of what stands out.
pub(super) const BOLD: f32 = 700.0;

/// The family, ready for shaping and for the PDF.
pub(super) struct Fonts {
    context: FontContext,
    characters: Charmap<'static>,
    regular: Font,
    bold: Font,
}

impl Fonts {
    /// The family, read at the first call.
    pub(super) fn get() -> Result<&'static Self, PrintError> {
        static FONTS: OnceLock<Option<Fonts>> = OnceLock::new();
        FONTS.get_or_init(Self::read).as_ref().ok_or(PrintError::Font)
    }

    fn read() -> Option<Self> {
        let options = CollectionOptions { shared: false, system_fonts: false };
        let mut context = FontContext { collection: Collection::new(options), source_cache: SourceCache::default() };
        let families = context.collection.register_fonts(Blob::new(Arc::new(FILE)), None);
        let characters = families.first()?.1.first()?.charmap_index().charmap(FILE)?;
        let face = |weight| Font::new_variable(FILE.into(), 0, &[(Tag::new(b"wght"), weight)]);
        Some(Self { context, characters, regular: face(REGULAR)?, bold: face(BOLD)? })
    }

    /// What the shaping works with, for one document.
    pub(super) fn context(&self) -> FontContext {
        self.context.clone()
    }

    /// Whether the family can draw a character.
    pub(super) fn has(&self, character: char) -> bool {
        self.characters.map(character).is_some_and(|glyph| glyph != 0)
    }

    /// The face drawn with in the PDF.
    pub(super) fn face(&self, bold: bool) -> Font {
        if bold { self.bold.clone() } else { self.regular.clone() }
    }
}
