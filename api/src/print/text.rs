//! Words into lines: cleaning, French spaces, shaping, line breaking.

use std::borrow::Cow;
use std::rc::Rc;

use krilla::text::{GlyphId, KrillaGlyph};
use parley::setting::{FontFeature, Tag};
use parley::{FontContext, FontFamily, FontFamilyName, FontFeatures, FontWeight, Layout, LayoutContext, OverflowWrap, StyleProperty};
use unicode_normalization::UnicodeNormalization;

use super::PrintError;
use super::fonts::{self, Fonts};

/// What stands for a character that the font cannot draw.
const MISSING: char = '?';
/// No column is narrower, so that a line always holds a letter.
const NARROWEST: f32 = 24.0;

/// A colour: its red, green and blue.
#[derive(Debug, Clone, Copy)]
pub(super) struct Colour(pub(super) u8, pub(super) u8, pub(super) u8);

/// How words look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// The letters' size, in points.
    pub(super) size: f32,
    /// From a line to the next, in points.
    pub(super) leading: f32,
    /// Whether they are bold.
    pub(super) bold: bool,
    /// Their colour.
    pub(super) colour: Colour,
}

impl Style {
    /// From the top of the line to the line that letters stand on: capitals are in the middle of the leading.
    pub(super) fn baseline(self) -> f32 {
        self.leading / 2.0 + self.size * 0.33
    }
}

/// A line, ready to be drawn.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// The paragraph it belongs to, which the glyphs refer to.
    pub(super) text: Rc<str>,
    /// Its glyphs, from left to right.
    pub(super) glyphs: Vec<KrillaGlyph>,
    /// How it looks.
    pub(super) style: Style,
    /// How wide it is, without the spaces at its end.
    pub(super) width: f32,
}

/// Makes lines, for one document.
pub(super) struct Typesetter {
    fonts: &'static Fonts,
    context: FontContext,
    layouts: LayoutContext<()>,
}

impl Typesetter {
    /// A typesetter for one document.
    pub(super) fn new() -> Result<Self, PrintError> {
        let fonts = Fonts::get()?;
        Ok(Self { fonts, context: fonts.context(), layouts: LayoutContext::new() })
    }

    /// The lines of a paragraph. A word wider than the column is broken anywhere. An empty text has no line.
    pub(super) fn lines(&mut self, text: &str, style: Style, width: f32) -> Vec<Line> {
        let text: Rc<str> = clean(&french_spaces(text), self.fonts).into();
        if is_blank(&text) {
            return Vec::new();
        }
        let mut layout = self.shape(&text, style);
        layout.break_all_lines(Some(width.max(NARROWEST)));
        layout
            .lines()
            .map(|line| {
                let mut glyphs = Vec::new();
                for cluster in line.runs().flat_map(|run| run.visual_clusters().collect::<Vec<_>>()) {
                    if cluster.is_ligature_continuation()
                        && let Some(KrillaGlyph { text_range, .. }) = glyphs.last_mut()
                    {
                        text_range.end = cluster.text_range().end;
                    }
                    glyphs.extend(cluster.glyphs().map(|glyph| {
                        let scale = style.size;
                        let (x, y, advance) = (glyph.x / scale, glyph.y / scale, glyph.advance / scale);
                        KrillaGlyph::new(GlyphId::new(glyph.id), advance, x, y, 0.0, cluster.text_range(), None)
                    }));
                }
                let metrics = line.metrics();
                Line { text: Rc::clone(&text), glyphs, style, width: metrics.advance - metrics.hanging_advance }
            })
            .collect()
    }

    fn shape(&mut self, text: &str, style: Style) -> Layout<()> {
        let weight = if style.bold { fonts::BOLD } else { fonts::REGULAR };
        let no_ligatures = [FontFeature::new(Tag::new(b"liga"), 0), FontFeature::new(Tag::new(b"clig"), 0)];
        let mut builder = self.layouts.ranged_builder(&mut self.context, text, 1.0, false);
        builder.push_default(FontFamily::Single(FontFamilyName::Named(Cow::Borrowed(fonts::FAMILY))));
        builder.push_default(StyleProperty::FontSize(style.size));
        builder.push_default(StyleProperty::FontWeight(FontWeight::new(weight)));
        builder.push_default(FontFeatures::List(Cow::Borrowed(&no_ligatures)));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        builder.build(text)
    }
}

/// A text's paragraphs, one a line of it, and whether a blank line comes before each.
pub(super) fn paragraphs(text: &str) -> Vec<(String, bool)> {
    let mut found: Vec<(String, bool)> = Vec::new();
    let mut blank = false;
    for line in text.replace("\r\n", "\n").split(is_line_end) {
        if is_blank(line) {
            blank = true;
        } else {
            found.push((line.trim_end().to_owned(), blank && !found.is_empty()));
            blank = false;
        }
    }
    found
}

/// Whether a text shows nothing.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|character| character.is_whitespace() || is_invisible(character))
}

/// A text for the file's properties, which know neither line ends nor other control characters.
pub(super) fn property(text: &str) -> String {
    let is_kept = |character: char| !character.is_control() && !matches!(character, '\u{fffe}' | '\u{ffff}');
    text.chars().map(|character| if is_kept(character) { character } else { ' ' }).collect()
}

/// At most so many characters, the last an ellipsis when some are left out.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

fn is_line_end(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Makes the spaces that are before `: ; ? ! »` and after `«` such that no line ends there.
fn french_spaces(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut before = None;
    while let Some(character) = characters.next() {
        let is_before_mark = matches!(characters.peek(), Some(':' | ';' | '?' | '!' | '»'));
        let written = if character == ' ' && (is_before_mark || before == Some('«')) { '\u{a0}' } else { character };
        spaced.push(written);
        before = Some(character);
    }
    spaced
}

/// The text with nothing left that the font cannot draw: what is invisible goes, what is missing becomes `?`.
fn clean(text: &str, fonts: &Fonts) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for character in text.nfc() {
        if is_invisible(character) {
            continue;
        }
        if character == '\t' || is_line_end(character) {
            cleaned.push(' ');
        } else if !character.is_control() && fonts.has(character) {
            cleaned.push(character);
        } else if character.is_whitespace() {
            cleaned.push(' ');
        } else if !character.is_control() && std::iter::once(character).nfd().all(|part| fonts.has(part)) {
            cleaned.extend(std::iter::once(character).nfd());
        } else {
            cleaned.push(MISSING);
        }
    }
    cleaned
}

/// Whether a character only says how others are shown: joiners, direction marks, soft hyphens, variation selectors.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{feff}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> String {
        clean(text, Fonts::get().unwrap())
    }

    #[test]
    fn spaces_before_high_punctuation_do_not_break() {
        assert_eq!(french_spaces("Quoi ? « Rien » : dit-il !"), "Quoi\u{a0}? «\u{a0}Rien\u{a0}»\u{a0}: dit-il\u{a0}!");
        assert_eq!(french_spaces("https://a.fr à 15:30"), "https://a.fr à 15:30");
    }

    #[test]
    fn french_and_the_names_of_europe_are_drawn_as_they_are() {
        let text = "Cœur, ŒUVRE, 10\u{202f}000 €, « été » – l’Haÿ-les-Roses ☐ Šimůnek Nguyễn Łukasz Þór Ğül Ștefan Ћирић Παππάς";
        assert_eq!(cleaned(text), text);
    }

    #[test]
    fn what_the_font_lacks_leaves_a_mark() {
        assert_eq!(cleaned("山田 a\u{0}b 🙂"), "?? a?b ?");
        assert_eq!(cleaned("e\u{301}t\u{e9}"), "été");
        assert_eq!(cleaned("a\u{202e}b\u{200d}c\td\r\ne"), "abc d  e");
    }

    #[test]
    fn blank_lines_part_paragraphs() {
        let expected = [(" a", false), ("b", false), (" c", true)].map(|(text, blank)| (text.to_owned(), blank));
        assert_eq!(paragraphs("\n a\r\nb\n\n\n c \n"), expected);
        assert_eq!(paragraphs(" \n\n"), []);
    }

    #[test]
    fn a_text_is_shortened_with_an_ellipsis() {
        assert_eq!(shortened("abc", 3), "abc");
        assert_eq!(shortened("abcd", 3), "ab…");
    }

    #[test]
    fn no_line_is_wider_than_its_column() {
        let mut typesetter = Typesetter::new().unwrap();
        let style = Style { size: 10.0, leading: 14.0, bold: true, colour: Colour(0, 0, 0) };
        for text in ["W".repeat(300), "œuvre ".repeat(80), "\u{a0}".repeat(90) + "x"] {
            let lines = typesetter.lines(&text, style, 100.0);
            assert!(lines.len() > 1 && lines.iter().all(|line| line.width <= 100.5), "{text}");
        }
    }
}
